package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** Reads the weights of a folder as float32 arrays, in the order of its {@link WeightPlan}. */
final class DecoderWeights {
    private DecoderWeights() {
    }

    static List<NDArray> read(ModelFolder files, NDManager owner) {
        return WeightPlan.of(files.config()).places().stream().map(weight -> array(weight, files, owner)).toList();
    }

    private static NDArray array(Weight weight, ModelFolder files, NDManager owner) {
        if (weight.numbers() != null) {
            return owner.create(weight.numbers(), new Shape(weight.numbers().length));
        }
        try (NDManager scope = owner.newSubManager()) {
            NDArray joined = null;
            for (Weight.Tensor tensor : weight.tensors()) {
                NDArray part = scope.create(files.floats(tensor.name()), new Shape(tensor.shape()));
                joined = joined == null ? part : joined.concat(part, 0);
            }
            // Copied, since a view reads memory that an array made from Java's numbers gives back when it is closed.
            NDArray array = weight.transposed() ? joined.transpose().duplicate() : joined;
            array.attach(owner);
            return array;
        }
    }
}
