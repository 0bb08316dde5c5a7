package craft.intervention;

import craft.lm.FloatTensor;
import craft.lm.Projection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Low-rank updates of projections, with or without experts; their tensors have names and shapes as {@link LoraSet#tensors()}
 * says.
 *
 * @param scale what B is multiplied by where it is used: alpha / r
 * @param layers ascending
 */
record LoraShape(int group, double scale, List<Integer> layers, List<Part> projections) implements AdapterShape {

    /** @param rows E r; @param experts E, 1 without a gate */
    record Part(Projection projection, int in, int out, int rows, int experts) {
        private boolean possible() {
            return projection != null && in >= 1 && out >= 1 && rows >= 1 && experts >= 1 && rows % experts == 0
                    && (long) rows * Math.max(in, out) <= Integer.MAX_VALUE;
        }
    }

    static LoraShape of(int group, LoraSet set) {
        List<Part> parts = new ArrayList<>();
        set.parts().forEach((projection, part) -> parts.add(new Part(projection, (int) part.a().shape()[2],
                (int) part.b().shape()[1], part.rows(), part.experts())));
        return new LoraShape(group, set.scale(), Arrays.stream(set.layers()).boxed().toList(), parts);
    }

    @Override
    public LoraSet adapter(GroupTensors tensors) {
        if (!Double.isFinite(scale) || layers == null || projections == null || layers.isEmpty() || projections.isEmpty()
                || layers.contains(null) || projections.contains(null) || !ascending()) {
            throw tensors.damaged("lacks its scale, its projections or its layers in ascending order");
        }
        if (tensors.floats("scale", 1)[0] != (float) scale) {
            throw tensors.damaged("has scale " + scale + ", and the tensor \"scale\" says otherwise");
        }
        Map<Projection, LoraSet.Part> parts = new EnumMap<>(Projection.class);
        for (Part part : projections) {
            if (!part.possible() || parts.containsKey(part.projection)) {
                throw tensors.damaged("has " + part + ", which is not possible");
            }
            parts.put(part.projection, new LoraSet.Part(stacked(tensors, part, "lora_A", part.rows, part.in),
                    stacked(tensors, part, "lora_B", part.out, part.rows),
                    part.experts == 1 ? null : stacked(tensors, part, "gate", part.experts, part.in)));
        }
        return new LoraSet(layers.stream().mapToInt(Integer::intValue).toArray(), scale, parts);
    }

    private boolean ascending() {
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i) < 0 || i > 0 && layers.get(i) <= layers.get(i - 1)) {
                return false;
            }
        }
        return true;
    }

    /** One array of all layers. Its size is only believed once every layer's tensor is there. */
    private FloatTensor stacked(GroupTensors tensors, Part part, String array, int rows, int columns) {
        List<float[]> all = new ArrayList<>();
        for (int layer : layers) {
            all.add(tensors.floats("layer." + layer + "." + part.projection.shortName() + "." + array, rows, columns));
        }
        float[] data = new float[Math.multiplyExact(all.size(), rows * columns)];
        for (int i = 0; i < all.size(); i++) {
            System.arraycopy(all.get(i), 0, data, i * rows * columns, rows * columns);
        }
        return new FloatTensor(new long[] {all.size(), rows, columns}, data);
    }
}
