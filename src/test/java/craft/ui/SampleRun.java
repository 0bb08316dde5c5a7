package craft.ui;

import craft.experiment.RunEvent;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.TaskInfo;
import craft.experiment.RunState;
import craft.task.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A made-up run of five tasks with plausible curves, for tests and screenshots of views. Not a measurement. */
public final class SampleRun {
    private static final int STEPS = 120;
    private static final int WARM_UP = 40;
    private static final List<TaskInfo> TASKS = List.of(
            new TaskInfo("sms-spam", "spam", "en", List.of("ham", "spam"), 800, 200),
            new TaskInfo("mail-spam", "spam", "en", List.of("ham", "spam"), 800, 200),
            new TaskInfo("dbpedia14", "topic", "en", labels("topic", 14), 1000, 200),
            new TaskInfo("clinc-domain", "intent", "en", labels("domain", 10), 1000, 200),
            new TaskInfo("korean-intent", "intent", "ko", List.of("날씨", "음악", "알람", "뉴스", "일정"), 600, 200));
    private static final int[] GROUP = {1, 1, 2, 3, 4};
    private static final double[] UNTRAINED = {0.52, 0.50, 0.07, 0.11, 0.19};
    private static final double[] OWN = {0.97, 0.94, 0.82, 0.76, 0.88};
    private static final double[] MAJORITY = {0.52, 0.51, 0.08, 0.12, 0.21};

    private SampleRun() {
    }

    /** All events of a run that finished. */
    public static List<RunEvent> finished() {
        List<RunEvent> events = new ArrayList<>();
        Random random = new Random(7);
        events.add(new RunEvent.RunStarted("Quickstart", "seedling", "CRAFT (this implementation)", 1, TASKS,
                5 * (STEPS + WARM_UP)));
        events.add(new RunEvent.StageStarted(0, Stage.EVALUATE, 5));
        for (int i = 1; i <= 5; i++) {
            events.add(score(0, i, 0, false, UNTRAINED[i - 1]));
        }
        events.add(new RunEvent.StageFinished(0, Stage.EVALUATE, 5, "", 6.5));
        int runStep = 0;
        for (int t = 1; t <= 5; t++) {
            events.add(new RunEvent.TaskStarted(t));
            events.add(new RunEvent.StageStarted(t, Stage.PREPARE, 0));
            events.add(new RunEvent.StageFinished(t, Stage.PREPARE, 0, "", 0.8));
            events.add(new RunEvent.StageStarted(t, Stage.WARM_UP, WARM_UP));
            double level = 1.2 + 0.4 * t;
            for (int s = 1; s <= WARM_UP; s++) {
                double ce = level * (0.35 + 0.65 * Math.exp(-s / 25.0)) * noise(random, 0.10);
                events.add(step(t, Stage.WARM_UP, s, WARM_UP, ++runStep, ce, Double.NaN, 0, random));
            }
            events.add(new RunEvent.StageFinished(t, Stage.WARM_UP, WARM_UP, "", 4.1));
            events.add(new RunEvent.StageStarted(t, Stage.ROUTE, 0));
            events.add(route(t));
            events.add(new RunEvent.StageFinished(t, Stage.ROUTE, 0, "", 1.2));
            boolean opened = t != 2;
            boolean budget = t == 2;
            int steps = budget ? 75 : t == 4 ? 100 : STEPS;
            events.add(new RunEvent.StageStarted(t, Stage.TUNE, STEPS));
            for (int s = 1; s <= steps; s++) {
                double ce = level * (0.12 + 0.5 * Math.exp(-s / 40.0)) * noise(random, 0.12);
                double kl = opened ? Double.NaN : 0.52 * (1 - Math.exp(-s / 35.0)) * noise(random, 0.15);
                events.add(step(t, Stage.TUNE, s, STEPS, ++runStep, ce, kl, opened ? 0 : 0.5, random));
                if (s % 25 == 0) {
                    events.add(new RunEvent.Validated(t, s, ce * 1.05, kl));
                }
            }
            events.add(new RunEvent.StageFinished(t, Stage.TUNE, steps,
                    budget ? "budget" : t == 4 ? "settled" : "epochs", 14.2));
            if (!opened) {
                events.add(new RunEvent.StageStarted(t, Stage.MERGE, 0));
                events.add(new RunEvent.Merged(t, GROUP[t - 1], 0.7, "line search", 0.25, 0.41, 0.24));
                events.add(new RunEvent.StageFinished(t, Stage.MERGE, 0, "", 2.0));
            }
            events.add(new RunEvent.TaskFinished(t, GROUP[t - 1], 24));
            events.add(new RunEvent.StageStarted(t, Stage.EVALUATE, 5));
            for (int i = 1; i <= 5; i++) {
                boolean known = i <= t;
                double value = known ? OWN[i - 1] - 0.015 * (t - i) - (i == 1 && t >= 2 ? 0.03 : 0)
                        : UNTRAINED[i - 1] + (i == 2 && t == 1 ? 0.31 : 0.01 * t);
                events.add(score(t, i, known ? GROUP[i - 1] : 1, known, value));
            }
            events.add(new RunEvent.StageFinished(t, Stage.EVALUATE, 5, "", 7.0));
        }
        events.add(new RunEvent.Note("3 of 200 test rows of clinc-domain were shortened to the model’s context."));
        events.add(new RunEvent.RunFinished(152, 5120, 4 * 33_024));
        return List.copyOf(events);
    }

