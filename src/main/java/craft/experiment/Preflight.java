package craft.experiment;

import craft.lm.ModelFolder;
import craft.lm.Tokens;
import craft.task.TaskReading;
import java.util.List;

/**
 * All that can be said of a recipe before weights are loaded: so that what the user gave wrong is told at once, and no
 * run is begun for it.
 *
 * @param model the base model
 * @param tasks the tasks in the recipe's order, with whatever was found wrong in their rows
 */
public record Preflight(ModelCard model, List<TaskReading> tasks) {
    public Preflight {
        tasks = List.copyOf(tasks);
    }

    /**
     * Checks options, model folder, task rows, and the length of every prompt.
     *
     * @throws craft.error.InvalidInputException naming what cannot be used and what to do
     */
    public static Preflight check(Recipe recipe) {
        recipe.check();
        ModelCard card = ModelCard.read(recipe.model());
        recipe.sites().layersOf(card.layers());
        recipe.sites().check(card.hiddenSize());
        List<TaskReading> readings = Preparation.read(recipe);
        try (ModelFolder model = ModelFolder.open(card.folder()); Tokens tokens = Tokens.load(model.tokenizer())) {
            Preparation.encode(tokens, model.config(), recipe, readings);
        }
        return new Preflight(card, readings);
    }
}
