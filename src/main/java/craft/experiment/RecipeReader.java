package craft.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import craft.error.JsonWords;
import craft.error.UserPath;
import craft.intervention.SiteOptions;
import craft.method.MethodOptions;
import craft.method.Methods;
import craft.method.TrainingOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads recipes strictly: what is missing gets its default, what is unknown is refused by name. */
public final class RecipeReader {
    /** Name of the recipe's file in a sample folder. */
    public static final String FILE = "recipe.json";
    /** The model of a recipe that names none. */
    public static final String DEFAULT_MODEL = Bundled.PREFIX + "seedling";
    private static final long DEFAULT_SEED = 1;
    private static final String DEFAULT_METHOD = "craft";

    private RecipeReader() {
    }

    /**
     * @param recipe a recipe file, or a folder with a {@code recipe.json}
     * @param set options to change, dotted path to value, for example {@code training.epochs -> 3}
     * @return the recipe with model and task folders made absolute (relative ones count from the recipe's folder)
     * @throws craft.error.InvalidInputException naming file, option and what to do
     */
    public static Recipe read(Path recipe, Map<String, String> set) {
        Path file = fileOf(recipe);
        Path folder = file.toAbsolutePath().normalize().getParent();
        String where = file + ": ";
        ObjectNode user = parse(file);
        String typeSet = set.get("method.type");
        if (typeSet != null && !typeSet.equals(methodType(user))) {
            user.remove("method"); // another method's options are of no use to the one chosen instead
        }
        ObjectNode tree = defaults(folder.getFileName() == null ? "Recipe" : folder.getFileName().toString(),
                typeSet != null ? typeSet : methodType(user), where);
        if (!user.has("tasks") && !set.containsKey("tasks")) {
            throw new InvalidInputException(where + "it lists no tasks. Add \"tasks\": [\"folder-of-first-task\", "
                    + "...].");
        }
        OptionTree.merge(tree, user, "", where);
        apply(tree, set);
        Recipe read = finish(tree, folder, where);
        try {
            read.check();
        } catch (InvalidInputException e) {
            throw new InvalidInputException(where + e.getMessage(), e);
        }
        return read;
    }

    /**
     * The same for a recipe that is already there: changes options by dotted path, and checks all that {@link #read} checks. The
     * list of tasks may still be empty.
     */
    public static Recipe with(Recipe recipe, Map<String, String> set) {
        ObjectNode tree = tree(recipe);
        String type = set.get("method.type");
        if (type != null && !type.equals(tree.path("method").path("type").asText())) {
            tree.set("method", defaults("", type, "").get("method"));
        }
        apply(tree, set);
        Recipe changed = finish(tree, Path.of("").toAbsolutePath(), "");
        if (set.containsKey("name")) {
            changed.checkName();
        }
        if (set.containsKey("tasks")) {
            changed.checkTasks();
        }
        changed.checkOptions();
        return changed;
    }

    /**
     * A recipe of defaults for tasks given by folder; for a sequence put together in the window, so it may be empty.
     */
    public static Recipe of(String name, String model, List<String> taskFolders) {
        ObjectNode tree = defaults(name, DEFAULT_METHOD, "");
        tree.put("model", model);
        ArrayNode tasks = tree.putArray("tasks");
        taskFolders.forEach(tasks::add);
        return finish(tree, Path.of("").toAbsolutePath(), "");
    }

    /** All options as dotted path to value as text, in the order of the records: what {@code --set} accepts. */
    public static SortedMap<String, String> options(Recipe recipe) {
        Map<String, JsonNode> leaves = OptionTree.leaves(tree(recipe));
        List<String> order = List.copyOf(leaves.keySet());
        SortedMap<String, String> options = new TreeMap<>(Comparator
                .comparingInt((String k) -> order.contains(k) ? order.indexOf(k) : order.size())
                .thenComparing(Comparator.naturalOrder()));
        leaves.forEach((path, value) -> options.put(path, value.isArray() ? value.toString() : value.asText()));
        return Collections.unmodifiableSortedMap(options);
    }

    /** The recipe as a person would keep it: indented JSON with every option, which {@link #read} reads back. */
    public static String write(Recipe recipe) {
        return tree(recipe).toPrettyString() + "\n";
    }

    /**
     * A recipe kept in a run with the options added that the version which kept it did not have, each at its default.
     *
     * @param where how to begin a message
     * @throws InvalidInputException when its method is not known
     */
    public static ObjectNode completed(ObjectNode kept, String where) {
        ObjectNode tree = defaults("", methodType(kept), where);
        OptionTree.overlay(tree, kept);
        return tree;
    }

