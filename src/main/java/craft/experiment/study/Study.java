package craft.experiment.study;

import craft.error.InvalidInputException;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Several methods compared on equal footing: every one is run with every seed on every order of the same tasks, on the same
 * data. Immutable. A run's recipe is whole in itself, so the runs can be made anywhere, in any order.
 */
public final class Study {
    /** What belongs to the study and not to a method, so that all methods have the same. */
    private static final List<String> SHARED = List.of("name", "description", "model", "tasks", "seed", "scenario", "data.");
    private static final int MOST_RUNS = 100_000;

    private final String name;
    private final String description;
    private final Recipe base;
    private final List<Variant> methods;
    private final Map<String, List<String>> grid;
    private final List<Long> seeds;
    private final List<TaskOrder> orders;
    private final String reference;
    private final String joint;
    private final List<Configuration> configurations;
    private final List<StudyRun> runs;

    /**
     * @param grid dotted option to the values it takes; multiplies every method that has the option and does not set it itself
     * @param reference name of the method, or of the configuration, that the others are compared with
     * @param joint name of the method that is trained on all tasks at once, for the intransigence; may be empty
     * @throws InvalidInputException when a name is unknown or used twice, an option unknown or out of range, or two methods
     *     are the same
     */
    public Study(String name, String description, Recipe base, List<Variant> methods, Map<String, List<String>> grid,
            List<Long> seeds, List<TaskOrder> orders, String reference, String joint) {
        this.name = name;
        this.description = description;
        this.base = base;
        this.methods = List.copyOf(methods);
        this.grid = Collections.unmodifiableMap(new LinkedHashMap<>(grid));
        this.seeds = List.copyOf(seeds);
        this.orders = List.copyOf(orders);
        unique("method", this.methods.stream().map(m -> m.name().toLowerCase(Locale.ROOT)).toList());
        unique("seed", this.seeds);
        unique("order", this.orders.stream().map(TaskOrder::positions).toList());
        this.configurations = configure();
        this.reference = configurationOf(reference, "reference");
        this.joint = joint.isEmpty() ? "" : configurationOf(joint, "joint");
        this.runs = plan();
    }

    private static void unique(String what, List<?> values) {
        if (values.isEmpty()) {
            throw new InvalidInputException("It lists no " + what + ". Add at least one.");
        }
        Set<Object> seen = new HashSet<>();
        for (Object value : values) {
            if (!seen.add(value)) {
                throw new InvalidInputException("It lists " + what + " " + value + " twice. Remove one.");
            }
        }
    }

    private List<Configuration> configure() {
        List<Configuration> all = new ArrayList<>();
        Set<String> used = new HashSet<>();
        for (Variant method : methods) {
            String where = "Method \"" + method.name() + "\": ";
            method.set().keySet().forEach(option -> requireOwn(option, where));
            Recipe recipe = with(base, method.set(), where);
            Set<String> options = RecipeReader.options(recipe).keySet();
            List<Map<String, String>> points = List.of(Map.of());
            for (Map.Entry<String, List<String>> axis : grid.entrySet()) {
                requireOwn(axis.getKey(), "Grid: ");
                if (options.contains(axis.getKey()) && !method.set().containsKey(axis.getKey())) {
                    used.add(axis.getKey());
                    points = times(points, axis.getKey(), axis.getValue());
                }
            }
            for (Map<String, String> point : points) {
                StringBuilder label = new StringBuilder(method.name());
                point.forEach((option, value) -> label.append(", ").append(shortName(option)).append('=').append(value));
                all.add(new Configuration(label.toString(), method.name(), point, with(recipe, point, "Grid: ")));
            }
        }
        for (String option : grid.keySet()) {
            if (!used.contains(option)) {
                throw new InvalidInputException("Grid: no method takes the option \"" + option
                        + "\", or each sets it itself. Correct its name, or remove it.");
            }
        }
        return List.copyOf(all);
    }

    private static void requireOwn(String option, String where) {
        for (String shared : SHARED) {
            if (option.equals(shared) || shared.endsWith(".") && option.startsWith(shared)) {
                throw new InvalidInputException(where + "the option \"" + option + "\" is the same for all runs of a study. "
                        + "Set it under the study's own \"set\"; seeds and orders have lists of their own.");
            }
        }
    }

    private static Recipe with(Recipe recipe, Map<String, String> set, String where) {
        try {
            return set.isEmpty() ? recipe : RecipeReader.with(recipe, set);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(where + e.getMessage().replaceFirst("^--set ", ""), e);
        }
    }

    private static List<Map<String, String>> times(List<Map<String, String>> points, String option, List<String> values) {
        List<Map<String, String>> all = new ArrayList<>();
        for (Map<String, String> point : points) {
            for (String value : values) {
                Map<String, String> more = new LinkedHashMap<>(point);
                more.put(option, value);
                all.add(more);
            }
        }
        return all;
    }

