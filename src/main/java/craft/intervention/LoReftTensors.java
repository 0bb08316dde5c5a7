package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.lm.Edits;
import java.util.ArrayList;
import java.util.Arrays;
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
        List<LoReft> sites = set.sites();
        int n = sites.size();
        int r = sites.get(0).rank();
        int d = sites.get(0).width();
        float[] rotation = new float[n * r * d];
        float[] weight = new float[n * r * d];
        float[] bias = new float[n * r];
        for (int i = 0; i < n; i++) {
            System.arraycopy(sites.get(i).rotation(), 0, rotation, i * r * d, r * d);
            System.arraycopy(sites.get(i).weight(), 0, weight, i * r * d, r * d);
            System.arraycopy(sites.get(i).bias(), 0, bias, i * r, r);
        }
        return new LoReftTensors(set.positions(), sites.stream().mapToInt(LoReft::layer).toArray(),
                owner.create(rotation, new Shape(n, r, d)), owner.create(weight, new Shape(n, r, d)),
                owner.create(bias, new Shape(n, r)));
    }

    /** The numbers, out of native memory. */
    public InterventionSet toSet() {
        int r = (int) rotation.getShape().get(1);
        int d = (int) rotation.getShape().get(2);
        float[] allRotation = rotation.toFloatArray();
        float[] allWeight = weight.toFloatArray();
        float[] allBias = bias.toFloatArray();
        List<LoReft> sites = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            sites.add(new LoReft(layers[i], r, d, Arrays.copyOfRange(allRotation, i * r * d, (i + 1) * r * d),
                    Arrays.copyOfRange(allWeight, i * r * d, (i + 1) * r * d), Arrays.copyOfRange(allBias, i * r, (i + 1) * r)));
        }
        return new InterventionSet(positions, sites);
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
