package craft.experiment;

import craft.error.InvalidInputException;
import craft.intervention.SiteOptions;
import craft.method.MethodOptions;
import craft.method.TrainingOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * All of one experiment: what is trained, on what, how, and the seed. The same recipe gives the same numbers on the
 * same machine.
 *
 * @param name for people; also the first part of the run folder's name
 * @param description one or two sentences, may be empty
 * @param model {@code bundled:<name>}, {@code user:<name>} or a Hugging Face folder
 * @param tasks task folders, in the order they are learnt
 */
public record Recipe(String name, String description, String model, List<String> tasks, long seed, Scenario scenario,
        EngineOptions engine, SiteOptions sites, TrainingOptions training, DataOptions data, MethodOptions method) {

    public Recipe {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(sites, "sites");
        Objects.requireNonNull(training, "training");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(method, "method");
        tasks = List.copyOf(tasks);
        scenario = scenario == null ? Scenario.TIL : scenario; // runs kept by earlier versions name none
        engine = engine == null ? EngineOptions.defaults() : engine;
    }

    /** What can be said of the options without reading a model or a task. */
    public void check() {
        checkName();
        if (tasks.isEmpty()) {
            throw new InvalidInputException("The recipe \"" + name + "\" lists no tasks. Add at least one task folder.");
        }
        checkTasks();
        checkOptions();
    }

    void checkName() {
        if (name.isBlank()) {
            throw new InvalidInputException("The recipe has no name. Give it one: \"name\": \"My experiment\".");
        }
    }

    /** There may be none of them. */
    void checkTasks() {
        Set<String> seen = new HashSet<>();
        for (String task : tasks) {
            if (!seen.add(task)) {
                throw new InvalidInputException("The recipe \"" + name + "\" lists task \"" + task + "\" twice. Remove one.");
            }
        }
    }

    /** All options but name and tasks, which a recipe being put together may still lack. */
    void checkOptions() {
        engine.check();
        sites.check();
        training.check();
        data.check();
        method.check();
    }

    /** The method's name for people. */
    public String methodName() {
        return method.displayName();
    }

    public Recipe withName(String newName) {
        return new Recipe(newName, description, model, tasks, seed, scenario, engine, sites, training, data, method);
    }

    public Recipe withTasks(List<String> newTasks) {
        return new Recipe(name, description, model, newTasks, seed, scenario, engine, sites, training, data, method);
    }

    public Recipe withSeed(long newSeed) {
        return new Recipe(name, description, model, tasks, newSeed, scenario, engine, sites, training, data, method);
    }

    public Recipe withModel(String newModel) {
        return new Recipe(name, description, newModel, tasks, seed, scenario, engine, sites, training, data, method);
    }
}
