package craft.store;

import craft.experiment.Recipe;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import craft.task.Prediction;
import java.nio.file.Path;
import java.util.List;

/** A run reopened from disk. */
public final class RunRecord {
    public Path folder() {
        throw new UnsupportedOperationException();
    }

    public Recipe recipe() {
        throw new UnsupportedOperationException();
    }

    /**
     * Everything in the journal. A run without an end that no program holds any more gets a final
     * {@link RunEvent.RunInterrupted}.
     */
    public List<RunEvent> events() {
        throw new UnsupportedOperationException();
    }

    /** {@link #events()} folded. */
    public RunState state() {
        throw new UnsupportedOperationException();
    }

    /** Answers after training {@code after} tasks to the rows of {@code task}; empty when none were kept. */
    public List<Prediction> predictions(int after, int task) {
        throw new UnsupportedOperationException();
    }

    /** Whether there is something to export. */
    public boolean hasInterventions() {
        throw new UnsupportedOperationException();
    }

    /** What was found wrong on reading and how it was met, for the user; usually empty. */
    public List<String> remarks() {
        throw new UnsupportedOperationException();
    }
}