    /** The last part of a dotted option, if no other of the grid ends alike. */
    private String shortName(String option) {
        String last = lastPart(option);
        return grid.keySet().stream().filter(o -> lastPart(o).equals(last)).count() == 1 ? last : option;
    }

    private static String lastPart(String option) {
        return option.substring(option.lastIndexOf('.') + 1);
    }

    /** The configuration of that name, or the first one of the method of that name. */
    private String configurationOf(String wanted, String key) {
        return configurations.stream().filter(c -> c.name().equals(wanted)).findFirst()
                .or(() -> configurations.stream().filter(c -> c.method().equals(wanted)).findFirst())
                .map(Configuration::name)
                .orElseThrow(() -> new InvalidInputException("\"" + key + "\" names \"" + wanted
                        + "\", which is no method of the study. Methods are: "
                        + String.join(", ", methods.stream().map(Variant::name).toList()) + "."));
    }

    private List<StudyRun> plan() {
        if ((long) configurations.size() * orders.size() * seeds.size() > MOST_RUNS) {
            throw new InvalidInputException("It comes to more than " + MOST_RUNS + " runs. Make the lists shorter.");
        }
        Map<String, String> slugs = slugs();
        List<StudyRun> all = new ArrayList<>();
        Map<RecipeContent, String> seen = new HashMap<>();
        for (Configuration configuration : configurations) {
            StringBuilder point = new StringBuilder();
            configuration.grid().forEach((option, value) -> point.append('-').append(slug(shortName(option) + value)));
            for (int o = 1; o <= orders.size(); o++) {
                List<String> tasks = orders.get(o - 1).of(base.tasks());
                for (long seed : seeds) {
                    Recipe recipe = configuration.recipe().withName(name + ": " + configuration.name()).withTasks(tasks)
                            .withSeed(seed);
                    String id = slugs.get(configuration.method()) + "-o" + o + "-s" + seed + point;
                    String same = seen.put(RecipeContent.of(recipe), configuration.name());
                    if (same != null) {
                        throw new InvalidInputException("\"" + same + "\" and \"" + configuration.name()
                                + "\" are the same: every option has the same value. Remove one.");
                    }
                    all.add(new StudyRun(id, configuration.name(), o, seed, recipe));
                }
            }
        }
        Set<String> ids = new HashSet<>();
        for (StudyRun run : all) {
            if (!ids.add(run.id())) {
                throw new InvalidInputException("Two runs would be called " + run.id() + ". Rename one of the methods, or "
                        + "write the grid's values differently.");
            }
        }
        return List.copyOf(all);
    }

    /** Method to the first part of its runs' ids: plain ASCII, whatever the system that they are kept on. */
    private Map<String, String> slugs() {
        Map<String, String> slugs = new TreeMap<>();
        Set<String> taken = new HashSet<>();
        for (int m = 0; m < methods.size(); m++) {
            String slug = slug(methods.get(m).name());
            String free = slug.isEmpty() ? "m" + (m + 1) : slug;
            for (int n = 2; !taken.add(free); n++) {
                free = slug + "-" + n;
            }
            slugs.put(methods.get(m).name(), free);
        }
        return slugs;
    }

    private static String slug(String text) {
        String slug = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-").replaceAll("^[-.]+|[-.]+$", "");
        return slug.length() <= 60 ? slug : slug.substring(0, 60);
    }

    public String name() {
        return name;
    }

    public String description() {
        return description;
    }

    /** What all runs share. */
    public Recipe base() {
        return base;
    }

    public List<Variant> methods() {
        return methods;
    }

    /** Dotted option to its values. */
    public Map<String, List<String>> grid() {
        return grid;
    }

    public List<Long> seeds() {
        return seeds;
    }

    public List<TaskOrder> orders() {
        return orders;
    }

    /** Name of the configuration that the others are compared with. */
    public String reference() {
        return reference;
    }

    /** Name of the configuration trained on all tasks at once, empty when there is none. */
    public String joint() {
        return joint;
    }

    /** The rows of the result table, in order. */
    public List<Configuration> configurations() {
        return configurations;
    }

    /** All runs, a configuration's next to each other. */
    public List<StudyRun> runs() {
        return runs;
    }

    /** @throws InvalidInputException when there is no such run */
    public StudyRun run(String id) {
        return runs.stream().filter(r -> r.id().equals(id)).findFirst().orElseThrow(() -> new InvalidInputException(
                "The study \"" + name + "\" has no run " + id + ". Its runs are: "
                        + String.join(", ", runs.stream().map(StudyRun::id).limit(20).toList())
                        + (runs.size() > 20 ? ", ..." : "") + "."));
    }
}
