package craft.method.guard;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.lm.FloatTensor;
import craft.lm.ScriptModule;
import craft.lm.ScriptModule.Tensors;
import craft.lm.TorchThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The arithmetic of guards on parameters and gradients, each a few arrays; flat: all numbers of such a list as one row
 * {@code [P]}. Holds what guards keep in native memory. Confined to one thread.
 */
final class GuardMath implements AutoCloseable {
    private final NDManager manager = TorchThread.manager();
    private final ScriptModule script = ScriptModule.load(manager, "/craft/method/guards.py", Map.of());

    /** Arrays that live until they are closed, or this is. */
    List<NDArray> own(List<FloatTensor> values) {
        return values.stream().map(v -> manager.create(v.data(), new Shape(v.shape()))).toList();
    }

    /** {@code array} itself, which now lives until it is closed, or this is. */
    NDArray own(NDArray array) {
        array.attach(manager);
        return array;
    }

    /** Arrays kept beyond a step, of which there must not be more after each. */
    int ownArrays() {
        return manager.getManagedArrays().size();
    }

    static List<FloatTensor> numbers(List<NDArray> arrays) {
        return arrays.stream().map(a -> new FloatTensor(a.getShape().getShape(), a.toFloatArray())).toList();
    }

    static long bytes(List<NDArray> arrays) {
        return arrays.stream().mapToLong(a -> Float.BYTES * a.size()).sum();
    }

    /** scale / 2 * sum_i w_i (p_i - a_i)^2, 0-d, differentiable in p. */
    NDArray quadratic(NDManager step, double scale, List<NDArray> p, List<NDArray> a, List<NDArray> w) {
        return script.call("quadratic", step.create((float) scale), new Tensors(p), new Tensors(a), new Tensors(w)).singletonOrThrow();
    }

    /** scale / 2 * sum_i (p_i - a_i)^2, 0-d, differentiable in p. */
    NDArray distance(NDManager step, double scale, List<NDArray> p, List<NDArray> a) {
        return script.call("distance", step.create((float) scale), new Tensors(p), new Tensors(a)).singletonOrThrow();
    }

    /** f + scale g^2, number by number. */
    List<NDArray> addSquares(NDManager step, double scale, List<NDArray> f, List<NDArray> g) {
        return List.copyOf(script.call("add_squares", step.create((float) scale), new Tensors(f), new Tensors(g)));
    }

    /** decay f + g, number by number. */
    List<NDArray> decayedSum(NDManager step, double decay, List<NDArray> f, List<NDArray> g) {
        return List.copyOf(script.call("decayed_sum", step.create((float) decay), new Tensors(f), new Tensors(g)));
    }

    NDArray flat(NDManager step, List<NDArray> arrays) {
        return script.call("flat", step.create(0f), new Tensors(arrays)).singletonOrThrow();
    }

    /** A flat row in the shapes of {@code like}. */
    List<NDArray> cut(NDArray row, List<NDArray> like) {
        return List.copyOf(script.call("cut", row, new Tensors(like)));
    }

    /** g - (g.m / m.m) m if g.m is negative, else g; both flat. */
    NDArray halfSpace(NDArray g, NDArray m) {
        return script.call("half_space", g, m).singletonOrThrow();
    }

    /** Inner products of k flat rows, {@code [k][k]}. */
    double[][] products(NDManager step, List<NDArray> rows) {
        double[] flat = script.call("products", step.create(0f), new Tensors(rows)).singletonOrThrow().toDoubleArray();
        int k = rows.size();
        double[][] products = new double[k][k];
        for (int i = 0; i < k; i++) {
            System.arraycopy(flat, i * k, products[i], 0, k);
        }
        return products;
    }

    /** sum_i v_i rows_i. */
    NDArray combine(NDManager step, double[] v, List<NDArray> rows) {
        return script.call("combine", step.create(v), new Tensors(rows)).singletonOrThrow();
    }

    /** g without its part in the span of the bases, each {@code [n, P]} of orthonormal rows. */
    NDArray orthogonal(NDArray g, List<NDArray> bases) {
        return script.call("orthogonal", g, new Tensors(bases)).singletonOrThrow();
    }

    /** Orthonormal rows {@code [n, P]} that span what {@code rows} add to the span of {@code bases}; n may be 0. */
    NDArray basis(NDManager step, List<NDArray> rows, List<NDArray> bases) {
        List<NDArray> known = new ArrayList<>(bases);
        if (known.isEmpty()) { // a script takes no empty list
            known.add(step.zeros(new Shape(1, rows.get(0).size())));
        }
        return script.call("basis", step.create(0f), new Tensors(rows), new Tensors(known)).singletonOrThrow();
    }

    @Override
    public void close() {
        manager.close();
    }
}
