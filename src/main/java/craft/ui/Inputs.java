package craft.ui;

import craft.experiment.ModelCard;
import craft.experiment.Recipe;
import craft.task.TaskReading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the window reads besides runs: samples, recipes, models and tasks. All of it may block on the disk, except
 * {@link #options} and {@link #with}. Each throws {@link craft.error.InvalidInputException} with words for the user.
 */
public interface Inputs {
    /** Folders of the samples that come with the program, the quickstart first. */
    List<Path> samples();

    /** @param path a recipe file or a folder that holds one */
    Recipe recipe(Path path);

    ModelCard model(String model);

    TaskReading task(Path folder);

    /** Dotted path to value of every option of the recipe. */
    Map<String, String> options(Recipe recipe);

    /** The recipe with some options changed. */
    Recipe with(Recipe recipe, Map<String, String> options);

    /** A recipe with every option at its default. */
    Recipe defaults(String name, String model, List<String> tasks);
}
