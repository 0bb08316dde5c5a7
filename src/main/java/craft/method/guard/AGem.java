package craft.method.guard;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.method.NotFiniteException;
import craft.method.NotFiniteException.What;
import java.util.Random;

/**
 * Averaged gradient episodic memory (Chaudhry et al. 2019, "Efficient lifelong learning with A-GEM", eq. 11): the loss is the
 * new task's cross-entropy; its gradient g is projected when a step along it would raise the loss on a memory of earlier
 * tasks, whose gradient is g_ref: {@code g - (g.g_ref / g_ref.g_ref) g_ref} if {@code g.g_ref < 0}, else g. g_ref is that of the
 * mean cross-entropy of rows drawn anew for each step from the memory of all earlier tasks.
 */
public final class AGem extends MemoryGuard {
    private final AGemOptions options;

    public AGem(AGemOptions options, long seed) {
        super("a-gem", options.rows(), seed);
        this.options = options;
    }

    @Override
    NDArray project(NDManager scope, NDArray g, Random random) {
        NDArray earlier = gradient(scope, Rows.sample(memory.all(), options.sample(), random));
        NotFiniteException.require(What.GRADIENT, earlier.sum().getFloat()); // NaN is not below 0: it would project nothing
        return math.halfSpace(g, earlier);
    }
}
