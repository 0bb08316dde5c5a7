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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Gradient episodic memory (Lopez-Paz and Ranzato 2017, eq. 8-12): the loss is the new task's cross-entropy; its gradient g
 * is replaced by the nearest one that raises the loss on no earlier task's memory, whose gradients are the rows of G:
 * {@code min_x 1/2 ||x - g||^2} with {@code G x >= 0}. Its dual {@code min_v 1/2 v'GG'v + g'G'v} with {@code v >= gamma} has one
 * variable an earlier task; {@code x = G'v + g}. The margin gamma, 0 in the problem itself, lets steps favour the earlier tasks,
 * as in the authors' code; g stays as it is when no constraint is violated. We add nothing to the diagonal of GG'.
 */
public final class Gem implements Guard {
    private final GemOptions options;
    private final long seed;
    final GuardMath math = new GuardMath();
    private final TaskMemory memory;
    private Training training;
    private int task;
    private int step;

    public Gem(GemOptions options, long seed) {
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
        Random random = Seeds.random(seed, "gem of task " + task, step);
        List<NDArray> constraints = new ArrayList<>();
        for (List<Sequence> rows : memory.tasks()) {
            List<Sequence> some = options.sample() == 0 ? rows : Rows.sample(rows, options.sample(), random);
            constraints.add(math.flat(scope, training.gradients(scope, some, Objective.CROSS_ENTROPY)));
        }
        return math.cut(project(math, scope, math.flat(scope, gradients), constraints, options.margin()), gradients);
    }

    /** The nearest row to g that has no negative product with any constraint, all flat. */
    static NDArray project(GuardMath math, NDManager scope, NDArray g, List<NDArray> constraints, double margin) {
        int k = constraints.size();
        List<NDArray> rows = new ArrayList<>(constraints);
        rows.add(g);
        double[][] products = math.products(scope, rows);
        double[] along = Arrays.copyOf(products[k], k);
        if (Arrays.stream(along).noneMatch(product -> product < 0)) {
            return g;
        }
        double[] v = Arrays.copyOf(Cone.solve(Arrays.stream(products).limit(k).map(row -> Arrays.copyOf(row, k)).toArray(double[][]::new),
                along, margin), k + 1);
        v[k] = 1;
        return math.combine(scope, v, rows);
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
