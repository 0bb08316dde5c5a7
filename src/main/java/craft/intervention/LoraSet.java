package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.lm.FloatTensor;
import craft.lm.LowRankUpdates;
import craft.lm.LowRankUpdates.Update;
import craft.lm.Projection;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Low-rank updates of projections, y + scale B A x (Hu et al. 2022, LoRA, eq. 3), as plain numbers. With E > 1 experts
 * of rank r the matrices hold them side by side, see {@link LowRankUpdates}.
 *
 * @param layers the n blocks, 0-based, ascending
 * @param scale what B is multiplied by where it is used: alpha / r
 * @param parts the matrices of each projection, in the order of {@link Projection}
 */
public record LoraSet(int[] layers, double scale, Map<Projection, Part> parts) implements Adapter {
    /**
     * @param a A, {@code [n, E r, in]}
     * @param b B, {@code [n, out, E r]}
     * @param gate {@code [n, E, in]}, null with one expert
     */
    public record Part(FloatTensor a, FloatTensor b, FloatTensor gate) {
        public Part {
            if (a.shape()[0] != b.shape()[0] || a.shape()[1] != b.shape()[2]) {
                throw new IllegalArgumentException("A " + Arrays.toString(a.shape()) + " and B " + Arrays.toString(b.shape()));
            }
        }

        /** E. */
        public int experts() {
            return gate == null ? 1 : (int) gate.shape()[1];
        }

        /** E r: rows of A, columns of B. */
        public int rows() {
            return (int) a.shape()[1];
        }

        private long size() {
            return (long) a.data().length + b.data().length + (gate == null ? 0 : gate.data().length);
        }
    }

    public LoraSet {
        parts = Collections.unmodifiableMap(new EnumMap<>(parts));
    }

    @Override
    public LowRankUpdates on(NDManager owner) {
        Map<Projection, Update> updates = new EnumMap<>(Projection.class);
        parts.forEach((projection, part) -> {
            try (NDArray b = array(owner, part.b)) {
                updates.put(projection, new Update(array(owner, part.a), b.mul(scale),
                        part.gate == null ? null : array(owner, part.gate), part.experts()));
            }
        });
        return new LowRankUpdates(layers, updates);
    }

    private static NDArray array(NDManager owner, FloatTensor tensor) {
        return owner.create(tensor.data(), new Shape(tensor.shape()));
    }

    @Override
    public long parameters() {
        return parts.values().stream().mapToLong(Part::size).sum();
    }

    /**
     * {@code layer.<l>.<projection>.lora_A} {@code [E r, in]}, {@code .lora_B} {@code [out, E r]}, with experts {@code .gate}
     * {@code [E, in]}; and {@code scale} {@code [1]}.
     */
    @Override
    public Map<String, FloatTensor> tensors() {
        Map<String, FloatTensor> all = new LinkedHashMap<>();
        for (int i = 0; i < layers.length; i++) {
            int at = i;
            parts.forEach((projection, part) -> {
                String name = "layer." + layers[at] + "." + projection.shortName() + ".";
                all.put(name + "lora_A", row(part.a, at));
                all.put(name + "lora_B", row(part.b, at));
                if (part.gate != null) {
                    all.put(name + "gate", row(part.gate, at));
                }
            });
        }
        all.put("scale", new FloatTensor(new long[] {1}, new float[] {(float) scale}));
        return all;
    }

    private static FloatTensor row(FloatTensor stacked, int at) {
        long[] shape = stacked.shape();
        int size = (int) (shape[1] * shape[2]);
        return new FloatTensor(new long[] {shape[1], shape[2]}, Arrays.copyOfRange(stacked.data(), at * size, (at + 1) * size));
    }
}
