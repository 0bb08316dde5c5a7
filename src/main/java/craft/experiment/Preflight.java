package craft.experiment;

import craft.error.InvalidInputException;
import craft.task.TaskReader;
import craft.task.TaskReading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that can be said of a recipe before weights are loaded: so that what the user gave wrong is told at once, and no
 * run is begun for it.
 *
 * @param model the base model
 * @param tasks the tasks in the recipe's order, with whatever was found wrong in their rows
 */
public record Preflight(ModelCard model, List<TaskReading> tasks) {
    public Preflight {
        tasks = List.copyOf(tasks);
    }

    /** @throws InvalidInputException naming what cannot be used and what to do */
    public static Preflight check(Recipe recipe) {
        recipe.check();
        ModelCard model = ModelCard.read(recipe.model());
        recipe.sites().layersOf(model.layers());
        recipe.sites().check(model.hiddenSize());
        List<TaskReading> readings = new ArrayList<>();
        Map<String, String> folders = new HashMap<>();
        for (String folder : recipe.tasks()) {
            TaskReading reading = TaskReader.read(Path.of(folder));
            if (!recipe.data().skipBadRows()) {
                reading.requireAllGood();
            }
            String name = reading.task().name();
            String other = folders.put(name, folder);
            if (other != null) {
                throw new InvalidInputException("Two tasks are named \"" + name + "\": " + other + " and " + folder
                        + ". Rename one of the folders, since results are kept by that name.");
            }
            readings.add(reading);
        }
        return new Preflight(model, readings);
    }
}
