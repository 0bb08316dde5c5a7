package craft.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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
 * AdamW (Loshchilov and Hutter 2019) with clipping by the global norm, over a few parameter arrays. Holds the moments;
 * confined to one thread.
 */
public final class AdamW implements AutoCloseable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;

    private final NDManager manager = TorchThread.manager();
    private final ScriptModule script = ScriptModule.load(manager, "/craft/method/optimiser.py", Map.of());
    private final double weightDecay;
    private final double maxNorm;
    private List<NDArray> first;
    private List<NDArray> second;
    private int steps;

    public AdamW(double weightDecay, double maxGradientNorm) {
        this.weightDecay = weightDecay;
        this.maxNorm = maxGradientNorm;
    }

    /** @param parameters new values, owned by the manager of the first parameter; @param gradientNorm before clipping */
    public record Update(List<NDArray> parameters, double gradientNorm) {
    }

    /** One step. Neither parameters nor gradients are changed. */
    public Update step(List<NDArray> parameters, List<NDArray> gradients, double learningRate) {
        int n = parameters.size();
        if (first == null) {
            first = zeros(parameters);
            second = zeros(parameters);
        }
        steps++;
        NDManager scope = parameters.get(0).getManager();
        NDArray hyper = scope.create(new double[] {learningRate, BETA1, BETA2, EPSILON, weightDecay,
                1 - Math.pow(BETA1, steps), 1 - Math.pow(BETA2, steps), maxNorm});
        NDList out = script.call("adamw", hyper, new Tensors(parameters), new Tensors(gradients), new Tensors(first), new Tensors(second));
        double norm = out.get(0).getDouble();
        first = keep(first, out.subList(1 + n, 1 + 2 * n));
        second = keep(second, out.subList(1 + 2 * n, 1 + 3 * n));
        return new Update(List.copyOf(out.subList(1, 1 + n)), norm);
    }

    /** Moments and the number of steps. */
    public void save(State to) {
        to.put("steps", steps);
        if (first != null) {
            to.put("first", numbers(first));
            to.put("second", numbers(second));
        }
    }

    public void restore(State from) {
        steps = from.integer("steps");
        if (from.has("first")) {
            first = arrays(from.arrays("first"));
            second = arrays(from.arrays("second"));
        }
    }

    private static List<FloatTensor> numbers(List<NDArray> arrays) {
        return arrays.stream().map(a -> new FloatTensor(a.getShape().getShape(), a.toFloatArray())).toList();
    }

    private List<NDArray> arrays(List<FloatTensor> numbers) {
        return numbers.stream().map(n -> manager.create(n.data(), new Shape(n.shape()))).toList();
    }

    private List<NDArray> zeros(List<NDArray> like) {
        List<NDArray> zeros = new ArrayList<>();
        for (NDArray array : like) {
            zeros.add(manager.zeros(array.getShape()));
        }
        return zeros;
    }

    private List<NDArray> keep(List<NDArray> old, List<NDArray> fresh) {
        old.forEach(NDArray::close);
        fresh.forEach(array -> array.attach(manager));
        return List.copyOf(fresh);
    }

    @Override
    public void close() {
        manager.close();
    }
}
