package craft.method.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.lm.CausalLm.Direction;
import java.util.List;

/**
 * What one step minimises: cross-entropy, plus an anchor's divergence, plus a penalty on the parameters; and what becomes
 * of the gradient before the optimiser sees it. Every part but cross-entropy may be null.
 */
public record Objective(Anchor anchor, Penalty penalty, GradientRule rule) {
    /** Cross-entropy alone. */
    public static final Objective CROSS_ENTROPY = new Objective(null, null, null);

    public static Objective anchored(Anchor anchor) {
        return new Objective(anchor, null, null);
    }

    /** lambda times the divergence between a frozen reference and the model being trained, on the step's own batch. */
    public record Anchor(ReferenceStates reference, Direction direction, double temperature, double lambda) {
    }

    /** A term of the loss that depends on the parameters alone, its weight included. */
    @FunctionalInterface
    public interface Penalty {
        /** @param parameters with gradients on; @return a 0-d array */
        NDArray of(NDManager step, List<NDArray> parameters);
    }

    /** Changes the gradient of the whole loss, for example projects it. */
    @FunctionalInterface
    public interface GradientRule {
        /** @return as many arrays of the same shapes, owned by {@code step} */
        List<NDArray> change(NDManager step, List<NDArray> parameters, List<NDArray> gradients);
    }
}
