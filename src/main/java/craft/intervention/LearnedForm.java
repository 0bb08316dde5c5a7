package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.lm.ScriptModule;
import java.util.List;
import java.util.Random;

/**
 * A form with a learned source W h + b, written into the hidden state by R or W2. Its edits are all affine ones of rank at
 * most r, so that the best rank-r form of a mean, from a thin SVD, is one of them.
 *
 * @param orthonormal R with orthonormal rows, else any W2
 * @param replacing takes away R h (or W2 h), what the subspace held before
 */
record LearnedForm(boolean orthonormal, boolean replacing) implements Form {

    @Override
    public List<String> arrays() {
        return List.of(orthonormal ? ROTATION : PROJECTION, WEIGHT, BIAS);
    }

    @Override
    public boolean canBeIdentity() {
        return true;
    }

    /** R at random or W2, W and b uniform in +-1/sqrt(d); as the identity: W = R (W1 = W2) or W = 0, and b = 0. */
    @Override
    public List<float[]> start(int rank, int width, boolean identity, Random random) {
        double bound = 1 / Math.sqrt(width);
        float[] up = orthonormal ? LoReftStart.orthonormalRows(rank, width, random)
                : LoReftStart.uniform(rank * width, 0, bound, random);
        if (identity) {
            return List.of(up, replacing ? up.clone() : new float[rank * width], new float[rank]);
        }
        return List.of(up, LoReftStart.uniform(rank * width, 0, bound, random),
                LoReftStart.uniform(rank, 0, bound, random));
    }

    @Override
    public NDArray down(List<NDArray> arrays) {
        return replacing ? arrays.get(1).sub(arrays.get(0)) : arrays.get(1);
    }

    @Override
    public List<NDArray> merge(ScriptModule script, NDManager step, double alpha, List<NDArray> first, List<NDArray> second) {
        return List.copyOf(script.call("merge", step.create(alpha), step.create(replacing ? 1.0 : 0.0), first.get(0),
                down(first), first.get(2), second.get(0), down(second), second.get(2)));
    }
}
