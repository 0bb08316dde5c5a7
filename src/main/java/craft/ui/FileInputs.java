package craft.ui;

import craft.experiment.Bundled;
import craft.experiment.EngineOptions;
import craft.experiment.MemoryEstimate;
import craft.experiment.ModelCard;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.task.TaskReader;
import craft.task.TaskReading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Inputs as they stand on disk. */
final class FileInputs implements Inputs {
    @Override
    public List<Path> samples() {
        return Bundled.samples();
    }

    @Override
    public Recipe recipe(Path path) {
        return RecipeReader.read(path, Map.of());
    }

    @Override
    public ModelCard model(String model) {
        return ModelCard.read(model);
    }

    @Override
    public TaskReading task(Path folder) {
        return TaskReader.read(folder);
    }

    @Override
    public MemoryNeed memory(ModelCard model, EngineOptions engine) {
        return new MemoryNeed(MemoryEstimate.ofModel(model.folder()).with(engine.settings()).total(), MemoryEstimate.machineBytes());
    }

    @Override
    public Map<String, String> options(Recipe recipe) {
        return RecipeReader.options(recipe);
    }

    @Override
    public Recipe with(Recipe recipe, Map<String, String> options) {
        return RecipeReader.with(recipe, options);
    }

    @Override
    public Recipe defaults(String name, String model, List<String> tasks) {
        return RecipeReader.of(name, model, tasks);
    }
}
