package craft.experiment;

import craft.experiment.RunEvent.Merged;
import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.StageFinished;
import craft.experiment.RunEvent.StageStarted;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunEvent.TaskEvaluated;
import craft.experiment.RunEvent.TaskInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run's events folded into what views show: the same for a live run, a finished one and one reopened from disk.
 * Confined to one thread at a time; whoever shares it between threads guards it.
 */
public final class RunState {

    public enum Status { NEW, RUNNING, PAUSED, FINISHED, INTERRUPTED, FAILED }

    /** A stage change on the axis of steps. {@code runStep} is the last optimiser step before it. */
    public record StageMark(int task, Stage stage, int runStep) {
    }

    /** Where a stage ended and why. */
    public record StopMark(int task, Stage stage, int runStep, String reason) {
    }

    private Status status = Status.NEW;
    private RunEvent.RunStarted start;
    private AccuracyMatrix matrix = new AccuracyMatrix(0);
    private AccuracyMatrix unionMatrix = new AccuracyMatrix(0);
    private AccuracyMatrix balancedMatrix = new AccuracyMatrix(0);
    private final List<TaskEvaluated> evaluations = new ArrayList<>();
    private final List<StepDone> steps = new ArrayList<>();
    private final List<StageMark> stageMarks = new ArrayList<>();
    private final List<StopMark> stopMarks = new ArrayList<>();
    private final List<RoutingDecided> routings = new ArrayList<>();
    private final List<Merged> merges = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private StageStarted stage;
    private RunEvent.RunFinished finished;
    private String endReason = "";
    private String diagnostics = "";
    private Divergence divergence;
    private int tasksFinished;
    private int evaluatedInStage;

    public void apply(RunEvent event) {
        if (event instanceof RunEvent.RunStarted e) {
            start = e;
            status = Status.RUNNING;
            matrix = new AccuracyMatrix(e.tasks().size());
            unionMatrix = new AccuracyMatrix(e.tasks().size());
            balancedMatrix = new AccuracyMatrix(e.tasks().size());
        } else if (event instanceof StageStarted e) {
            stage = e;
            evaluatedInStage = 0;
            stageMarks.add(new StageMark(e.task(), e.stage(), lastRunStep()));
        } else if (event instanceof StepDone e) {
            steps.add(e);
        } else if (event instanceof RoutingDecided e) {
            routings.add(e);
        } else if (event instanceof Merged e) {
            merges.add(e);
        } else if (event instanceof StageFinished e) {
            stopMarks.add(new StopMark(e.task(), e.stage(), lastRunStep(), e.reason()));
        } else if (event instanceof RunEvent.TaskFinished) {
            tasksFinished++;
        } else if (event instanceof TaskEvaluated e) {
            evaluations.add(e);
            evaluatedInStage++;
            matrix.set(e.after(), e.task(), e.score().value());
            unionMatrix.set(e.after(), e.task(), e.score().unionAccuracy());
            balancedMatrix.set(e.after(), e.task(), e.score().balancedAccuracy());
        } else if (event instanceof RunEvent.Note e) {
            notes.add(e.message());
        } else if (event instanceof RunEvent.RunResumed) {
            status = start == null ? Status.NEW : Status.RUNNING;
            endReason = "";
            diagnostics = "";
            divergence = null;
        } else if (event instanceof RunEvent.RunPaused) {
            status = Status.PAUSED;
        } else if (event instanceof RunEvent.RunContinued) {
            status = Status.RUNNING;
        } else if (event instanceof RunEvent.RunFinished e) {
            finished = e;
            status = Status.FINISHED;
        } else if (event instanceof RunEvent.RunInterrupted e) {
            endReason = e.reason();
            status = Status.INTERRUPTED;
        } else if (event instanceof RunEvent.RunFailed e) {
            endReason = e.message();
            diagnostics = e.diagnostics();
            divergence = e.divergence();
            status = Status.FAILED;
        }
    }

    private int lastRunStep() {
        return steps.isEmpty() ? 0 : steps.get(steps.size() - 1).runStep();
    }

    public Status status() {
        return status;
    }

    /** Empty until the run has loaded its model and tasks. */
    public Optional<RunEvent.RunStarted> start() {
        return Optional.ofNullable(start);
    }

    public List<TaskInfo> tasks() {
        return start == null ? List.of() : start.tasks();
    }

    /** The tasks' main values, each by the task's metric (accuracy, if it names none), under the recipe's scenario. */
    public AccuracyMatrix matrix() {
        return matrix;
    }

    /** Accuracy among the labels of all tasks seen. */
    public AccuracyMatrix unionMatrix() {
        return unionMatrix;
    }

    public AccuracyMatrix balancedMatrix() {
        return balancedMatrix;
    }

    public List<TaskEvaluated> evaluations() {
        return evaluations;
    }

    /** The newest evaluation of that cell. */
    public Optional<TaskEvaluated> evaluation(int after, int task) {
        return evaluations.stream().filter(e -> e.after() == after && e.task() == task).reduce((a, b) -> b);
    }

    public List<StepDone> steps() {
        return steps;
    }

    public Optional<StepDone> lastStep() {
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
    }

    public List<StageMark> stageMarks() {
        return stageMarks;
    }

    public List<StopMark> stopMarks() {
        return stopMarks;
    }

    public List<RoutingDecided> routings() {
        return routings;
    }

    public List<Merged> merges() {
        return merges;
    }

    public List<String> notes() {
        return notes;
    }

    /** The stage that was begun last. */
    public Optional<StageStarted> stage() {
        return Optional.ofNullable(stage);
    }

    /** Cells of the matrix filled since the current stage began. */
    public int evaluatedInStage() {
        return evaluatedInStage;
    }

    public int tasksFinished() {
        return tasksFinished;
    }

    /** Number of groups opened so far. */
    public int groups() {
        return (int) routings.stream().filter(RoutingDecided::opened).count();
    }

    public Optional<RunEvent.RunFinished> finished() {
        return Optional.ofNullable(finished);
    }

    /** What a finished run has cost; empty for runs of versions that did not count it. */
    public Optional<RunEvent.Cost> cost() {
        return finished().map(RunEvent.RunFinished::cost);
    }

    /** Why the run was interrupted or failed, otherwise empty. */
    public String endReason() {
        return endReason;
    }

    /** Where a number was not finite any more, if that is why the run failed. */
    public Optional<Divergence> divergence() {
        return Optional.ofNullable(divergence);
    }

    public String diagnostics() {
        return diagnostics;
    }
}
