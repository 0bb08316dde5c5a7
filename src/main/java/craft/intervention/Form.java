package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.lm.ScriptModule;
import java.util.List;
import java.util.Random;

/** What one form of intervention is: its arrays, stacked over n sites where they are native, and what can be done with them. */
interface Form {
    String ROTATION = "rotation";
    String PROJECTION = "projection";
    String WEIGHT = "weight";
    String BIAS = "bias";

    /** See {@link ReftForm#arrays()}. */
    List<String> arrays();

    boolean orthonormal();

    boolean canBeIdentity();

    /** Fresh values of one site, as pyreft's layers start. */
    List<float[]> start(int rank, int width, boolean identity, Random random);

    /** {@code [n, r, d]}, differentiable in the arrays; the edit is {@code h + first^T (down h + last)}. */
    NDArray down(List<NDArray> arrays);

    /**
     * The mean (1 - alpha) first + alpha second of two edits as functions: what of this form is nearest to it in the
     * Frobenius norm of {@code [M | c]}, the edit being {@code M h + c}.
     */
    List<NDArray> merge(ScriptModule script, NDManager step, double alpha, List<NDArray> first, List<NDArray> second);
}
