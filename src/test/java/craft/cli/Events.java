package craft.cli;

import craft.experiment.RunEvent;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunState;
import craft.task.Score;
import java.util.ArrayList;
import java.util.List;

/** A made-up run of two tasks that end in one group. */
final class Events {
    private static final double NAN = Double.NaN;

    private Events() {
    }

    static List<RunEvent> finished() {
        List<RunEvent> events = new ArrayList<>(firstTask());
        events.add(new RunEvent.TaskStarted(2));
        events.add(new RunEvent.StageStarted(2, Stage.WARM_UP, 1));
        events.add(step(2, Stage.WARM_UP, 1, 4, 0.7, NAN, 10));
        events.add(new RunEvent.StageFinished(2, Stage.WARM_UP, 1, "", 1));
        events.add(new RunEvent.RoutingDecided(2, List.of(0.125), 1.5, 0.75, "0.5 * d_0", 1, 1, false));
        events.add(new RunEvent.StageStarted(2, Stage.TUNE, 1));
        events.add(step(2, Stage.TUNE, 1, 5, 0.5, 0.0625, 1));
        events.add(new RunEvent.StageFinished(2, Stage.TUNE, 1, "forgetting budget", 2));
        events.add(new RunEvent.Merged(2, 1, 0.75, "line search", 0.25, 0.5, 0.24));
        events.add(new RunEvent.TaskFinished(2, 1, 14));
        events.add(new RunEvent.StageStarted(2, Stage.EVALUATE, 2));
        events.add(score(2, 1, 1, true, 0.75, 0.7, 0.5));
        events.add(score(2, 2, 1, true, 0.875, 0.8, 0.25));
        events.add(new RunEvent.StageFinished(2, Stage.EVALUATE, 2, "", 3));
        events.add(new RunEvent.Note("2 prompts were shortened."));
        events.add(new RunEvent.RunFinished(75.5, 5120.4, 6240));
        return events;
    }

    static List<RunEvent> firstTask() {
        return List.of(
                new RunEvent.RunStarted("Tiny", "seedling", "CRAFT (this implementation)", 7, List.of(
                        new RunEvent.TaskInfo("sms-spam", "spam", "en", List.of("ham", "spam"), 600, 100),
                        new RunEvent.TaskInfo("주제", "topic", "ko", List.of("가", "나"), 600, 50)), 40),
                new RunEvent.StageStarted(0, Stage.EVALUATE, 2),
                score(0, 1, 0, false, 0.5, 0.4, NAN), score(0, 2, 0, false, 0.25, 0.2, NAN),
                new RunEvent.StageFinished(0, Stage.EVALUATE, 2, "", 3),
                new RunEvent.TaskStarted(1),
                new RunEvent.StageStarted(1, Stage.WARM_UP, 2),
                step(1, Stage.WARM_UP, 1, 1, 1.5, NAN, 80), step(1, Stage.WARM_UP, 2, 2, 1.25, NAN, 70),
                new RunEvent.StageFinished(1, Stage.WARM_UP, 2, "", 2),
                new RunEvent.RoutingDecided(1, List.of(), 1.25, 0.625, "0.5 * d_0", 0, 1, true),
                new RunEvent.StageStarted(1, Stage.TUNE, 1),
                step(1, Stage.TUNE, 1, 3, 0.75, NAN, 60),
                new RunEvent.StageFinished(1, Stage.TUNE, 1, "all epochs done", 2),
                new RunEvent.TaskFinished(1, 1, 12.5),
                new RunEvent.StageStarted(1, Stage.EVALUATE, 2),
                score(1, 1, 1, true, 1.0, 0.9, NAN), score(1, 2, 1, false, 0.375, 0.3, NAN),
                new RunEvent.StageFinished(1, Stage.EVALUATE, 2, "", 3));
    }

    static RunState fold(List<RunEvent> events) {
        RunState state = new RunState();
        events.forEach(state::apply);
        return state;
    }

    static RunEvent.StepDone step(int task, Stage stage, int step, int runStep, double loss, double kl, double left) {
        return new RunEvent.StepDone(task, stage, step, 2, runStep, loss, loss, kl, 0, 0.01, 1, 5000, left);
    }

    private static RunEvent score(int after, int task, int group, boolean known, double accuracy, double balanced,
            double union) {
        return new RunEvent.TaskEvaluated(after, task, group, known,
                new Score(accuracy, balanced, union, task == 1 ? 0.5 : 0.375, task == 1 ? 100 : 50));
    }
}
