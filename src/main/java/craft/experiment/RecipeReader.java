package craft.experiment;

import java.nio.file.Path;
import java.util.Map;

/** Reads recipes strictly: what is missing gets its default, what is unknown is refused by name. */
public final class RecipeReader {
    private RecipeReader() {
    }

    /**
     * @param recipe a recipe file, or a folder with a {@code recipe.json}
     * @param set options to change, dotted path to value, for example {@code training.epochs -> 3}
     * @return the recipe with model and task folders made absolute (relative ones count from the recipe's folder)
     * @throws craft.error.InvalidInputException naming file, option and what to do
     */
    public static Recipe read(Path recipe, Map<String, String> set) {
        throw new UnsupportedOperationException();
    }

    /** The same for a recipe that is already there: changes options by dotted path. */
    public static Recipe with(Recipe recipe, Map<String, String> set) {
        throw new UnsupportedOperationException();
    }

    /** A recipe of defaults for tasks given by folder; for a sequence put together in the window. */
    public static Recipe of(String name, String model, java.util.List<String> taskFolders) {
        throw new UnsupportedOperationException();
    }

    /** All options as dotted path to value as text, in the order of the records: what {@code --set} accepts. */
    public static java.util.SortedMap<String, String> options(Recipe recipe) {
        throw new UnsupportedOperationException();
    }
}
