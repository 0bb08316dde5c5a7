package craft.experiment;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import craft.task.Score;
import java.util.List;

/**
 * Everything that can happen in a run, in the order it happens: the only thing that views, journals and commands
 * learn of it. Tasks are numbered from 1 in the order of the recipe; groups from 1 in the order they were opened.
 * Losses and divergences are in nats per answer token. A quantity that does not apply is NaN.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
    @JsonSubTypes.Type(RunEvent.RunStarted.class), @JsonSubTypes.Type(RunEvent.TaskStarted.class),
    @JsonSubTypes.Type(RunEvent.StageStarted.class), @JsonSubTypes.Type(RunEvent.StepDone.class),
    @JsonSubTypes.Type(RunEvent.Validated.class), @JsonSubTypes.Type(RunEvent.RoutingDecided.class),
    @JsonSubTypes.Type(RunEvent.Merged.class), @JsonSubTypes.Type(RunEvent.StageFinished.class),
    @JsonSubTypes.Type(RunEvent.TaskFinished.class), @JsonSubTypes.Type(RunEvent.TaskEvaluated.class),
    @JsonSubTypes.Type(RunEvent.Note.class), @JsonSubTypes.Type(RunEvent.CheckpointWritten.class),
    @JsonSubTypes.Type(RunEvent.RunResumed.class), @JsonSubTypes.Type(RunEvent.RunPaused.class),
    @JsonSubTypes.Type(RunEvent.RunContinued.class), @JsonSubTypes.Type(RunEvent.RunFinished.class),
    @JsonSubTypes.Type(RunEvent.RunInterrupted.class), @JsonSubTypes.Type(RunEvent.RunFailed.class)})
public sealed interface RunEvent {

    /** The stages of one task, in their order. EVALUATE also stands for the untrained model's evaluation (task 0). */
    enum Stage { PREPARE, WARM_UP, ROUTE, TUNE, MERGE, EVALUATE }

    /** Nobody can change what has happened; a list that another version did not write is empty. */
    private static <T> List<T> kept(List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    /** A task of the run as views need it. {@code kind} and {@code language} may be empty. */
    record TaskInfo(String name, String kind, String language, List<String> labels, int trainRows, int testRows) {
        public TaskInfo {
            labels = kept(labels);
        }
    }

    /** @param model name of the base model; @param plannedSteps optimiser steps if no stopping rule fires */
    record RunStarted(String name, String model, String method, long seed, List<TaskInfo> tasks, int plannedSteps)
            implements RunEvent {
        public RunStarted {
            tasks = kept(tasks);
        }
    }

    record TaskStarted(int task) implements RunEvent {
    }

    /** @param plannedSteps optimiser steps (or rows to evaluate) of this stage, 0 when it is not counted in steps */
    record StageStarted(int task, Stage stage, int plannedSteps) implements RunEvent {
    }

    /**
     * One optimiser step (WARM_UP, TUNE).
     *
     * @param step 1-based step within the stage
     * @param runStep 1-based step over the whole run
     * @param loss cross-entropy + lambda * kl
     * @param kl divergence of this batch to the reference, NaN where there is none
     * @param tokensPerSecond tokens passed forward in this step (prompt and answer, cached ones included) per second
     * @param secondsLeft estimate for the whole run, NaN while unknown
     */
    record StepDone(int task, Stage stage, int step, int plannedSteps, int runStep, double loss, double crossEntropy,
            double kl, double lambda, double learningRate, double gradientNorm, double tokensPerSecond,
            double secondsLeft) implements RunEvent {
    }

    /** A check of the stopping rules on validation rows. {@code klAverage} is the moving average the rules look at. */
    record Validated(int task, int step, double crossEntropy, double klAverage) implements RunEvent {
    }

    /**
     * Stage 1's decision.
     *
     * @param divergences d_g of every group that existed, group 1 first
     * @param baseDivergence d_0, the divergence to the untouched model
     * @param threshold tau that was applied
     * @param rule how tau came about, for display, for example {@code "0.5 * d_0"}
     * @param nearest group of the smallest divergence, 0 when there was none
     * @param group the group the task was given to
     * @param opened true when {@code group} is new
     */
    record RoutingDecided(int task, List<Double> divergences, double baseDivergence, double threshold, String rule,
            int nearest, int group, boolean opened) implements RunEvent {
        public RoutingDecided {
            divergences = kept(divergences);
        }

        /** False for what earlier versions wrote of methods that do not route: a group, and nothing it was chosen by. */
        public boolean measured() {
            return !divergences.isEmpty() || !Double.isNaN(baseDivergence) || !Double.isNaN(threshold);
        }
    }

    /**
     * Stage 3's result.
     *
     * @param alpha weight of the newly trained intervention, 1 = it replaces the group's
     * @param rule how alpha was found
     * @param budget epsilon of the rule, NaN where it has none
     * @param divergenceTrained D(reference || newly trained) on the probe set
     * @param divergenceMerged D(reference || merged) on the probe set
     */
    record Merged(int task, int group, double alpha, String rule, double budget, double divergenceTrained,
            double divergenceMerged) implements RunEvent {
    }

    /** @param reason why the stage ended: the stopping rule's name for TUNE, otherwise empty */
    record StageFinished(int task, Stage stage, int steps, String reason, double seconds) implements RunEvent {
    }

    record TaskFinished(int task, int group, double seconds) implements RunEvent {
    }

    /**
     * One cell of the accuracy matrix.
     *
     * @param after number of tasks trained so far; 0 for the untrained model
     * @param task the task scored
     * @param group the group whose parameters were used (of several, the one of most rows), 0 for none
     * @param groupKnown false where the task had not been trained yet or the scenario does not tell it, and the group was
     *     inferred from the prompts
     */
    record TaskEvaluated(int after, int task, int group, boolean groupKnown, Score score) implements RunEvent {
    }

    /** Something the user should know although the run goes on. */
    record Note(String message) implements RunEvent {
    }

    record RunPaused() implements RunEvent {
    }

    record RunContinued() implements RunEvent {
    }

    /** All of the run up to here can be gone on with. @param runStep optimiser steps it holds; @param name its folder's name */
    record CheckpointWritten(int runStep, String name) implements RunEvent {
    }

    /**
     * A run that had ended, or was killed, goes on. Events recorded after {@code events} and before this one are done again and
     * count no more.
     *
     * @param events lines of the journal that stand
     * @param checkpoint name of the checkpoint it goes on from, empty when it starts from the beginning
     */
    record RunResumed(long events, String checkpoint) implements RunEvent {
    }

    /**
     * What a run has cost, so that methods can be compared on equal footing. Passes a method makes besides its steps (routing,
     * references, merging) count in the seconds only.
     *
     * @param seconds wall time without pauses, over all processes that worked on the run
     * @param tokensForward tokens of all optimiser steps and of all rows scored (prompt and every continuation)
     * @param tokensBackward tokens of all optimiser steps
     * @param peakResidentBytes largest resident memory of a process that worked on it, NaN where the system does not tell
     * @param trainedParameters numbers trained; @param storedBytes what the method keeps between tasks
     */
    record Cost(double seconds, long tokensForward, long tokensBackward, double peakResidentBytes, long trainedParameters,
            long storedBytes) {
    }

    /**
     * @param seconds wall time without pauses
     * @param tokensPerSecond tokens a second over all training steps
     * @param cost null in runs kept by earlier versions
     */
    record RunFinished(double seconds, double tokensPerSecond, long trainedParameters, Cost cost) implements RunEvent {
        /** Without a cost, as earlier versions wrote it. */
        public RunFinished(double seconds, double tokensPerSecond, long trainedParameters) {
            this(seconds, tokensPerSecond, trainedParameters, null);
        }
    }

    /** Stopped by the user, without memory, or (found when reopened) ended from outside. Interrupted is not failed. */
    record RunInterrupted(String reason) implements RunEvent {
    }

    /**
     * @param message one sentence for the user
     * @param diagnostics the whole cause, for a report; empty when the message says all
     * @param fault what is to be put right
     * @param divergence the same as facts when a number was not finite any more, otherwise null
     */
    record RunFailed(String message, String diagnostics, Fault fault, Divergence divergence) implements RunEvent {

        /** RUN: the run itself. DISK: only where it is kept, for example because the disk is full; it can go on after that. */
        public enum Fault { RUN, DISK }

        public RunFailed {
            fault = fault == null ? Fault.RUN : fault; // as earlier versions wrote it
        }

        public RunFailed(String message, String diagnostics) {
            this(message, diagnostics, Fault.RUN, null);
        }

        public RunFailed(String message, String diagnostics, Divergence divergence) {
            this(message, diagnostics, Fault.RUN, divergence);
        }

        /** The run ends because what happens in it cannot be kept any more. */
        public static RunFailed unrecorded(NotRecordedException problem) {
            return new RunFailed(problem.getMessage(), "", Fault.DISK, null);
        }
    }
}
