package craft.experiment;

import craft.error.Messages;
import craft.experiment.RunEvent.Stage;
import craft.intervention.Adapter;
import craft.lm.CausalLm;
import craft.method.ContinualMethod;
import craft.method.MethodSetup;
import craft.method.Methods;
import craft.method.Monitor;
import craft.method.NotFiniteException;
import craft.method.State;
import craft.task.Task;
import craft.task.TaskMetric;
import craft.task.TaskReading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One pass over the tasks: learn the next one, score all of them, tell. Keeps a checkpoint after each of these, and between
 * steps as often as the recipe says. Confined to the service thread.
 */
final class TaskSequence {
    private final Recipe recipe;
    private final CausalLm model;
    private final RunListener listener;
    private final RunArtifacts artifacts;
    private final Gate gate;
    private List<EncodedTask> tasks;
    private List<String> notes;
    private ContinualMethod method;
    private Clock clock;
    private MethodMonitor monitor;
    private Evaluator evaluator;
    private CellScorer scorer;
    private Place place = Place.FIRST;
    private double taskBegin;
    private boolean checkpointsFail;
    private int keptStep = -1;

    TaskSequence(Recipe recipe, CausalLm model, RunListener listener, RunArtifacts artifacts, Gate gate) {
        this.recipe = recipe;
        this.model = model;
        this.listener = listener;
        this.artifacts = artifacts;
        this.gate = gate;
    }

    RunEvent.RunFinished run() {
        List<TaskReading> readings = Preparation.read(recipe);
        notes = Preparation.notes(readings);
        tasks = Preparation.encode(model.tokens(), model.config(), recipe, readings);
        PromptTokens.requireKnown(model.tokens(), model.config(), tasks);
        hold();
        if (gate.stopping()) {
            throw new Monitor.Stopped();
        }
        try (ContinualMethod made = Methods.create(recipe.method(), new MethodSetup(model, recipe.sites(),
                recipe.training(), recipe.seed(), recipe.engine().cacheBytes()))) {
            method = made;
            method.prepare(tasks.stream().map(EncodedTask::training).toList());
            evaluator = new Evaluator(model, recipe, tasks, this::betweenBatches);
            scorer = new CellScorer(recipe, evaluator, method, tasks.size(), this::betweenBatches);
            artifacts.resumed().ifPresentOrElse(this::takeUp, this::begin);
            try {
                pass();
            } catch (NotFiniteException e) {
                throw new DivergedException(divergence(e), e);
            }
            return new RunEvent.RunFinished(clock.seconds(), clock.tokensPerSecond(), method.trainedParameters(),
                    clock.cost(method.trainedParameters(), method.storedBytes()));
        }
    }

    private void pass() {
        while (place.task() <= tasks.size()) {
            switch (place.doing()) {
                case LEARN -> learn(tasks.get(place.task() - 1));
                case EVALUATE -> evaluate();
            }
        }
    }

    private Divergence divergence(NotFiniteException e) {
        boolean scoring = place.doing() == Place.Doing.EVALUATE;
        int task = scoring ? Math.min(place.scored() + 1, tasks.size()) : place.task();
        int runStep = monitor.progress().runStep() + (e.step() > 0 && !e.told() ? 1 : 0);
        return new Divergence(Json.constant(e.what()), e.infinite(), task, tasks.get(task - 1).task().name(), scoring, e.step(),
                e.plannedSteps(), runStep, keptStep, Divergence.options(recipe));
    }

    private void begin() {
        int steps = tasks.stream().mapToInt(t -> method.plannedSteps(t.training())).sum();
        int rows = (tasks.size() + 1) * tasks.stream().mapToInt(t -> t.test().size()).sum();
        listener.onEvent(new RunEvent.RunStarted(recipe.name(), model.name(), recipe.methodName(), recipe.seed(),
                tasks.stream().map(TaskSequence::info).toList(), steps));
        clock = new Clock(gate, Clock.Reading.atBegin(steps, rows));
        monitor = new MethodMonitor(new Checkpoint.Progress(0, 0, 0, 0));
        model.remarks().forEach(remark -> listener.onEvent(new RunEvent.Note(remark)));
        PromptTokens.remarks(model.tokens(), tasks).forEach(remark -> listener.onEvent(new RunEvent.Note(remark)));
        remarks();
    }

