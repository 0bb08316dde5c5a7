package craft.store;

import craft.experiment.Recipe;
import java.nio.file.Path;
import java.util.List;

/** The folder in which runs are kept, one folder a run. Holds no state: everything is read from disk. */
public final class RunStore {
    public RunStore(Path root) {
    }

    /** System property {@code craft.runs}, else {@code ~/craft-runs}. */
    public static RunStore ofUser() {
        throw new UnsupportedOperationException();
    }

    public Path root() {
        throw new UnsupportedOperationException();
    }

    /** All runs, newest first. A folder that cannot be read is listed with its problem. */
    public List<RunSummary> list() {
        throw new UnsupportedOperationException();
    }

    /** @throws craft.error.InvalidInputException when the folder is no run */
    public static RunRecord open(Path folder) {
        throw new UnsupportedOperationException();
    }

    /** Makes a new run folder for the recipe and connects a runner to it. The run begins with {@code control().start()}. */
    public RunSession prepare(Recipe recipe) {
        throw new UnsupportedOperationException();
    }
}
