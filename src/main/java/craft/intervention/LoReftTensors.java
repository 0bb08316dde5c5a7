package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.lm.Edits;
import craft.lm.FloatTensor;
import java.util.List;

/**
 * LoReFT interventions, or their relatives, of n sites as native arrays, for computing. They belong to the managers of
 * their arrays.
 *
 * @param arrays one for each name of {@link ReftForm#arrays()}, {@code [n, r, d]}, the bias {@code [n, r]}
 */
public record LoReftTensors(Placement placement, List<NDArray> arrays) {
    public LoReftTensors {
        arrays = List.copyOf(arrays);
    }

    /** Copies plain numbers into arrays of {@code owner}. */
    public static LoReftTensors of(NDManager owner, InterventionSet set) {
        return new LoReftTensors(set.placement(),
                set.stacked().stream().map(t -> owner.create(t.data(), new Shape(t.shape()))).toList());
    }

    /** The numbers, out of native memory. */
    public InterventionSet toSet() {
        return InterventionSet.of(placement,
                arrays.stream().map(a -> new FloatTensor(a.getShape().getShape(), a.toFloatArray())).toList());
    }

    /** The first array, {@code [n, r, d]}: R, or W2 where the form has no R. */
    public NDArray rotation() {
        return arrays.get(0);
    }

    /** The model's low-rank edit, for LoReFT with up = R and down = W - R. Differentiable in all arrays. */
    public Edits edits() {
        return new Edits(placement.layers(), placement.parts(), placement.positions(), placement.form().down(arrays),
                arrays.get(arrays.size() - 1), arrays.get(0));
    }
}