    private static Path fileOf(Path given) {
        if (Files.isDirectory(given)) {
            Path inside = given.resolve(FILE);
            if (!Files.isRegularFile(inside)) {
                throw new InvalidInputException("The folder " + given + " has no " + FILE
                        + ". Give a recipe file, or a folder that holds one.");
            }
            return inside;
        }
        if (!Files.exists(given)) {
            throw new InvalidInputException("There is no recipe " + given
                    + ". Give a recipe file, or a folder that holds a " + FILE + ".");
        }
        return given;
    }

    private static ObjectNode parse(Path file) {
        return JsonFile.read(file, "recipe");
    }

    private static String methodType(ObjectNode user) {
        JsonNode type = user.path("method").path("type");
        return type.isMissingNode() ? DEFAULT_METHOD : type.asText();
    }

    private static ObjectNode defaults(String name, String method, String where) {
        return tree(new Recipe(name, "", DEFAULT_MODEL, List.of(), DEFAULT_SEED, Scenario.TIL, EngineOptions.defaults(),
                SiteOptions.defaults(), TrainingOptions.defaults(), DataOptions.defaults(), defaultsOf(method, where)));
    }

    private static MethodOptions defaultsOf(String method, String where) {
        try {
            return Methods.defaults(method);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(where + e.getMessage(), e);
        }
    }

    /** What {@code method.type} can be, in the order in which methods are offered. */
    public static List<String> methodTypes() {
        return Methods.types();
    }

    /** A method's name for people, for example {@code CRAFT (this implementation)}, with its options at their defaults. */
    public static String methodName(String type) {
        return Methods.defaults(type).displayName();
    }

    private static ObjectNode tree(Recipe recipe) {
        return Json.mapper().valueToTree(recipe);
    }

    private static void apply(ObjectNode tree, Map<String, String> set) {
        set.forEach((path, text) -> OptionTree.set(tree, path, text, "--set " + path + "=" + text + ": "));
    }

    private static Recipe finish(ObjectNode tree, Path base, String where) {
        String model = tree.path("model").asText();
        if (!BaseModels.isName(model)) {
            tree.put("model", absolute(model, base, "model", where));
        }
        List<String> tasks = new ArrayList<>();
        tree.path("tasks").forEach(t -> tasks.add(absolute(t.asText(), base, "tasks", where)));
        ArrayNode folders = tree.putArray("tasks");
        tasks.forEach(folders::add);
        try {
            return Json.mapper().treeToValue(tree, Recipe.class);
        } catch (InvalidFormatException e) {
            throw new InvalidInputException(where + "option " + pathOf(e) + " is \"" + e.getValue() + "\"; "
                    + acceptedOf(e), e);
        } catch (JsonProcessingException e) {
            String path = e instanceof JsonMappingException m ? pathOf(m) : "";
            throw new InvalidInputException(where + (path.isEmpty() ? "" : "option " + path + ": ")
                    + JsonWords.reason(e) + ".", e);
        }
    }

    /** The path from the root of the recipe; a list's element counts as its list. */
    private static String pathOf(JsonMappingException e) {
        return e.getPath().stream().map(JsonMappingException.Reference::getFieldName).filter(f -> f != null)
                .collect(Collectors.joining("."));
    }

    private static String acceptedOf(InvalidFormatException e) {
        if (e.getTargetType() != null && e.getTargetType().isEnum()) {
            List<String> accepted = new ArrayList<>();
            for (Object constant : e.getTargetType().getEnumConstants()) {
                accepted.add(Json.constant((Enum<?>) constant));
            }
            return "it must be one of " + String.join(", ", accepted) + ".";
        }
        return "that is not among its values.";
    }

    /**
     * A folder of the recipe's made absolute: from the recipe's folder, or, where only there something is to be found,
     * from the working directory (paths of {@code --set} are typed there).
     */
    private static String absolute(String text, Path base, String option, String where) {
        if (text.isBlank()) {
            throw new InvalidInputException(where + "option " + option + " has an empty folder name.");
        }
        Path given;
        try {
            given = UserPath.of(text);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(where + "option " + option + ": " + e.getMessage(), e);
        }
        if (given.isAbsolute()) { // nothing to look for on the disk
            return given.normalize().toString();
        }
        Path fromRecipe = base.resolve(given).normalize();
        Path fromHere = given.toAbsolutePath().normalize();
        return (!Files.exists(fromRecipe) && Files.exists(fromHere) ? fromHere : fromRecipe).toString();
    }
}
