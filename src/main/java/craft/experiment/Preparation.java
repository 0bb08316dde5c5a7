package craft.experiment;

import craft.error.InvalidInputException;
import craft.lm.ModelConfig;
import craft.lm.Tokens;
import craft.task.TaskReader;
import craft.task.TaskReading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From a recipe to token sequences. Throws {@link InvalidInputException} for whatever cannot be used. */
final class Preparation {
    private Preparation() {
    }

    static List<TaskReading> read(Recipe recipe) {
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
        recipe.training().checkTasks(readings.stream().map(reading -> reading.task().name()).toList());
        return readings;
    }

    static List<EncodedTask> encode(Tokens tokens, ModelConfig config, Recipe recipe, List<TaskReading> readings) {
        TaskEncoder encoder = new TaskEncoder(tokens, config, recipe);
        List<EncodedTask> encoded = new ArrayList<>();
        for (TaskReading reading : readings) {
            encoded.add(encoder.encode(reading.task(), encoded.size() + 1));
        }
        if (recipe.scenario() == Scenario.CIL || recipe.data().unionScores()) {
            // Not only after hours of training: is there room for the longest label of any task?
            List<String> labels = readings.stream().flatMap(r -> r.task().labels().stream()).distinct().toList();
            encoded.stream().filter(e -> e.task().classification()).forEach(e -> encoder.choices(e, labels));
        }
        return encoded;
    }
}
