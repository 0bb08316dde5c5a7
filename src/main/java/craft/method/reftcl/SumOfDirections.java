package craft.method.reftcl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.intervention.InterventionSet;
import craft.lm.Adaptation;
import craft.lm.Edits;
import craft.lm.FloatTensor;
import craft.method.reft.LoReftTrainable;
import craft.method.train.Trainable;
import java.util.ArrayList;
import java.util.List;

/**
 * A new task's edit on top of the frozen directions of earlier ones. Parameters: the new edit's arrays and, if they are
 * trained, the earlier tasks' scalars {@code [t - 1]}.
 */
final class SumOfDirections implements Trainable, AutoCloseable {
    private final NDManager owner;
    private final LoReftTrainable newest;
    private final int arrays;
    private final boolean trainScalars;
    private final NDArray up;
    private final NDArray down;
    private final NDArray bias;

    /** @param owner closed with this; @param arrays how many the new edit has */
    SumOfDirections(NDManager owner, LoReftTrainable newest, int arrays, Directions earlier, boolean trainScalars) {
        this.owner = owner;
        this.newest = newest;
        this.arrays = arrays;
        this.trainScalars = trainScalars;
        int t = earlier.tasks();
        int n = (int) earlier.up().shape()[0];
        int r = (int) earlier.up().shape()[1] / t;
        int d = (int) earlier.up().shape()[2];
        this.up = owner.create(earlier.up().data(), new Shape(earlier.up().shape()));
        List<FloatTensor> others = trainScalars ? List.of(earlier.down(), earlier.bias()) : earlier.scaled();
        this.down = owner.create(others.get(0).data(), new Shape(n, t, r, d));
        this.bias = owner.create(others.get(1).data(), new Shape(n, t, r));
    }

    @Override
    public Adaptation adaptation(List<NDArray> parameters) {
        Edits own = (Edits) newest.adaptation(parameters.subList(0, arrays));
        long n = down.getShape().get(0);
        long rows = down.getShape().get(1) * down.getShape().get(2);
        NDArray earlierDown = down;
        NDArray earlierBias = bias;
        if (trainScalars) { // the product belongs to its first operand's manager, the step
            NDArray scalars = parameters.get(arrays);
            earlierDown = scalars.reshape(1, -1, 1, 1).mul(down);
            earlierBias = scalars.reshape(1, -1, 1).mul(bias);
        }
        NDManager step = own.up().getManager();
        return new Edits(own.layers(), own.parts(), own.positions(),
                own.down().concat(shaped(step, earlierDown, n, rows, down.getShape().get(3)), 1),
                own.bias().concat(shaped(step, earlierBias, n, rows), 1), own.up().concat(up, 1));
    }

    private static NDArray shaped(NDManager step, NDArray array, long... shape) {
        NDArray shaped = array.reshape(shape);
        shaped.attach(step);
        return shaped;
    }

    @Override
    public List<NDArray> retract(List<NDArray> parameters) {
        List<NDArray> all = new ArrayList<>(newest.retract(parameters.subList(0, arrays)));
        all.addAll(parameters.subList(arrays, parameters.size()));
        return all;
    }

    /** The new edit alone. */
    @Override
    public InterventionSet adapter(List<FloatTensor> values) {
        return newest.adapter(values.subList(0, arrays));
    }

    @Override
    public void close() {
        owner.close();
    }
}
