package craft.ui;

import craft.experiment.EngineOptions;
import craft.experiment.ModelCard;
import craft.experiment.Recipe;
import craft.task.TaskReading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the window reads besides runs: samples, recipes, models and tasks. All of it may block on the disk, except
 * {@link #options}, {@link #with} and {@link #defaults}. Each throws {@link craft.error.InvalidInputException} with words for the user.
 */
public interface Inputs {
    /** Folders of the samples that come with the program, the quickstart first. */
    List<Path> samples();

    /** @param path a recipe file or a folder that holds one */
    Recipe recipe(Path path);

    ModelCard model(String model);

    TaskReading task(Path folder);

    /** What a run of that model with usual options needs of the memory, in bytes, beside what this machine has. */
    MemoryNeed memory(ModelCard model, EngineOptions engine);

    /** @param needed bytes; @param there bytes of the machine, {@link Long#MAX_VALUE} where it does not tell */
    record MemoryNeed(long needed, long there) {
    }

    /** Dotted path to value of every option of the recipe. */
    Map<String, String> options(Recipe recipe);

    /** The recipe with some options changed. */
    Recipe with(Recipe recipe, Map<String, String> options);

    /** A recipe with every option at its default. */
    Recipe defaults(String name, String model, List<String> tasks);
}
