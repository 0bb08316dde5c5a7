package craft.store;

import craft.experiment.Recipe;
import craft.experiment.RunControl;
import craft.experiment.RunListener;
import java.nio.file.Path;

/** A run being made: its folder, its runner, and whoever listens. */
public final class RunSession {
    public Path folder() {
        throw new UnsupportedOperationException();
    }

    public Recipe recipe() {
        throw new UnsupportedOperationException();
    }

    /** Commands. The journal is closed when the run has ended. */
    public RunControl control() {
        throw new UnsupportedOperationException();
    }

    /** Adds a listener; call before {@code control().start()}. It gets each event after the journal has it. */
    public void addListener(RunListener listener) {
        throw new UnsupportedOperationException();
    }
}
