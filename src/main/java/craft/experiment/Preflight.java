package craft.experiment;

import craft.lm.ModelFolder;
import craft.lm.Tokens;
import craft.task.TaskReading;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that can be said of a recipe before weights are loaded: so that what the user gave wrong is told at once, and no
 * run is begun for it.
 *
 * @param model the base model
 * @param tasks the tasks in the recipe's order, with whatever was found wrong in their rows
 * @param memory what the run will need at most
 * @param remarks what the rows' tokens show that their user should know, a sentence each
 */
public record Preflight(ModelCard model, List<TaskReading> tasks, MemoryEstimate memory, List<String> remarks) {
    public Preflight {
        tasks = List.copyOf(tasks);
        remarks = List.copyOf(remarks);
    }

    /**
     * Checks options, model folder, task rows, the length of every prompt, and that the machine has enough memory.
     *
     * @throws craft.error.InvalidInputException naming what cannot be used and what to do
     */
    public static Preflight check(Recipe recipe) {
        return check(recipe, MemoryEstimate.machineBytes());
    }

    /** @param available the machine's bytes */
    static Preflight check(Recipe recipe, long available) {
        recipe.check();
        ModelCard card = ModelCard.read(recipe.model());
        recipe.sites().layersOf(card.layers());
        recipe.sites().check(card.hiddenSize());
        List<TaskReading> readings = Preparation.read(recipe);
        try (ModelFolder model = ModelFolder.open(card.folder()); Tokens tokens = model.tokens()) {
            List<EncodedTask> tasks = Preparation.encode(tokens, model.config(), recipe, readings);
            PromptTokens.requireKnown(tokens, model.config(), tasks);
            MemoryEstimate memory = new MemoryEstimate(card.name(), model.config(),
                    MemoryEstimate.Workload.of(recipe, model.config(), tasks), recipe.engine().settings());
            memory.requireFits(available);
            model.checkNumbers();
            return new Preflight(card, readings, memory, Stream.concat(tasks.stream().flatMap(t -> t.remarks().stream()),
                    PromptTokens.remarks(tokens, tasks).stream()).toList());
        }
    }
}
