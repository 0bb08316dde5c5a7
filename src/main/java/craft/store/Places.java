package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import craft.error.InvalidInputException;
import craft.experiment.BaseModels;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code places.json}: where a run's base model and tasks are now. {@code run.json} stays as it was written; without this file
 * they are where it says.
 *
 * @param model as in {@link Recipe#model()}
 * @param tasks in the recipe's order
 */
record Places(String format, int version, String model, List<String> tasks) {
    private static final String FORMAT = "craft-places";
    private static final int VERSION = 1;
    /** What {@code --set} may name. */
    private static final Set<String> OPTIONS = Set.of("model", "tasks");

    /** Where a recipe says they are. */
    static Places of(Recipe recipe) {
        return new Places(FORMAT, VERSION, recipe.model(), recipe.tasks());
    }

    /** Where they were last found. @param recorded the run's recipe */
    static Places read(RunFolder folder, Recipe recorded) {
        Path file = folder.places();
        if (!Files.exists(file)) {
            return of(recorded);
        }
        try {
            Places places = Json.mapper().readValue(Files.readAllBytes(file), Places.class);
            if (places != null && FORMAT.equals(places.format) && places.version == VERSION && places.model != null
                    && places.tasks != null && places.tasks.size() == recorded.tasks().size() && !places.tasks.contains(null)) {
                return places;
            }
            throw damaged(file, null);
        } catch (JacksonException e) {
            throw damaged(file, e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read. It says where the run's model and tasks are now.", e);
        }
    }

    private static InvalidInputException damaged(Path file, Exception cause) {
        return new InvalidInputException(file + " is damaged or was written by another version of the program. It says where the run's "
                + "model and tasks are now: move it away, and say it again with --set model=... and --set tasks=...", cause);
    }

    void write(RunFolder folder) throws IOException {
        AtomicFiles.write(folder.places(), Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }

    /** The recipe with model and tasks at these places. */
    Recipe in(Recipe recorded) {
        return recorded.withModel(model).withTasks(tasks);
    }

    /**
     * Other places that somebody names.
     *
     * @param set {@code model} and {@code tasks} only, as {@code --set} gives them; relative folders count from here
     * @throws InvalidInputException naming another option, or tasks that are not as many or are called otherwise
     */
    Places with(Map<String, String> set, Recipe recorded) {
        for (String option : set.keySet()) {
            if (!OPTIONS.contains(option)) {
                throw new InvalidInputException("--set " + option + "=" + set.get(option) + ": of a run that has begun only the places "
                        + "of its model and its tasks can be set (--set model=..., --set tasks=...), for with other options its results "
                        + "would not be those of its recipe. Begin a new run to change " + option + ".");
            }
        }
        if (set.isEmpty()) {
            return this;
        }
        Places named = of(RecipeReader.with(in(recorded), set));
        List<String> names = recorded.tasks().stream().map(Places::lastName).toList();
        List<String> found = named.tasks.stream().map(Places::lastName).toList();
        if (!names.equals(found)) {
            throw new InvalidInputException("--set tasks: the run's tasks are the folders " + String.join(", ", names) + ", in this order; "
                    + "given are " + String.join(", ", found) + ". Results are kept by these names, so a folder must keep its own "
                    + "wherever it is.");
        }
        return named;
    }

    private static String lastName(String folder) {
        Path name = Path.of(folder).getFileName();
        return name == null ? folder : name.toString();
    }

    /**
     * Refuses places where there is nothing.
     *
     * @param run for the remedy
     */
    void requireThere(Path run) {
        if (!BaseModels.isName(model) && !Files.exists(Path.of(model))) {
            throw new InvalidInputException("The base model of the run " + run + " is gone from " + model + ". If it was moved, say "
                    + "where it is now: resume " + run + " --set model=<folder>");
        }
        List<String> gone = tasks.stream().filter(task -> !Files.exists(Path.of(task))).toList();
        if (!gone.isEmpty()) {
            throw new InvalidInputException("Of the run " + run + (gone.size() == 1 ? " a task is" : " tasks are") + " gone from "
                    + String.join(", ", gone) + ". If moved, say where all of its tasks are now, in their order: resume " + run
                    + " --set tasks=<folder>,<folder>,...");
        }
    }

    /** What is elsewhere than {@code before} said, a sentence each. */
    List<String> changesFrom(Places before) {
        List<String> changes = new ArrayList<>();
        if (!model.equals(before.model)) {
            changes.add("The base model is now read from " + model + " (it was " + before.model
                    + "); its files are those the run began with.");
        }
        for (int i = 0; i < tasks.size(); i++) {
            if (!tasks.get(i).equals(before.tasks.get(i))) {
                changes.add("Task " + (i + 1) + " is now read from " + tasks.get(i) + " (it was " + before.tasks.get(i)
                        + "); its files are those the run began with.");
            }
        }
        return changes;
    }
}
