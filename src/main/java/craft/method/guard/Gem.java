package craft.method.guard;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.lm.Sequence;
import craft.method.NotFiniteException;
import craft.method.NotFiniteException.What;
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
public final class Gem extends MemoryGuard {
    private final GemOptions options;

    public Gem(GemOptions options, long seed) {
        super("gem", options.rows(), seed);
        this.options = options;
    }

    @Override
    NDArray project(NDManager scope, NDArray g, Random random) {
        List<NDArray> constraints = new ArrayList<>();
        for (List<Sequence> rows : memory.tasks()) {
            constraints.add(gradient(scope, options.sample() == 0 ? rows : Rows.sample(rows, options.sample(), random)));
        }
        return project(math, scope, g, constraints, options.margin());
    }

    /** The nearest row to g that has no negative product with any constraint, all flat. */
    static NDArray project(GuardMath math, NDManager scope, NDArray g, List<NDArray> constraints, double margin) {
        int k = constraints.size();
        List<NDArray> rows = new ArrayList<>(constraints);
        rows.add(g);
        double[][] products = math.products(scope, rows);
        double[] along = Arrays.copyOf(products[k], k);
        for (int i = 0; i <= k; i++) { // NaN is not below 0: a constraint that is none would count as kept
            NotFiniteException.require(What.GRADIENT, products[i][i]);
        }
        if (Arrays.stream(along).noneMatch(product -> product < 0)) {
            return g;
        }
        double[] v = Arrays.copyOf(Cone.solve(Arrays.stream(products).limit(k).map(row -> Arrays.copyOf(row, k)).toArray(double[][]::new),
                along, margin), k + 1);
        v[k] = 1;
        return math.combine(scope, v, rows);
    }
}
