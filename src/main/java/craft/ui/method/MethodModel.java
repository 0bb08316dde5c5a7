package craft.ui.method;

import craft.error.InvalidInputException;
import craft.experiment.MethodFacts;
import craft.experiment.Recipe;
import craft.ui.WorkbenchModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.ObservableMap;

/** The recipe's options, changed one at a time; a value that cannot be is kept out and its problem is told. */
public final class MethodModel {
    static final List<String> ON_OFF = List.of("true", "false");

    /** The method itself: choosing another one brings its options, at their defaults. */
    static final String TYPE = "method.type";
    private static final String CRAFT = "craft";
    private static final List<String> DIRECTIONS = List.of("forward", "reverse", "symmetric");
    /** Options with a closed set of values, as recipes write them; everything else is text or a number. */
    static final Map<String, List<String>> CHOICES = Map.ofEntries(
            Map.entry("scenario", List.of("til", "dil", "cil")),
            Map.entry("engine.precision", List.of("float32", "bfloat16")),
            Map.entry("method.routing.direction", DIRECTIONS),
            Map.entry("method.routing.threshold", List.of("relative", "absolute")),
            Map.entry("method.tuning.direction", DIRECTIONS),
            Map.entry("method.tuning.lambdaRule", List.of("fixed", "dual-ascent")),
            Map.entry("method.tuning.start", List.of("group", "warm-up")),
            Map.entry("method.merging.alpha", List.of("line-search", "exponential", "rational")),
            Map.entry("method.merging.space", List.of("function", "parameter")),
            Map.entry("method.adapter.kind", List.of("lora", "loreft")),
            Map.entry("method.space", List.of("function", "parameter")),
            Map.entry("method.towards", List.of("previous", "start")),
            Map.entry("method.inference", List.of("nearest", "divergence", "entropy")),
            Map.entry("sites.form", List.of("loreft", "noreft", "direft", "nodireft", "consreft", "lobireft")),
            Map.entry(TYPE, MethodFacts.types()));
    /** The order of the groups; a group that is not named comes last. */
    private static final List<String> ORDER = List.of("experiment", "method", "method.adapter", "method.adapter.lora",
            "method.lora", "method.routing", "method.tuning", "method.merging", "sites", "training", "data");

    private final WorkbenchModel workbench;
    private final ObservableList<Option> options = FXCollections.observableArrayList();
    private final ObservableMap<String, String> problems = FXCollections.observableHashMap();
    private final StringProperty filter = new SimpleStringProperty("");
    private final ReadOnlyObjectWrapper<Option> selected = new ReadOnlyObjectWrapper<>();

    public MethodModel(WorkbenchModel workbench) {
        this.workbench = workbench;
        workbench.recipe().subscribe(this::follow);
    }

    /** All options, grouped, in the order of the window. */
    public ObservableList<Option> options() {
        return options;
    }

    /** Path of an option to why the value last given to it was refused. */
    public ObservableMap<String, String> problems() {
        return problems;
    }

    /** Words to look for in paths, names and descriptions. */
    public StringProperty filter() {
        return filter;
    }

    /** The option the user is at, or null. */
    public ReadOnlyObjectProperty<Option> selected() {
        return selected.getReadOnlyProperty();
    }

    public void select(Option option) {
        selected.set(option);
    }

    private void follow(Recipe recipe) {
        List<Option> next = new ArrayList<>();
        if (recipe != null) {
            Map<String, String> values = workbench.services().inputs().options(recipe);
            Map<String, String> standards = standards(recipe, values.get(TYPE));
            values.forEach((path, value) -> {
                if (editable(path)) {
                    String standard = path.equals("description") ? value : standards.getOrDefault(path, value);
                    next.add(new Option(path, group(path), value, standard, choices(path, standard)));
                }
            });
            next.sort((a, b) -> Integer.compare(place(a.group()), place(b.group())));
        }
        if (!next.equals(options)) {
            options.setAll(next);
        }
        if (selected.get() != null) {
            String path = selected.get().path();
            selected.set(options.stream().filter(o -> o.path().equals(path)).findFirst().orElse(null));
        }
    }

    /** The defaults of the recipe's own method. */
    private Map<String, String> standards(Recipe recipe, String type) {
        Recipe standard = workbench.services().inputs().defaults(recipe.name(), recipe.model(), recipe.tasks());
        Map<String, String> standards = new HashMap<>(workbench.services().inputs()
                .options(workbench.services().inputs().with(standard, Map.of(TYPE, type))));
        standards.put(TYPE, CRAFT);
        return standards;
    }

    private static int place(String group) {
        int at = ORDER.indexOf(group);
        return at < 0 ? ORDER.size() : at;
    }

    /** Model and tasks have views of their own. */
    private static boolean editable(String path) {
        return !path.equals("model") && !path.equals("tasks") && !path.startsWith("tasks.");
    }

    private static String group(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "experiment" : path.substring(0, dot);
    }

    private static List<String> choices(String path, String standard) {
        return ON_OFF.contains(standard) ? ON_OFF : CHOICES.getOrDefault(path, List.of());
    }

    /**
     * Gives an option a value. One that is refused leaves the recipe as it is, and the reason stands in
     * {@link #problems()} until a good value comes.
     *
     * @return true when the recipe has the value now
     */
    public boolean edit(String path, String value) {
        return edit(Map.of(path, value), path);
    }

    /** Gives an option its default. */
    public void reset(Option option) {
        edit(option.path(), option.standard());
    }

    private boolean edit(Map<String, String> values, String path) {
        Recipe recipe = workbench.recipe().get();
        try {
            Recipe next = workbench.services().inputs().with(recipe, values);
            values.keySet().forEach(problems::remove);
            if (!next.equals(recipe)) {
                workbench.setRecipe(next);
            }
            return true;
        } catch (InvalidInputException e) {
            problems.put(path, e.getMessage());
            return false;
        }
    }

    /** CRAFT with every option of the method at its default. */
    public void useCraft() {
        Map<String, String> values = new LinkedHashMap<>(Map.of(TYPE, CRAFT));
        options.stream().filter(o -> isCraft() && o.path().startsWith("method.")).forEach(o -> values.put(o.path(), o.standard()));
        edit(values, "method");
    }

    private boolean isCraft() {
        return options.stream().anyMatch(o -> o.path().equals(TYPE) && o.value().equals(CRAFT));
    }

    /** The baseline: one group for all tasks, no divergence term, no merging. */
    public void useSequential() {
        edit(Map.of(TYPE, CRAFT, "method.routing.enabled", "false", "method.tuning.lambda", "0", "method.merging.enabled", "false"),
                "method");
    }
}
