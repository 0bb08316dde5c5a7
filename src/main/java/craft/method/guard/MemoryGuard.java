package craft.method.guard;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.lm.Sequence;
import craft.method.Seeds;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.sequential.Guard;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.util.List;
import java.util.Random;

/** The loss is the new task's cross-entropy; its gradient is projected by those of rows kept of earlier tasks. */
abstract class MemoryGuard implements Guard {
    final GuardMath math = new GuardMath();
    final TaskMemory memory;
    private final String name;
    private final long seed;
    private Training training;
    private int task;
    private int step;

    /** @param name of the stream of chance that draws rows; @param rows kept of each task */
    MemoryGuard(String name, int rows, long seed) {
        this.name = name;
        this.seed = seed;
        this.memory = new TaskMemory(rows, seed);
    }

    @Override
    public final void begin(TrainingTask begun, Training begunTraining) {
        task = begun.index();
        training = begunTraining;
    }

    @Override
    public final List<Sequence> batch(List<Sequence> batch, int next) {
        step = next;
        return batch;
    }

    @Override
    public final Objective objective(List<Sequence> batch) {
        return memory.tasks().isEmpty() ? Objective.CROSS_ENTROPY : new Objective(null, null,
                (scope, parameters, gradients) -> math.cut(project(scope, math.flat(scope, gradients),
                        Seeds.random(seed, name + " of task " + task, step)), gradients));
    }

    /**
     * The gradient that takes the place of g; both flat.
     *
     * @param random for this step's choice of rows
     */
    abstract NDArray project(NDManager scope, NDArray g, Random random);

    /** The gradient of the rows' mean cross-entropy at the parameters as they are, flat; its loss is finite. */
    final NDArray gradient(NDManager scope, List<Sequence> rows) {
        return math.flat(scope, training.gradients(scope, rows, Objective.CROSS_ENTROPY));
    }

    @Override
    public final void end(TrainingTask learnt, Training learntTraining) {
        memory.add(learnt);
    }

    @Override
    public final long storedBytes() {
        return memory.bytes();
    }

    @Override
    public final void save(State to) {
        memory.save(to.part("memory"));
    }

    @Override
    public final void restore(State from) {
        memory.restore(from.part("memory"));
    }

    @Override
    public final void close() {
        math.close();
    }
}
