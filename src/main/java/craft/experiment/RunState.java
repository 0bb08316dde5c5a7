package craft.experiment;

import craft.experiment.RunEvent.Merged;
import craft.experiment.RunEvent.RunFailed.Fault;
import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.StageFinished;
import craft.experiment.RunEvent.StageStarted;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunEvent.TaskEvaluated;
import craft.experiment.RunEvent.TaskInfo;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A run's events folded into what views show: the same for a live run, a finished one and one reopened from disk.
 * Confined to one thread at a time; whoever shares it between threads guards it. The lists and matrices it hands out are as they
 * were when they were asked for: they cannot be changed, do not change, and may be passed to any thread.
 */
public final class RunState {

    public enum Status { NEW, RUNNING, PAUSED, FINISHED, INTERRUPTED, FAILED }

    /** A stage change on the axis of steps. {@code runStep} is the last optimiser step before it. */
    public record StageMark(int task, Stage stage, int runStep) {
    }

    /** Where a stage ended and why. */
    public record StopMark(int task, Stage stage, int runStep, String reason) {
    }

    /** Cross-entropy on validation rows after that optimiser step of the run, nats per answer token. */
    public record Validation(int task, int runStep, double crossEntropy) {
    }

    private Status status = Status.NEW;
    private RunEvent.RunStarted start;
    private AccuracyMatrix matrix = new AccuracyMatrix(0);
    private AccuracyMatrix unionMatrix = new AccuracyMatrix(0);
    private AccuracyMatrix balancedMatrix = new AccuracyMatrix(0);
    private final Growing<TaskEvaluated> evaluations = new Growing<>();
    private final Growing<StepDone> steps = new Growing<>();
    private final Growing<StageMark> stageMarks = new Growing<>();
    private final Growing<StopMark> stopMarks = new Growing<>();
    private final Growing<Validation> validations = new Growing<>();
    private final SortedMap<Integer, Integer> groupOfTask = new TreeMap<>();
    private final Growing<RoutingDecided> routings = new Growing<>();
    private final Growing<Merged> merges = new Growing<>();
    private final Growing<String> notes = new Growing<>();
    private StepDone lastStep;
    private StageStarted stage;
    private RunEvent.RunFinished finished;
    private String endReason = "";
    private String diagnostics = "";
    private Fault fault = Fault.RUN;
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
            lastStep = e;
        } else if (event instanceof RoutingDecided e) {
            groupOfTask.put(e.task(), e.group());
            if (e.measured()) {
                routings.add(e);
            }
        } else if (event instanceof RunEvent.Validated e) {
            validations.add(new Validation(e.task(), lastRunStep(), e.crossEntropy()));
        } else if (event instanceof Merged e) {
            merges.add(e);
        } else if (event instanceof StageFinished e) {
            stopMarks.add(new StopMark(e.task(), e.stage(), lastRunStep(), e.reason()));
        } else if (event instanceof RunEvent.TaskFinished e) {
            groupOfTask.put(e.task(), e.group());
            tasksFinished++;
        } else if (event instanceof TaskEvaluated e) {
            matrix = matrix.with(e.after(), e.task(), e.score().value());
            unionMatrix = unionMatrix.with(e.after(), e.task(), e.score().unionAccuracy());
            balancedMatrix = balancedMatrix.with(e.after(), e.task(), e.score().balancedAccuracy());
            evaluations.add(e); // not before: a cell that is not of this run is refused
            evaluatedInStage++;
        } else if (event instanceof RunEvent.Note e) {
            notes.add(e.message());
        } else if (event instanceof RunEvent.RunResumed) {
            status = start == null ? Status.NEW : Status.RUNNING;
            endReason = "";
            diagnostics = "";
            fault = Fault.RUN;
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
            fault = e.fault();
            divergence = e.divergence();
            status = Status.FAILED;
        }
    }

    private int lastRunStep() {
        return lastStep == null ? 0 : lastStep.runStep();
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
        return evaluations.soFar();
    }

    /** The newest evaluation of that cell. */
    public Optional<TaskEvaluated> evaluation(int after, int task) {
        return evaluations().stream().filter(e -> e.after() == after && e.task() == task).reduce((a, b) -> b);
    }

    public List<StepDone> steps() {
        return steps.soFar();
    }

    public Optional<StepDone> lastStep() {
        return Optional.ofNullable(lastStep);
    }

    public List<StageMark> stageMarks() {
        return stageMarks.soFar();
    }

    public List<StopMark> stopMarks() {
        return stopMarks.soFar();
    }

    /** Checks of the stopping rules, in their order. */
    public List<Validation> validations() {
        return validations.soFar();
    }

    /** Decisions of a method that routes; empty for one that does not. */
    public List<RoutingDecided> routings() {
        return routings.soFar();
    }

    public List<Merged> merges() {
        return merges.soFar();
    }

    public List<String> notes() {
        return notes.soFar();
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

    /** Number of groups so far: of parameter sets that tasks are answered with. */
    public int groups() {
        return (int) groupOfTask.values().stream().filter(group -> group > 0).distinct().count();
    }

    /** The group that a task was given to, 0 while it has none or where the method has none. */
    public int groupOf(int task) {
        return groupOfTask.getOrDefault(task, 0);
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

    /** Whether a failed run failed by no fault of its own and can go on once that is put right. */
    public boolean failedFromOutside() {
        return status == Status.FAILED && fault != Fault.RUN;
    }
}
