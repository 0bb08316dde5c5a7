package craft.ui;

import craft.experiment.Recipe;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;

/**
 * A run in the window, live or reopened: a list of events folded. Touched on the JavaFX thread only. Views listen to
 * {@link #revision()} and read {@link #state()}.
 */
public final class CurrentRun {
    private final Path folder;
    private final Recipe recipe;
    private final RunState state;
    private final boolean exportable;
    private final List<String> remarks;
    private final ReadOnlyIntegerWrapper revision = new ReadOnlyIntegerWrapper();
    private RunControl control;

    CurrentRun(Path folder, Recipe recipe, RunState state, boolean exportable, List<String> remarks) {
        this.folder = folder;
        this.recipe = recipe;
        this.state = state;
        this.exportable = exportable;
        this.remarks = List.copyOf(remarks);
    }

    public Path folder() {
        return folder;
    }

    public Recipe recipe() {
        return recipe;
    }

    public RunState state() {
        return state;
    }

    /** Counts up whenever the state has changed. */
    public ReadOnlyIntegerProperty revision() {
        return revision.getReadOnlyProperty();
    }

    /** What was found wrong on reopening, for the user. */
    public List<String> remarks() {
        return remarks;
    }

    /** Commands of a live run. */
    public Optional<RunControl> control() {
        return Optional.ofNullable(control);
    }

    /** Whether interventions have been written: at the latest with the first task that has been trained. */
    public boolean exportable() {
        return exportable || state.tasksFinished() > 0;
    }

    public boolean ended() {
        return switch (state.status()) {
            case FINISHED, INTERRUPTED, FAILED -> true;
            case NEW, RUNNING, PAUSED -> false;
        };
    }

    void control(RunControl theControl) {
        this.control = theControl;
    }

    void apply(List<RunEvent> events) {
        events.forEach(state::apply);
        if (ended()) {
            control = null;
        }
        revision.set(revision.get() + 1);
    }
}