    /** What a reader of the scores must know of the rows and the scenario. */
    private void remarks() {
        notes.forEach(note -> listener.onEvent(new RunEvent.Note(note)));
        tasks.forEach(task -> task.remarks().forEach(remark -> listener.onEvent(new RunEvent.Note(remark))));
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

    private void takeUp(Checkpoint from) {
        method.restore(from.method());
        place = from.place();
        taskBegin = from.progress().taskBegin();
        clock = new Clock(gate, from.clock());
        monitor = new MethodMonitor(from.progress());
        keptStep = from.runStep();
    }

    private void learn(EncodedTask task) {
        int index = place.task();
        if (!place.begun()) {
            taskBegin = clock.seconds();
            listener.onEvent(new RunEvent.TaskStarted(index));
            monitor.begin(method.plannedSteps(task.training()));
            place = place.begin();
        }
        method.learn(task.training(), monitor);
        monitor.end();
        List<Adapter> groups = method.groups();
        groups.forEach(group -> NotFiniteException.require(NotFiniteException.What.WEIGHTS, group.tensors().values()));
        artifacts.adapters(index, groups, groupsOf(method, index));
        listener.onEvent(new RunEvent.TaskFinished(index, method.groupOf(index), clock.seconds() - taskBegin));
        place = Place.evaluate(index);
        checkpoint();
    }

    private void evaluate() {
        int after = place.task();
        clock.other();
        if (!place.begun()) {
            taskBegin = clock.seconds();
            listener.onEvent(new RunEvent.StageStarted(after, Stage.EVALUATE, tasks.stream().mapToInt(t -> t.test().size()).sum()));
            place = place.begin();
        }
        for (EncodedTask task : tasks.subList(place.scored(), tasks.size())) {
            if (gate.stopping()) {
                stop();
            }
            score(task, after);
            place = place.next();
        }
        listener.onEvent(new RunEvent.StageFinished(after, Stage.EVALUATE, 0, "", clock.seconds() - taskBegin));
        place = Place.learn(after + 1);
        checkpoint();
    }

    private void score(EncodedTask task, int after) {
        int index = task.training().index();
        CellScorer.Cell cell = scorer.score(task, after);
        clock.rows(task.test().size(), evaluator.takeTokens());
        TaskMetric metric = task.task().metric();
        artifacts.predictions(after, index, cell.answers().stream().map(a -> a.prediction(metric)).toList());
        listener.onEvent(new RunEvent.TaskEvaluated(after, index, cell.group(), cell.groupKnown(), cell.score()));
    }

    /** Between two batches of an evaluation: the method stands still, so that a checkpoint can be taken anywhere. */
    private void betweenBatches() {
        pauseHere();
        if (gate.stoppingNow()) {
            stop();
        }
    }

    /** Holds while paused, with a checkpoint: whoever pauses may switch the machine off. */
    private void pauseHere() {
        if (gate.pausing()) {
            checkpoint();
        }
        hold();
    }

    private void hold() {
        gate.hold(() -> listener.onEvent(new RunEvent.RunPaused()), () -> listener.onEvent(new RunEvent.RunContinued()));
    }

    private void stop() {
        checkpoint();
        throw new Monitor.Stopped();
    }

    /** To be called where {@link ContinualMethod#save} may be. No checkpoint is written of numbers that are not finite. */
    private void checkpoint() {
        State state = new State();
        method.save(state);
        NotFiniteException.require(NotFiniteException.What.WEIGHTS, state.arrays().values());
        Checkpoint checkpoint = new Checkpoint(artifacts.recorded(), place, monitor.progress(), clock.reading(), state);
        try {
            String name = artifacts.checkpoint(checkpoint);
            checkpointsFail = false;
            if (!name.isEmpty()) {
                keptStep = checkpoint.runStep();
                listener.onEvent(new RunEvent.CheckpointWritten(checkpoint.runStep(), name));
            }
        } catch (IOException e) {
            if (!checkpointsFail) { // once, not at every further one
                listener.onEvent(new RunEvent.Note("After step " + checkpoint.runStep() + " no checkpoint could be written: "
                        + Messages.forUser(e) + " The run goes on, and the checkpoint before this one stays."));
            }
            checkpointsFail = true;
        }
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

    /** Turns what a method tells into events. */
    private final class MethodMonitor implements Monitor {
        private int runStep;
        private int stepsLeftOfTask;
        private double stageBegin;
        private boolean due;

        MethodMonitor(Checkpoint.Progress from) {
            runStep = from.runStep();
            stepsLeftOfTask = from.stepsLeftOfTask();
            stageBegin = from.stageBegin();
        }

        Checkpoint.Progress progress() {
            return new Checkpoint.Progress(runStep, stepsLeftOfTask, taskBegin, stageBegin);
        }

        void begin(int plannedSteps) {
            stepsLeftOfTask = plannedSteps;
        }

        void end() {
            clock.skip(stepsLeftOfTask);
            stepsLeftOfTask = 0;
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
            hold();
            if (gate.stoppingNow()) { // not for a mere stop: the next safe point is a step away, the last one may be farther
                throw new Stopped();
            }
            clock.other();
            stageBegin = clock.seconds();
            listener.onEvent(new RunEvent.StageStarted(place.task(), stage(stage), plannedSteps));
        }

        @Override
        public void stageFinished(craft.method.Stage stage, int steps, String reason) {
            listener.onEvent(new RunEvent.StageFinished(place.task(), stage(stage), steps, reason, clock.seconds() - stageBegin));
        }

        @Override
        public void step(Step s) {
            clock.step(s.tokens());
            runStep++;
            stepsLeftOfTask--;
            int every = recipe.engine().checkpointEvery();
            // The last step of a stage, too: what follows may take long and has no safe point.
            due = every > 0 && (runStep % every == 0 || s.step() == s.plannedSteps());
            listener.onEvent(new RunEvent.StepDone(place.task(), stage(s.stage()), s.step(), s.plannedSteps(), runStep, s.loss(),
                    s.crossEntropy(), s.kl(), s.lambda(), s.learningRate(), s.gradientNorm(), clock.recentTokensPerSecond(),
                    clock.secondsLeft()));
        }

        @Override
        public void safePoint() {
            if (gate.stopping()) {
                stop();
            }
            if (due && !gate.pausing()) {
                checkpoint();
            }
            pauseHere();
            if (gate.stopping()) { // while it was paused
                stop();
            }
            clock.other();
        }

        @Override
        public void validated(int step, double crossEntropy, double klAverage) {
            listener.onEvent(new RunEvent.Validated(place.task(), step, crossEntropy, klAverage));
        }

        @Override
        public void routed(Routed r) {
            listener.onEvent(new RunEvent.RoutingDecided(place.task(), r.divergences(), r.baseDivergence(), r.threshold(), r.rule(),
                    r.nearest(), r.group(), r.opened()));
        }

        @Override
        public void merged(Merge m) {
            listener.onEvent(new RunEvent.Merged(place.task(), m.group(), m.alpha(), m.rule(), m.budget(), m.divergenceTrained(),
                    m.divergenceMerged()));
        }

        @Override
        public void note(String message) {
            listener.onEvent(new RunEvent.Note(message));
        }
    }
}
