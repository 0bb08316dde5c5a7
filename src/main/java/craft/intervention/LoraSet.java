package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.lm.FloatTensor;
import craft.lm.LowRankUpdates;
import craft.lm.LowRankUpdates.Update;
import craft.lm.Projection;
import craft.lm.Scaled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
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
                updates.put(projection, new Update(array(owner, part.a), Scaled.of(b, scale),
                        part.gate == null ? null : array(owner, part.gate), part.experts()));
            }
        });
        return new LowRankUpdates(layers, updates);
    }

    private static NDArray array(NDManager owner, FloatTensor tensor) {
        return owner.create(tensor.data(), new Shape(tensor.shape()));
    }

    /** A, B and the gate if there is one of each projection in turn, stacked over the layers. */
    public List<FloatTensor> stacked() {
        List<FloatTensor> all = new ArrayList<>();
        parts.values().forEach(part -> {
            all.add(part.a);
            all.add(part.b);
            if (part.gate != null) {
                all.add(part.gate);
            }
        });
        return all;
    }

    /**
     * (1 - alpha) first + alpha second as updates: (1 - alpha) B_1 A_1 + alpha B_2 A_2 is the one update with [A_1; A_2] and
     * [(1 - alpha) B_1, alpha B_2], whose rank is the sum of theirs. Exact.
     *
     * @throws IllegalArgumentException when the two have other layers, projections or scales, or experts
     */
    public static LoraSet mean(LoraSet first, LoraSet second, double alpha) {
        return combined(first, 1 - alpha, second, alpha);
    }

    /** first + second as one update, likewise. */
    public static LoraSet sum(LoraSet first, LoraSet second) {
        return combined(first, 1, second, 1);
    }

    private static LoraSet combined(LoraSet first, double w1, LoraSet second, double w2) {
        if (!Arrays.equals(first.layers, second.layers) || first.scale != second.scale || !first.parts.keySet().equals(second.parts.keySet())
                || first.parts.values().stream().anyMatch(p -> p.gate != null) || second.parts.values().stream().anyMatch(p -> p.gate != null)) {
            throw new IllegalArgumentException("updates of different projections cannot be added");
        }
        Map<Projection, Part> parts = new EnumMap<>(Projection.class);
        first.parts.forEach((projection, one) -> parts.put(projection, beside(one, w1, second.parts.get(projection), w2)));
        return new LoraSet(first.layers, first.scale, parts);
    }

    /** [A_1; A_2] and [w_1 B_1, w_2 B_2] of every layer. */
    private static Part beside(Part one, double w1, Part two, double w2) {
        int n = (int) one.a.shape()[0];
        int in = (int) one.a.shape()[2];
        int out = (int) one.b.shape()[1];
        int r1 = one.rows();
        int r2 = two.rows();
        float[] a = new float[n * (r1 + r2) * in];
        float[] b = new float[n * out * (r1 + r2)];
        for (int i = 0; i < n; i++) {
            System.arraycopy(one.a.data(), i * r1 * in, a, i * (r1 + r2) * in, r1 * in);
            System.arraycopy(two.a.data(), i * r2 * in, a, (i * (r1 + r2) + r1) * in, r2 * in);
            for (int o = 0; o < out; o++) {
                int row = i * out + o;
                for (int j = 0; j < r1 + r2; j++) {
                    b[row * (r1 + r2) + j] = (float) (j < r1 ? w1 * one.b.data()[row * r1 + j] : w2 * two.b.data()[row * r2 + j - r1]);
                }
            }
        }
        return new Part(new FloatTensor(new long[] {n, r1 + r2, in}, a), new FloatTensor(new long[] {n, out, r1 + r2}, b), null);
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