    /** The same run as it stands in the middle of tuning its third task. */
    public static List<RunEvent> running() {
        List<RunEvent> all = finished();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i) instanceof RunEvent.StepDone s && s.task() == 3 && s.stage() == Stage.TUNE
                    && s.step() == 60) {
                return all.subList(0, i + 1);
            }
        }
        throw new AssertionError("no such step");
    }

    /** Stopped by the user in the third task. */
    public static List<RunEvent> interrupted() {
        List<RunEvent> events = new ArrayList<>(running());
        events.add(new RunEvent.RunInterrupted("Stopped by the user."));
        return List.copyOf(events);
    }

    /** Events folded. */
    public static RunState fold(List<RunEvent> events) {
        RunState state = new RunState();
        events.forEach(state::apply);
        return state;
    }

    private static RunEvent route(int task) {
        double[][] distances = {{}, {0.21}, {1.42}, {1.18, 0.93}, {1.61, 1.33, 1.12}};
        double[] base = {1.95, 1.74, 1.52, 1.36, 1.58};
        List<Double> to = Arrays.stream(distances[task - 1]).boxed().toList();
        int nearest = 0;
        for (int g = 0; g < to.size(); g++) {
            nearest = nearest == 0 || to.get(g) < to.get(nearest - 1) ? g + 1 : nearest;
        }
        return new RunEvent.RoutingDecided(task, to, base[task - 1], 0.3 * base[task - 1], "0.3 * d_0", nearest,
                GROUP[task - 1], task != 2);
    }

    private static RunEvent step(int task, Stage stage, int step, int planned, int runStep, double ce, double kl,
            double lambda, Random random) {
        double loss = Double.isNaN(kl) ? ce : ce + lambda * kl;
        double rate = 4e-3 * Math.min(step / 6.0, 1 - (step - 1) / (double) planned);
        return new RunEvent.StepDone(task, stage, step, planned, runStep, loss, ce, kl, lambda, rate,
                0.9 * noise(random, 0.3), 5100 * noise(random, 0.05), Math.max(0, (800 - runStep) * 0.19));
    }

    private static RunEvent score(int after, int task, int group, boolean known, double value) {
        double union = after == 5 ? value - 0.04 : Double.NaN;
        return new RunEvent.TaskEvaluated(after, task, group, known,
                new Score(value, Math.max(0, value - 0.02), union, MAJORITY[task - 1], 200));
    }

    private static double noise(Random random, double size) {
        return Math.max(0.2, 1 + size * random.nextGaussian());
    }

    private static List<String> labels(String word, int count) {
        List<String> labels = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            labels.add(word + " " + i);
        }
        return labels;
    }
}
