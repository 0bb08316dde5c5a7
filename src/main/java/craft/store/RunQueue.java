package craft.store;

import craft.error.Messages;
import craft.experiment.RunState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Runs, one after the other; one that fails does not stop those after it. {@link #stop} and {@link #stopNow} may be called from
 * any thread, the rest from one.
 */
public final class RunQueue {

    /**
     * One run to be made.
     *
     * @param name for messages
     * @param opening makes its session when its turn has come; throws when it cannot be begun
     */
    public record Entry(String name, Supplier<RunSession> opening) {
    }

    /**
     * What came of one run.
     *
     * @param folder null when it was not begun
     * @param state its events folded; of status NEW when it was not begun
     * @param problem why it was not begun, otherwise null
     */
    public record Outcome(String name, Path folder, RunState state, RuntimeException problem) {
        public boolean finished() {
            return state.status() == RunState.Status.FINISHED;
        }

        /** Why it did not finish, for the user; empty when it did. */
        public String reason() {
            return problem == null ? state.endReason() : Messages.forUser(problem);
        }
    }

    /** Looks on. Called on the thread that runs the queue. */
    public interface Watcher {
        /** The run is about to begin; listeners may be added. */
        void starts(Entry entry, RunSession session);

        void ended(Outcome outcome);
    }

    private final CurrentSession current = new CurrentSession();

    /** Ends the current run as interrupted, after its step, and begins no other. */
    public void stop() {
        current.stop();
    }

    /** The same without waiting for the step. */
    public void stopNow() {
        current.stopNow();
    }

    /** Blocks until all are done or the queue is stopped. Those not begun because of that have no outcome. */
    public List<Outcome> run(List<Entry> entries, Watcher watcher) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Entry entry : entries) {
            if (current.stopped()) {
                break;
            }
            Outcome outcome = run(entry, watcher);
            outcomes.add(outcome);
            watcher.ended(outcome);
        }
        return outcomes;
    }

    private Outcome run(Entry entry, Watcher watcher) throws InterruptedException {
        RunState state = new RunState(); // written on the service thread, read only after await()
        RunSession session;
        try {
            session = entry.opening.get();
        } catch (RuntimeException e) { // whatever is wrong with one run, the others go on
            return new Outcome(entry.name, null, state, e);
        }
        session.addListener(state::apply);
        watcher.starts(entry, session);
        current.run(session);
        return new Outcome(entry.name, session.folder(), state, null);
    }
}
