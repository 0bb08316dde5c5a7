package craft.experiment.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import craft.experiment.Bundled;
import craft.experiment.Json;
import craft.experiment.JsonFile;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads studies strictly: what is missing gets its default, what is unknown is refused by name. */
public final class StudyReader {
    /** Name of the study's file in its folder. */
    public static final String FILE = "study.json";
    private static final List<String> KEYS = List.of("name", "description", "base", "set", "methods", "grid", "seeds", "orders",
            "reference", "joint");
    private static final int MOST_ORDERS = 1000;

    private final Path file;
    private final Path folder;

    private StudyReader(Path file) {
        this.file = file;
        this.folder = file.toAbsolutePath().normalize().getParent();
    }

    /**
     * @param given a study file, or a folder with a {@code study.json}
     * @throws InvalidInputException naming file, place and what to do
     */
    public static Study read(Path given) {
        Path file = Files.isDirectory(given) ? given.resolve(FILE) : given;
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException("There is no study " + file + ". Give a study file, or a folder that holds a "
                    + FILE + ".");
        }
        return new StudyReader(file).read();
    }

    private Study read() {
        ObjectNode tree = JsonFile.read(file, "study");
        requireKnown(tree, KEYS, "");
        Recipe base = base(tree);
        List<Variant> methods = methods(tree.get("methods"));
        String name = text(tree, "name", folder.getFileName() == null ? "Study" : folder.getFileName().toString());
        if (name.isBlank()) {
            throw problem("name", "it is empty. Give the study a name");
        }
        try {
            return new Study(name, text(tree, "description", ""), base, methods, grid(tree.get("grid")),
                    seeds(tree.get("seeds"), base), orders(tree.get("orders"), base),
                    text(tree, "reference", methods.get(0).name()), text(tree, "joint", ""));
        } catch (InvalidInputException e) {
            throw e.getMessage().startsWith(file + ": ") ? e : new InvalidInputException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The study with nothing left to chance or to a place: drawn orders are listed, the base recipe is beside the file.
     *
     * @param base the base recipe's path as it shall be written
     */
    public static String write(Study study, String base) {
        ObjectNode tree = Json.mapper().createObjectNode();
        tree.put("name", study.name()).put("description", study.description()).put("base", base);
        ArrayNode methods = tree.putArray("methods");
        for (Variant method : study.methods()) {
            ObjectNode set = methods.addObject().put("name", method.name()).putObject("set");
            method.set().forEach(set::put);
        }
        if (!study.grid().isEmpty()) {
            ObjectNode grid = tree.putObject("grid");
            study.grid().forEach((option, values) -> values.forEach(grid.withArray(option)::add));
        }
        study.seeds().forEach(tree.putArray("seeds")::add);
        ArrayNode orders = tree.putArray("orders");
        study.orders().forEach(order -> order.positions().forEach(orders.addArray()::add));
        tree.put("reference", study.reference());
        if (!study.joint().isEmpty()) {
            tree.put("joint", study.joint());
        }
        return tree.toPrettyString() + "\n";
    }

    private Recipe base(ObjectNode tree) {
        if (!tree.has("base")) {
            throw problem("base", "it is missing. Name the recipe that all runs share: \"base\": \"recipe.json\", or a "
                    + "sample, \"base\": \"quickstart\"");
        }
        String given = text(tree, "base", "");
        Path path;
        try {
            path = List.of(folder.resolve(given), Path.of(given).toAbsolutePath(),
                    Bundled.home().resolve("sample-tasks").resolve(given)).stream().map(Path::normalize)
                    .filter(p -> Files.isRegularFile(p) || Files.isRegularFile(p.resolve(RecipeReader.FILE))).findFirst()
                    .orElseThrow(() -> problem("base", "there is no recipe \"" + given + "\", neither in " + folder
                            + " nor among the samples. Name a recipe file, or a folder that holds a "
                            + RecipeReader.FILE));
        } catch (InvalidPathException e) {
            throw problem("base", "\"" + given + "\" is no path on this system.");
        }
        Map<String, String> set = tree.has("set") ? options(tree.get("set"), "set") : Map.of();
        try {
            return RecipeReader.read(path, set);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(file + ": base: " + e.getMessage().replaceFirst("^--set ", "set: "), e);
        }
    }

    private List<Variant> methods(JsonNode given) {
        if (!(given instanceof ArrayNode list) || list.isEmpty()) {
            throw problem("methods", "it must be a list of at least one method, [{\"name\": \"craft\", \"set\": "
                    + "{\"method.type\": \"craft\"}}, ...]");
        }
        List<Variant> methods = new ArrayList<>();
        for (JsonNode element : list) {
            String at = "methods[" + (methods.size() + 1) + "]";
            ObjectNode method = object(element, at);
            requireKnown(method, List.of("name", "set"), at + ".");
            String name = text(method, "name", "");
            if (name.isBlank()) {
                throw problem(at, "it has no name. Give it one: \"name\": \"craft\"");
            }
            methods.add(new Variant(name.strip(), method.has("set") ? options(method.get("set"), at + ".set") : Map.of()));
        }
        return methods;
    }

    private Map<String, List<String>> grid(JsonNode given) {
        Map<String, List<String>> grid = new LinkedHashMap<>();
        if (given != null) {
            object(given, "grid").properties().forEach(axis -> {
                String at = "grid." + axis.getKey();
                if (!(axis.getValue() instanceof ArrayNode values) || values.isEmpty()) {
                    throw problem(at, "it must be a list of at least one value");
                }
                List<String> texts = new ArrayList<>();
                values.forEach(value -> texts.add(value(value, at)));
                if (texts.stream().distinct().count() < texts.size()) {
                    throw problem(at, "a value is there twice. Remove one");
                }
                grid.put(axis.getKey(), texts);
            });
        }
        return grid;
    }

    private List<Long> seeds(JsonNode given, Recipe base) {
        if (given == null) {
            return List.of(base.seed());
        }
        List<Long> seeds = new ArrayList<>();
        for (JsonNode seed : array(given, "seeds", "a list of whole numbers, for example [1, 2, 3]")) {
            if (!seed.isIntegralNumber() || !seed.canConvertToLong()) {
                throw problem("seeds", seed + " is no whole number");
            }
            seeds.add(seed.longValue());
        }
        return seeds;
    }

    private List<TaskOrder> orders(JsonNode given, Recipe base) {
        int tasks = base.tasks().size();
        if (given == null) {
            return List.of(TaskOrder.ofBase(tasks));
        }
        if (given instanceof ObjectNode random) {
            requireKnown(random, List.of("random", "seed"), "orders.");
            int wanted = (int) Math.min(MOST_ORDERS + 1L, whole(random, "random", 0));
            int most = Math.min(MOST_ORDERS, TaskOrder.count(tasks));
            if (wanted < 1 || wanted > most) {
                throw problem("orders.random", "it must be from 1 to " + most + ", since there are so many orders of " + tasks
                        + " tasks");
            }
            return TaskOrder.random(tasks, wanted, whole(random, "seed", 1));
        }
        List<TaskOrder> orders = new ArrayList<>();
        for (JsonNode order : array(given, "orders", "a list of orders, [[1, 2], [2, 1]], or {\"random\": 3}")) {
            orders.add(order(order, "orders[" + (orders.size() + 1) + "]", base));
        }
        return orders;
    }

    private TaskOrder order(JsonNode given, String at, Recipe base) {
        List<String> names = base.tasks().stream().map(RecipeContent::lastName).toList();
        List<Integer> positions = new ArrayList<>();
        for (JsonNode element : array(given, at, "a list of the tasks' numbers from 1, or of their names")) {
            int position = element.isInt() ? element.intValue() : names.indexOf(element.asText()) + 1;
            if (position < 1 || position > names.size()) {
                throw problem(at, "there is no task " + element + ". Tasks are: " + numbered(names));
            }
            if (positions.contains(position)) {
                throw problem(at, "task " + element + " is there twice");
            }
            positions.add(position);
        }
        if (positions.size() < names.size()) {
            throw problem(at, "it lists " + positions.size() + " of " + names.size() + " tasks. Tasks are: " + numbered(names));
        }
        return new TaskOrder(positions);
    }

    private static String numbered(List<String> names) {
        List<String> all = new ArrayList<>();
        names.forEach(name -> all.add((all.size() + 1) + " " + name));
        return String.join(", ", all);
    }

    private Map<String, String> options(JsonNode given, String at) {
        Map<String, String> options = new LinkedHashMap<>();
        object(given, at).properties().forEach(o -> options.put(o.getKey(), value(o.getValue(), at + "." + o.getKey())));
        return options;
    }

    private String value(JsonNode value, String at) {
        if (value.isObject() || value.isNull()) {
            throw problem(at, "its value must be a number, a text, true, false or a list. Write options with dots: "
                    + "\"method.routing.rho\": 0.3");
        }
        return value.isArray() ? value.toString() : value.asText();
    }

    private ObjectNode object(JsonNode given, String at) {
        if (given instanceof ObjectNode object) {
            return object;
        }
        throw problem(at, "it must be an object { ... }");
    }

    private ArrayNode array(JsonNode given, String at, String expected) {
        if (given instanceof ArrayNode array) {
            return array;
        }
        throw problem(at, "it must be " + expected);
    }

    private String text(ObjectNode tree, String key, String otherwise) {
        JsonNode value = tree.get(key);
        if (value != null && !value.isTextual()) {
            throw problem(key, "it must be a text");
        }
        return value == null ? otherwise : value.asText();
    }

    private long whole(ObjectNode tree, String key, long otherwise) {
        JsonNode value = tree.get(key);
        if (value != null && !(value.isIntegralNumber() && value.canConvertToLong())) {
            throw problem("orders." + key, "it must be a whole number");
        }
        return value == null ? otherwise : value.longValue();
    }

    private void requireKnown(ObjectNode tree, List<String> known, String at) {
        tree.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw problem(at + key, "there is no such key. Known here: " + String.join(", ", known));
            }
        });
    }

    private InvalidInputException problem(String at, String what) {
        return new InvalidInputException(file + ": " + at + ": " + what + ".");
    }
}
