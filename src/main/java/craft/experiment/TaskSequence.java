package craft.experiment;

import craft.experiment.RunEvent.Stage;
import craft.lm.CausalLm;
import craft.method.ContinualMethod;
import craft.method.MethodSetup;
import craft.method.Methods;
import craft.method.Monitor;
import craft.task.Task;
import craft.task.TaskMetric;
import java.util.ArrayList;
import java.util.List;

/** One pass over the tasks: learn the next one, score all of them, tell. Confined to the service thread. */
final class TaskSequence {
    private final Recipe recipe;
    private final CausalLm model;
    private final RunListener listener;
    private final RunArtifacts artifacts;
    private final Gate gate;

    TaskSequence(Recipe recipe, CausalLm model, RunListener listener, RunArtifacts artifacts, Gate gate) {
        this.recipe = recipe;
        this.model = model;
        this.listener = listener;
        this.artifacts = artifacts;
        this.gate = gate;
    }

    RunEvent.RunFinished run() {
        List<EncodedTask> tasks = Preparation.encode(model.tokens(), model.config(), recipe, Preparation.read(recipe));
        pass();
        try (ContinualMethod method = Methods.create(recipe.method(), new MethodSetup(model, recipe.sites(),
                recipe.training(), recipe.seed(), recipe.engine().cacheBytes()))) {
            method.prepare(tasks.stream().map(EncodedTask::training).toList());
            int steps = tasks.stream().mapToInt(t -> method.plannedSteps(t.training())).sum();
            int rows = (tasks.size() + 1) * tasks.stream().mapToInt(t -> t.test().size()).sum();
            listener.onEvent(new RunEvent.RunStarted(recipe.name(), model.name(), recipe.methodName(), recipe.seed(),
                    tasks.stream().map(TaskSequence::info).toList(), steps));
            Clock clock = new Clock(gate, steps, rows);
            CellScorer scorer = new CellScorer(recipe, new Evaluator(model, recipe, tasks, this::pass), method, tasks.size(),
                    this::pass);
            remarks(tasks);
            evaluate(0, tasks, scorer, clock);
            MethodMonitor monitor = new MethodMonitor(listener, clock, this::pass);
            for (EncodedTask task : tasks) {
                double begin = clock.seconds();
                int index = task.training().index();
                listener.onEvent(new RunEvent.TaskStarted(index));
                monitor.begin(index, method.plannedSteps(task.training()));
                method.learn(task.training(), monitor);
                monitor.end();
                artifacts.adapters(index, method.groups(), groupsOf(method, index));
                listener.onEvent(new RunEvent.TaskFinished(index, method.groupOf(index), clock.seconds() - begin));
                evaluate(index, tasks, scorer, clock);
            }
            return new RunEvent.RunFinished(clock.seconds(), clock.tokensPerSecond(), method.trainedParameters());
        }
    }

    /** What a reader of the scores must know of the scenario. */
    private void remarks(List<EncodedTask> tasks) {
        switch (recipe.scenario()) {
            case TIL -> { }
            case DIL -> listener.onEvent(new RunEvent.Note("Scenario dil: the method is not told the task; a test row is "
                    + "answered by the group inferred from its prompt, choosing among the labels of its task."));
            case CIL -> {
                listener.onEvent(new RunEvent.Note("Scenario cil: the method is not told the task; a test row is answered "
                        + "by the group inferred from its prompt, choosing among the labels of all tasks learnt so far (and "
                        + "its own task's, before that is learnt)."));
                List<String> telling = tasks.stream().map(EncodedTask::task).filter(Task::listsLabels).map(Task::name).toList();
                if (!telling.isEmpty()) {
                    listener.onEvent(new RunEvent.Note("The prompts of " + String.join(", ", telling) + " list the labels of their "
                            + "task and so give it away; \"showOptions\": false in a task's about.json leaves them out."));
                }
            }
        }
    }

    private void pass() {
        gate.pass(() -> listener.onEvent(new RunEvent.RunPaused()), () -> listener.onEvent(new RunEvent.RunContinued()));
    }

