package craft.experiment;

import craft.lm.CausalLm;
import craft.lm.ModelFolder;
import craft.lm.Tokens;
import craft.task.Task;
import craft.task.TaskReader;
import craft.task.TaskReading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads what a recipe names and says what is wrong with it before anything is trained. */
public final class Preparation {
    private Preparation() {
    }

    /**
     * Checks a recipe as a whole, without loading the model's weights: options, model folder, task rows, prompt lengths.
     *
     * @throws craft.error.InvalidInputException what is wrong, where, and what to do
     */
    public static void check(Recipe recipe) {
        recipe.check();
        Path folder = modelFolder(recipe.model());
        try (ModelFolder model = ModelFolder.open(folder)) {
            model.checkTensors();
            recipe.sites().check(model.config().hiddenSize());
            recipe.sites().layersOf(model.config().layers());
            try (Tokens tokens = Tokens.load(model.tokenizer())) {
                encode(new TaskEncoder(tokens, model.config(), recipe), tasks(recipe));
            }
        }
    }

    static Path modelFolder(String model) {
        return model.startsWith("bundled:") ? Bundled.model(model.substring("bundled:".length())) : Path.of(model);
    }

    static List<Task> tasks(Recipe recipe) {
        List<Task> tasks = new ArrayList<>();
        for (String folder : recipe.tasks()) {
            TaskReading reading = TaskReader.read(Path.of(folder));
            if (!recipe.data().skipBadRows()) {
                reading.requireAllGood();
            }
            tasks.add(reading.task());
        }
        return tasks;
    }

    static List<EncodedTask> encode(CausalLm model, Recipe recipe, List<Task> tasks) {
        return encode(new TaskEncoder(model.tokens(), model.config(), recipe), tasks);
    }

    private static List<EncodedTask> encode(TaskEncoder encoder, List<Task> tasks) {
        List<EncodedTask> encoded = new ArrayList<>();
        for (Task task : tasks) {
            encoded.add(encoder.encode(task, encoded.size() + 1));
        }
        return encoded;
    }
}
