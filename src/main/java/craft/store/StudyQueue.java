package craft.store;

import craft.error.InvalidInputException;
import craft.error.Messages;
import craft.experiment.ExperimentRunner;
import craft.experiment.RunState;
import craft.experiment.study.RunResult;
import craft.experiment.study.StudyRun;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Goes through a study's runs one after the other. Finished runs are never run again, a failure does not stop the others, and a
 * run that another program works on is left to it. {@link #stop} may be called from any thread, the rest from one.
 */
public final class StudyQueue {
    private static final Logger LOG = System.getLogger(StudyQueue.class.getName());

    /**
     * What came of one run.
     *
     * @param reason one sentence for FAILED, INTERRUPTED and REFUSED
     */
    public record Outcome(StudyRun run, Kind kind, String reason) {
        public enum Kind { FINISHED, FINISHED_BEFORE, FAILED, INTERRUPTED, ELSEWHERE, REFUSED }
    }

    /** Looks on. Called on the thread that runs the queue. */
    public interface Watcher {
        /** The run is about to begin; listeners may be added. */
        void starts(StudyRun run, RunSession session);

        void ended(Outcome outcome);
    }

    private final StudyFolder folder;
    private final RunStore store;
    private final CurrentSession current = new CurrentSession();

    public StudyQueue(StudyFolder folder) {
        this(folder, Clock.systemUTC(), ExperimentRunner::new);
    }

    StudyQueue(StudyFolder folder, Clock clock, RunSession.Runners runners) {
        this.folder = folder;
        this.store = new RunStore(folder.runs(), clock, runners);
    }

    /** Ends the current run as interrupted, after its step, and begins no other. */
    public void stop() {
        current.stop();
    }

    /** The same without waiting for the step. */
    public void stopNow() {
        current.stopNow();
    }

    /** Blocks until all are done or {@link #stop} was called. */
    public List<Outcome> run(List<StudyRun> runs, Watcher watcher) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (StudyRun run : runs) {
            if (current.stopped()) {
                break;
            }
            Outcome outcome;
            try {
                outcome = runOne(run, session -> watcher.starts(run, session));
            } catch (IOException | RuntimeException e) { // whatever is wrong with one run, the others go on
                outcome = new Outcome(run, Outcome.Kind.FAILED, Messages.forUser(e));
            }
            outcomes.add(outcome);
            watcher.ended(outcome);
        }
        return outcomes;
    }

    private Outcome runOne(StudyRun run, Consumer<RunSession> starts) throws IOException, InterruptedException {
        Optional<RunLock> claim = folder.claim(run);
        if (claim.isEmpty()) {
            return new Outcome(run, Outcome.Kind.ELSEWHERE, "");
        }
        try {
            RunResult found = folder.result(run);
            return switch (found.status()) {
                case FINISHED -> new Outcome(run, Outcome.Kind.FINISHED_BEFORE, "");
                case RUNNING -> new Outcome(run, Outcome.Kind.ELSEWHERE, "");
                case NOT_THIS_STUDY -> new Outcome(run, Outcome.Kind.REFUSED, found.reason());
                case MISSING, INTERRUPTED, FAILED -> train(run, begin(run, found.status()), starts);
            };
        } finally {
            claim.get().close();
        }
    }

    /** An interrupted run goes on where it was; what cannot go on, or has failed, is kept aside and begun anew. */
    private RunSession begin(StudyRun run, RunResult.Status found) throws IOException {
        if (found == RunResult.Status.INTERRUPTED) {
            try {
                return store.resume(folder.folderOf(run));
            } catch (InvalidInputException e) {
                LOG.log(Level.WARNING, "Run {0} is begun anew: {1}", run.id(), e.getMessage());
            }
        }
        if (Files.exists(folder.folderOf(run))) {
            folder.setAside(run);
        }
        return store.prepare(run.recipe(), run.id());
    }

    private Outcome train(StudyRun run, RunSession session, Consumer<RunSession> starts) throws InterruptedException {
        RunState state = new RunState();
        session.addListener(state::apply); // on the service thread; read here only after await()
        starts.accept(session);
        current.run(session);
        return new Outcome(run, switch (state.status()) {
            case FINISHED -> Outcome.Kind.FINISHED;
            case INTERRUPTED -> Outcome.Kind.INTERRUPTED;
            default -> Outcome.Kind.FAILED;
        }, state.endReason());
    }
}
