package craft.method.train;

import craft.intervention.Adapter;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import craft.method.Answers;
import craft.method.Batches;
import craft.method.MethodSetup;
import craft.method.Schedule;
import craft.method.Seeds;
import craft.method.Stage;
import craft.method.TrainingOptions;
import craft.method.TrainingTask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Trains adapters of one kind and answers with them: what methods that differ in more than that share. All train a task
 * as CRAFT's tuning does, with the same order of rows for a seed, the same number of steps and the same schedule.
 */
public final class AdapterTrainer implements AutoCloseable {
    /** Padded tokens a batch where no gradient is needed. */
    private static final int TOKENS = 2048;
    private static final int PROBE = 32;

    private final MethodSetup setup;
    private final AdapterKind kind;

    /** @param kind closed with this */
    public AdapterTrainer(MethodSetup setup, AdapterKind kind) {
        this.setup = setup;
        this.kind = kind;
    }

    public CausalLm model() {
        return setup.model();
    }

    public ForwardPass pass() {
        return kind.pass();
    }

    public TrainingOptions options() {
        return setup.training();
    }

    public long seed() {
        return setup.seed();
    }

    public Trainable trainable() {
        return kind.trainable();
    }

    /** @param index task, or whatever sets one beginning apart from another */
    public List<FloatTensor> fresh(int index) {
        return kind.fresh(Seeds.random(setup.seed(), "start", index));
    }

    /** Optimiser steps for a task. */
    public int plannedSteps(TrainingTask task) {
        return setup.training().epochsOf(task.name()) * Batches.perEpoch(task.train(), setup.training());
    }

    /** A task's training: all epochs, a warm-up and a decay of the learning rate. */
    public TrainingLoop.Plan plan(TrainingTask task) {
        int steps = plannedSteps(task);
        return new TrainingLoop.Plan(Stage.TUNE, task.train(), task.index() * 1000 + 500, steps,
                Schedule.warmupAndDecay(setup.training(), steps));
    }

    /** A loop with a fresh optimiser. */
    public TrainingLoop loop(List<FloatTensor> start) {
        return loop(trainable(), start);
    }

    /** The same for other parameters over the same pass. */
    public TrainingLoop loop(Trainable trainable, List<FloatTensor> start) {
        return new TrainingLoop(new Training(model(), pass(), trainable, start, options()), options(), seed());
    }

    /** @param adapter null for the untouched model */
    public Answers answers(Adapter adapter) {
        return new AdapterAnswers(model(), pass(), adapter);
    }

    /** See {@link AdapterKind#meanOfUpdates}. */
    public List<FloatTensor> meanOfUpdates(List<FloatTensor> first, List<FloatTensor> second, double alpha) {
        return kind.meanOfUpdates(first, second, alpha);
    }

    /** See {@link AdapterKind#meanOfParameters}. */
    public List<FloatTensor> meanOfParameters(List<FloatTensor> first, List<FloatTensor> second, double alpha) {
        return kind.meanOfParameters(first, second, alpha);
    }

    /** The model's hidden states with an adapter, kept for a divergence. */
    public ReferenceStates states(Adapter adapter, List<Sequence> examples) {
        return new ReferenceStates(model(), pass(), adapter, Batches.byLength(examples, TOKENS));
    }

    /** A random sample of a task's training rows, the same that CRAFT takes as its probe with default options. */
    public List<Sequence> probe(TrainingTask task) {
        List<Sequence> rows = new ArrayList<>(task.train());
        Collections.shuffle(rows, Seeds.random(seed(), "probe", task.index()));
        return List.copyOf(rows.subList(0, Math.min(PROBE, rows.size())));
    }

    public float[] promptState(List<Sequence> prompts) {
        return kind.promptState(prompts);
    }

    /** A learnt task's rows will not come again. */
    public void forget(TrainingTask task) {
        kind.forget(task.train());
        kind.forget(task.eval());
    }

    @Override
    public void close() {
        kind.close();
    }
}
