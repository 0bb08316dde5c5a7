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

/**
 * Averaged gradient episodic memory (Chaudhry et al. 2019, "Efficient lifelong learning with A-GEM", eq. 11): the loss is the
 * new task's cross-entropy; its gradient g is projected when a step along it would raise the loss on a memory of earlier
 * tasks, whose gradient is g_ref: {@code g - (g.g_ref / g_ref.g_ref) g_ref} if {@code g.g_ref < 0}, else g. g_ref is that of the
 * mean cross-entropy of rows drawn anew for each step from the memory of all earlier tasks.
 */
public final class AGem implements Guard {
    private final AGemOptions options;
    private final long seed;
    final GuardMath math = new GuardMath();
    private final TaskMemory memory;
    private Training training;
    private int task;
    private int step;

    public AGem(AGemOptions options, long seed) {
        this.options = options;
        this.seed = seed;
        this.memory = new TaskMemory(options.rows(), seed);
    }

    @Override
    public void begin(TrainingTask begun, Training begunTraining) {
        task = begun.index();
        training = begunTraining;
    }

    @Override
    public List<Sequence> batch(List<Sequence> batch, int next) {
        step = next;
        return batch;
    }

    @Override
    public Objective objective(List<Sequence> batch) {
        return memory.tasks().isEmpty() ? Objective.CROSS_ENTROPY : new Objective(null, null, this::project);
    }

    private List<NDArray> project(NDManager scope, List<NDArray> parameters, List<NDArray> gradients) {
        Random random = Seeds.random(seed, "a-gem of task " + task, step);
        List<Sequence> rows = Rows.sample(memory.all(), options.sample(), random);
        NDArray reference = math.flat(scope, training.gradients(scope, rows, Objective.CROSS_ENTROPY));
        return math.cut(math.halfSpace(math.flat(scope, gradients), reference), gradients);
    }

    @Override
    public void end(TrainingTask learnt, Training learntTraining) {
        memory.add(learnt);
    }

    @Override
    public long storedBytes() {
        return memory.bytes();
    }

    @Override
    public void save(State to) {
        memory.save(to.part("memory"));
    }

    @Override
    public void restore(State from) {
        memory.restore(from.part("memory"));
    }

    @Override
    public void close() {
        math.close();
    }
}
