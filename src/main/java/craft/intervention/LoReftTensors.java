package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.lm.Edits;
import craft.lm.FloatTensor;
import java.util.List;

/**
 * LoReFT interventions of n layers as native arrays, for computing. They belong to the managers of their arrays.
 *
 * @param layers the n layers, ascending
 * @param rotation R, {@code [n, r, d]}
 * @param weight W, {@code [n, r, d]}
 * @param bias b, {@code [n, r]}
 */
public record LoReftTensors(Positions positions, int[] layers, NDArray rotation, NDArray weight, NDArray bias) {

    /** Copies plain numbers into arrays of {@code owner}. */
    public static LoReftTensors of(NDManager owner, InterventionSet set) {
        List<NDArray> arrays = set.stacked().stream().map(t -> owner.create(t.data(), new Shape(t.shape()))).toList();
        return new LoReftTensors(set.positions(), set.layers(), arrays.get(0), arrays.get(1), arrays.get(2));
    }

    /** The numbers, out of native memory. */
    public InterventionSet toSet() {
        return InterventionSet.of(positions, layers, arrays().stream()
                .map(a -> new FloatTensor(a.getShape().getShape(), a.toFloatArray())).toList());
    }

    LoReftTensors withRotation(NDArray newRotation) {
        return new LoReftTensors(positions, layers, newRotation, weight, bias);
    }

    /** R^T (W h + b - R h) as the model's low-rank edit: up = R, down = W - R. Differentiable in all three. */
    public Edits edits() {
        return new Edits(layers, positions, weight.sub(rotation), bias, rotation);
    }

    /** The three arrays, in the order rotation, weight, bias. */
    public List<NDArray> arrays() {
        return List.of(rotation, weight, bias);
    }
}