    private static RunEvent.TaskInfo info(EncodedTask encoded) {
        Task task = encoded.task();
        return new RunEvent.TaskInfo(task.name(), task.about().getOrDefault("kind", ""), task.about().getOrDefault("language", ""),
                task.labels(), encoded.training().train().size(), encoded.test().size());
    }

    private static List<Integer> groupsOf(ContinualMethod method, int learnt) {
        List<Integer> groups = new ArrayList<>();
        for (int task = 1; task <= learnt; task++) {
            groups.add(method.groupOf(task));
        }
        return groups;
    }

    private void evaluate(int after, List<EncodedTask> tasks, CellScorer scorer, Clock clock) {
        clock.other();
        double begin = clock.seconds();
        listener.onEvent(new RunEvent.StageStarted(after, Stage.EVALUATE, tasks.stream().mapToInt(t -> t.test().size()).sum()));
        for (EncodedTask task : tasks) {
            int index = task.training().index();
            CellScorer.Cell cell = scorer.score(task, after);
            clock.rows(task.test().size());
            TaskMetric metric = task.task().metric();
            artifacts.predictions(after, index, cell.answers().stream().map(a -> a.prediction(metric)).toList());
            listener.onEvent(new RunEvent.TaskEvaluated(after, index, cell.group(), cell.groupKnown(), cell.score()));
        }
        listener.onEvent(new RunEvent.StageFinished(after, Stage.EVALUATE, 0, "", clock.seconds() - begin));
    }

    /** Turns what a method tells into events. */
    private static final class MethodMonitor implements Monitor {
        private final RunListener listener;
        private final Clock clock;
        private final Runnable gate;
        private int task;
        private int runStep;
        private int stepsLeftOfTask;
        private double stageBegin;

        MethodMonitor(RunListener listener, Clock clock, Runnable gate) {
            this.listener = listener;
            this.clock = clock;
            this.gate = gate;
        }

        void begin(int newTask, int plannedSteps) {
            task = newTask;
            stepsLeftOfTask = plannedSteps;
        }

        void end() {
            clock.skip(stepsLeftOfTask);
        }

        private static Stage stage(craft.method.Stage stage) {
            return switch (stage) {
                case WARM_UP -> Stage.WARM_UP;
                case ROUTE -> Stage.ROUTE;
                case TUNE -> Stage.TUNE;
                case MERGE -> Stage.MERGE;
            };
        }

        @Override
        public void stageStarted(craft.method.Stage stage, int plannedSteps) {
            gate.run();
            clock.other();
            stageBegin = clock.seconds();
            listener.onEvent(new RunEvent.StageStarted(task, stage(stage), plannedSteps));
        }

        @Override
        public void stageFinished(craft.method.Stage stage, int steps, String reason) {
            listener.onEvent(new RunEvent.StageFinished(task, stage(stage), steps, reason, clock.seconds() - stageBegin));
        }

        @Override
        public void step(Step s) {
            clock.step(s.tokens());
            runStep++;
            stepsLeftOfTask--;
            listener.onEvent(new RunEvent.StepDone(task, stage(s.stage()), s.step(), s.plannedSteps(), runStep, s.loss(),
                    s.crossEntropy(), s.kl(), s.lambda(), s.learningRate(), s.gradientNorm(), clock.recentTokensPerSecond(),
                    clock.secondsLeft()));
        }

        @Override
        public void safePoint() {
            gate.run();
            clock.other();
        }

        @Override
        public void validated(int step, double crossEntropy, double klAverage) {
            listener.onEvent(new RunEvent.Validated(task, step, crossEntropy, klAverage));
        }

        @Override
        public void routed(Routed r) {
            listener.onEvent(new RunEvent.RoutingDecided(task, r.divergences(), r.baseDivergence(), r.threshold(), r.rule(),
                    r.nearest(), r.group(), r.opened()));
        }

        @Override
        public void merged(Merge m) {
            listener.onEvent(new RunEvent.Merged(task, m.group(), m.alpha(), m.rule(), m.budget(), m.divergenceTrained(),
                    m.divergenceMerged()));
        }

        @Override
        public void note(String message) {
            listener.onEvent(new RunEvent.Note(message));
        }
    }
}
