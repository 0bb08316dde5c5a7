package craft.method;

import craft.intervention.Adapter;
import craft.intervention.SiteOptions;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Drives any method over a few made-up tasks for stories260k, as a run does, and can stop it at any step and go on. */
public final class MethodRuns {
    public static final TrainingOptions TRAINING = new TrainingOptions(1e-2, 4, 0, 1, 2, "", 0.1, 0.01, 1);
    public static final SiteOptions SITES = new SiteOptions("1,3", "l4", 4, false);

    private MethodRuns() {
    }

    public static CausalLm model() {
        return CausalLm.load(Path.of("src/test/resources/models/stories260k"));
    }

    public static MethodSetup setup(CausalLm model) {
        return new MethodSetup(model, SITES, TRAINING, 5, 1 << 22);
    }

    /** Three tasks of 10 to 12 short prompts, each task with two answers of its own. */
    public static List<TrainingTask> tasks() {
        Random random = new Random(3);
        List<TrainingTask> tasks = new ArrayList<>();
        for (int t = 1; t <= 3; t++) {
            List<Sequence> rows = new ArrayList<>();
            for (int i = 0; i < 11 + t; i++) {
                int kind = random.nextInt(2);
                int[] prompt = random.ints(4 + random.nextInt(6), 3, 512).toArray();
                prompt[0] = 1;
                prompt[prompt.length - 1] = 30 * t + kind;
                rows.add(new Sequence(prompt, List.of(new int[] {100 * t + kind, 2})));
            }
            tasks.add(new TrainingTask(t, "task " + t, rows.subList(0, 9 + t), rows.subList(9 + t, 11 + t)));
        }
        return tasks;
    }

    /** What a run tells; stops the method at its {@code stopAt}th safe point, with the state kept there. */
    public static class Told implements Monitor {
        public final List<Step> steps = new ArrayList<>();
        public final List<Routed> routed = new ArrayList<>();
        public final List<String> notes = new ArrayList<>();
        public State kept;
        /** Tasks learnt to their end. */
        public int learnt;
        private final int stopAt;
        private ContinualMethod method;
        private int points;

        public Told(int stopAt) {
            this.stopAt = stopAt;
        }

        @Override
        public void stageStarted(Stage stage, int plannedSteps) {
        }

        @Override
        public void stageFinished(Stage stage, int steps, String reason) {
        }

        @Override
        public void step(Step step) {
            steps.add(step);
        }

        @Override
        public void safePoint() {
            if (++points == stopAt) {
                State state = new State();
                method.save(state);
                kept = new State(state.arrays(), state.values());
                throw new Stopped();
            }
        }

        @Override
        public void validated(int step, double crossEntropy, double klAverage) {
        }

        @Override
        public void routed(Routed decision) {
            routed.add(decision);
        }

        @Override
        public void merged(Merge merge) {
        }

        @Override
        public void note(String message) {
            notes.add(message);
        }
    }

    /** Learns all tasks. */
    public static Told learn(ContinualMethod method, List<TrainingTask> tasks) {
        return learn(method, tasks, 1, 0);
    }

    /**
     * Learns the tasks from number {@code first} on.
     *
     * @param stopAt safe point at which to stop, 0 for none
     */
    public static Told learn(ContinualMethod method, List<TrainingTask> tasks, int first, int stopAt) {
        Told told = new Told(stopAt);
        told.method = method;
        method.prepare(tasks);
        try {
            for (TrainingTask task : tasks.subList(first - 1, tasks.size())) {
                method.learn(task, told);
                told.learnt++;
            }
        } catch (Monitor.Stopped e) {
            return told;
        }
        return told;
    }

    /** All trained numbers, group by group, by name. */
    public static List<Map<String, FloatTensor>> numbers(ContinualMethod method) {
        return method.groups().stream().map(Adapter::tensors).toList();
    }
}
