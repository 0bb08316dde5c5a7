package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.lm.ScriptModule;
import java.util.List;
import java.util.Random;

/**
 * A form that learns a subspace R and a constant b in it and reads nothing else of the hidden state.
 *
 * <p>ConsReFT's mean is not of its form: of two projections the mean is none. The nearest ConsReFT has a closed form: with
 * P = R^T R the distance to a mean {@code [M | c]} is smallest where trace(P G) is largest, G = -(M + M^T) + c c^T, so the
 * rows of R are the r leading eigenvectors of G, and b = R c. LobiReFT's mean is the constant c, which is met exactly by
 * every R whose rows span it; the rest of R are the leading directions of the mean projection.
 *
 * @param replacing takes away R h, what the subspace held before
 */
record SubspaceForm(boolean replacing) implements Form {

    @Override
    public List<String> arrays() {
        return List.of(ROTATION, BIAS);
    }

    @Override
    public boolean orthonormal() {
        return true;
    }

    /** A constant in place of what was there always changes it; no bias at all does not. */
    @Override
    public boolean canBeIdentity() {
        return !replacing;
    }

    /** R at random, b uniform in [0, 1) as {@code torch.rand}, or 0 as the identity. */
    @Override
    public List<float[]> start(int rank, int width, boolean identity, Random random) {
        return List.of(LoReftStart.orthonormalRows(rank, width, random),
                identity ? new float[rank] : LoReftStart.uniform(rank, 0.5, 0.5, random));
    }

    @Override
    public NDArray down(List<NDArray> arrays) {
        return replacing ? arrays.get(0).neg() : arrays.get(0).zerosLike();
    }

    @Override
    public List<NDArray> merge(ScriptModule script, NDManager step, double alpha, List<NDArray> first, List<NDArray> second) {
        return List.copyOf(script.call("merge_subspaces", step.create(alpha), step.create(replacing ? 1.0 : 0.0), first.get(0),
                first.get(1), second.get(0), second.get(1)));
    }
}
