package craft.experiment.study;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.experiment.Bundled;
import craft.experiment.Json;
import craft.experiment.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What of a recipe decides a run's numbers, wherever it was run: every option, the seed, and the names of the model's and
 * the tasks' folders, but not where these are, nor the recipe's name and description, nor how much memory or disk it may use.
 */
public final class RecipeContent {
    private final Map<String, String> options;

    private RecipeContent(Map<String, String> options) {
        this.options = options;
    }

    public static RecipeContent of(Recipe recipe) {
        ObjectNode tree = Json.mapper().valueToTree(recipe);
        tree.remove(List.of("name", "description"));
        if (tree.get("engine") instanceof ObjectNode engine) {
            engine.remove(List.of("cacheMegabytes", "checkpointEvery", "keepCheckpoints"));
        }
        tree.put("model", recipe.model().startsWith(Bundled.PREFIX) ? recipe.model() : lastName(recipe.model()));
        ArrayNode tasks = tree.putArray("tasks");
        recipe.tasks().forEach(task -> tasks.add(lastName(task)));
        Map<String, String> options = new TreeMap<>();
        collect(tree, "", options);
        return new RecipeContent(options);
    }

    private static void collect(ObjectNode tree, String path, Map<String, String> into) {
        tree.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode inner) {
                collect(inner, path + entry.getKey() + ".", into);
            } else {
                into.put(path + entry.getKey(), entry.getValue().toString());
            }
        });
    }

    /** A folder's own name, on whatever system the path was written. */
    public static String lastName(String folder) {
        String plain = folder.replaceAll("[/\\\\]+$", "");
        return plain.substring(Math.max(plain.lastIndexOf('/'), plain.lastIndexOf('\\')) + 1);
    }

    /** The options in which two recipes differ, each as {@code option a instead of b}; empty when they are equal. */
    public List<String> differences(RecipeContent expected) {
        List<String> found = new ArrayList<>();
        TreeMap<String, String> all = new TreeMap<>(options);
        all.putAll(expected.options);
        for (String option : all.keySet()) {
            String mine = options.getOrDefault(option, "nothing");
            String other = expected.options.getOrDefault(option, "nothing");
            if (!mine.equals(other)) {
                found.add(option + " " + mine + " instead of " + other);
            }
        }
        return found;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecipeContent content && content.options.equals(options);
    }

    @Override
    public int hashCode() {
        return options.hashCode();
    }
}
