package craft.ui;

import craft.experiment.Preflight;
import craft.experiment.Recipe;
import craft.experiment.RunListener;
import craft.store.ExportFormat;
import craft.store.Exports;
import craft.store.RunRecord;
import craft.store.RunSession;
import craft.store.RunStore;
import craft.store.RunSummary;
import craft.task.Prediction;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs as the store keeps them. */
final class StoreRuns implements Runs {
    private final RunStore store;

    StoreRuns(RunStore store) {
        this.store = store;
    }

    @Override
    public Path root() {
        return store.root();
    }

    @Override
    public List<RunSummary> list() {
        return store.list();
    }

    @Override
    public Opened open(Path folder) {
        RunRecord run = RunStore.open(folder);
        return new Opened(run.folder(), run.recipe(), run.state(), run.hasInterventions(), run.remarks());
    }

    @Override
    public List<Prediction> predictions(Path folder, int after, int task) {
        return RunStore.predictions(folder, after, task);
    }

    @Override
    public Prepared prepare(Recipe recipe, RunListener listener) {
        Preflight.check(recipe); // what is wrong with it is told before a folder is made
        RunSession session = store.prepare(recipe);
        session.addListener(listener);
        return new Prepared(session.folder(), session.control());
    }

    @Override
    public Prepared resume(Path folder, RunListener listener) {
        Preflight.check(RunStore.recipeInPlace(folder, Map.of()));
        RunSession session = store.resume(folder);
        session.addListener(listener);
        return new Prepared(session.folder(), session.control());
    }

    @Override
    public List<Path> export(Path folder, Path target, ExportFormat format) {
        return Exports.export(folder, target, format);
    }
}
