package craft.experiment.study;

import craft.experiment.Metric;
import craft.experiment.RunEvent.RunFinished;
import craft.experiment.RunState;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What became of one run of a study, read from its folder alone.
 *
 * @param reason one sentence: why it failed, was interrupted or does not count; otherwise empty
 * @param state its events folded; that of a run not begun where there is none
 * @param joint the joint run's final scores in this run's order; empty without one
 */
public record RunResult(StudyRun run, Status status, String reason, RunState state, List<Double> joint) {

    /** NOT_THIS_STUDY: a run of another recipe, or something unreadable, is in the run's place. */
    public enum Status { MISSING, RUNNING, INTERRUPTED, FAILED, FINISHED, NOT_THIS_STUDY }

    public RunResult {
        joint = List.copyOf(joint);
    }

    public boolean finished() {
        return status == Status.FINISHED;
    }

    RunResult withJoint(List<Double> scores) {
        return new RunResult(run, status, reason, state, scores);
    }

    double metric(Metric metric) {
        return metric.of(new Metric.Scores(state.matrix(), joint, List.of(), List.of()));
    }

    /** Of the run's last event; NaN before. */
    double atEnd(ToDoubleFunction<RunFinished> value) {
        Optional<RunFinished> end = state.finished();
        return end.isPresent() ? value.applyAsDouble(end.get()) : Double.NaN;
    }
}
