package craft.ui;

import craft.experiment.Recipe;
import craft.experiment.RunControl;
import craft.experiment.RunListener;
import craft.experiment.RunState;
import craft.store.ExportFormat;
import craft.store.RunSummary;
import craft.task.Prediction;
import java.nio.file.Path;
import java.util.List;

/** The runs kept on disk and the making of new ones. Everything but {@link #root} blocks: call it in the background. */
public interface Runs {
    /** The folder in which runs are kept. */
    Path root();

    /** All runs, newest first. */
    List<RunSummary> list();

    Opened open(Path folder);

    /** Answers after training {@code after} tasks to the rows of {@code task}; empty when none were kept. */
    List<Prediction> predictions(Path folder, int after, int task);

    /** Makes a new run's folder; it begins with {@code control().start()}. */
    Prepared prepare(Recipe recipe, RunListener listener);

    /** Takes up an interrupted or failed run in its own folder; the listener gets what was before first. */
    Prepared resume(Path folder, RunListener listener);

    /** @return the files written */
    List<Path> export(Path folder, Path target, ExportFormat format);

    /** A run reopened. @param state its events folded, for whoever opened it alone */
    record Opened(Path folder, Recipe recipe, RunState state, boolean exportable, List<String> remarks) {
        public Opened {
            remarks = List.copyOf(remarks);
        }
    }

    /** A run about to begin. */
    record Prepared(Path folder, RunControl control) {
    }
}
