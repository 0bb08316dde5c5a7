package craft.method.reftcl;

import ai.djl.ndarray.NDManager;
import craft.intervention.InterventionSet;
import craft.intervention.Placement;
import craft.intervention.ReftForm;
import craft.lm.Edits;
import craft.lm.FloatTensor;
import java.util.Arrays;
import java.util.List;

/**
 * The edits of t tasks side by side, each {@code h + up^T (down h + bias)} at n sites, scaled so that all its sites together
 * have length 1: the Frobenius norm of {@code up^T [down | bias]} over all sites. Task i counts {@code scalars[i]}. Plain
 * numbers.
 *
 * @param up {@code [n, t r, d]}
 * @param down {@code [n, t r, d]}
 * @param bias {@code [n, t r]}
 * @param scalars {@code [t]}
 */
record Directions(FloatTensor up, FloatTensor down, FloatTensor bias, FloatTensor scalars) {

    static Directions of(List<FloatTensor> arrays) {
        return new Directions(arrays.get(0), arrays.get(1), arrays.get(2), arrays.get(3));
    }

    List<FloatTensor> arrays() {
        return List.of(up, down, bias, scalars);
    }

    int tasks() {
        return scalars.data().length;
    }

    Directions withScalars(FloatTensor others) {
        return new Directions(up, down, bias, others);
    }

    /** A task's edit as its direction and its length, which becomes its scalar: together they are the same edit. */
    static Directions split(InterventionSet set, NDManager scope) {
        Edits edits = set.on(scope);
        float[] up = edits.up().toFloatArray();
        float[] down = edits.down().toFloatArray();
        float[] bias = edits.bias().toFloatArray();
        long[] shape = edits.up().getShape().getShape();
        double length = length((int) shape[0], (int) shape[1], (int) shape[2], up, down, bias);
        float share = (float) (length == 0 ? 0 : 1 / length);
        return new Directions(new FloatTensor(shape, up), new FloatTensor(shape, times(down, share)),
                new FloatTensor(edits.bias().getShape().getShape(), times(bias, share)),
                new FloatTensor(new long[] {1}, new float[] {(float) length}));
    }

    /** |U^T A|^2 = sum of the products of (U U^T) and (A A^T), entry by entry. */
    private static double length(int n, int r, int d, float[] up, float[] down, float[] bias) {
        double sum = 0;
        for (int s = 0; s < n; s++) {
            for (int i = 0; i < r; i++) {
                for (int j = 0; j < r; j++) {
                    double ups = 0;
                    double downs = (double) bias[s * r + i] * bias[s * r + j];
                    for (int k = 0; k < d; k++) {
                        ups += (double) up[(s * r + i) * d + k] * up[(s * r + j) * d + k];
                        downs += (double) down[(s * r + i) * d + k] * down[(s * r + j) * d + k];
                    }
                    sum += ups * downs;
                }
            }
        }
        return Math.sqrt(Math.max(0, sum));
    }

    private static float[] times(float[] values, float factor) {
        float[] product = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            product[i] = values[i] * factor;
        }
        return product;
    }

    /** These tasks and then those of {@code next}. */
    Directions and(Directions next) {
        return new Directions(beside(up, next.up), beside(down, next.down), beside(bias, next.bias), joined(scalars, next.scalars));
    }

    private static FloatTensor joined(FloatTensor a, FloatTensor b) {
        float[] all = Arrays.copyOf(a.data(), a.data().length + b.data().length);
        System.arraycopy(b.data(), 0, all, a.data().length, b.data().length);
        return new FloatTensor(new long[] {all.length}, all);
    }

    /** Joined along the second axis. */
    private static FloatTensor beside(FloatTensor a, FloatTensor b) {
        int n = (int) a.shape()[0];
        int first = a.data().length / n;
        int second = b.data().length / n;
        float[] all = new float[n * (first + second)];
        for (int s = 0; s < n; s++) {
            System.arraycopy(a.data(), s * first, all, s * (first + second), first);
            System.arraycopy(b.data(), s * second, all, s * (first + second) + first, second);
        }
        long[] shape = a.shape().clone();
        shape[1] += b.shape()[1];
        return new FloatTensor(shape, all);
    }

    /** {@code down} and {@code bias} with each task's scalar in them. */
    List<FloatTensor> scaled() {
        return List.of(scaled(down), scaled(bias));
    }

    private FloatTensor scaled(FloatTensor array) {
        int t = tasks();
        int part = array.data().length / ((int) array.shape()[0] * t); // numbers of one task at one site
        float[] scaled = array.data().clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= scalars.data()[i / part % t];
        }
        return new FloatTensor(array.shape(), scaled);
    }

    /** The sum as one edit of rank t r without constraints: NoDiReFT, {@code h + W2^T (W1 h + b)}. */
    InterventionSet sum(Placement sites) {
        List<FloatTensor> scaled = scaled();
        return InterventionSet.of(new Placement(ReftForm.NODIREFT, sites.positions(), sites.layers(), sites.parts()),
                List.of(up, scaled.get(0), scaled.get(1)));
    }
}
