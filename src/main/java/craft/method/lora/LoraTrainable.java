package craft.method.lora;

import ai.djl.ndarray.NDArray;
import craft.intervention.LoraSet;
import craft.intervention.LoraSet.Part;
import craft.lm.Adaptation;
import craft.lm.FloatTensor;
import craft.lm.LowRankUpdates;
import craft.lm.LowRankUpdates.Update;
import craft.lm.ModelConfig;
import craft.lm.Projection;
import craft.lm.Scaled;
import craft.method.train.Trainable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * LoRA's matrices as parameters: for each projection, in their order, A {@code [n, E r, in]}, B {@code [n, out, E r]} and,
 * with E > 1 experts, the gate {@code [n, E, in]}, of n layers.
 *
 * @param scale alpha / r, part of what is computed and not of B
 * @param experts E
 */
public record LoraTrainable(int[] layers, List<Projection> projections, int rank, double scale, int experts) implements Trainable {
    public LoraTrainable {
        projections = List.copyOf(projections);
    }

    /** @param option path of the options, for messages */
    public static LoraTrainable of(LoraOptions options, ModelConfig config, int experts, String option) {
        return new LoraTrainable(options.layersOf(config, option), options.projectionsOf(config, option), options.rank(),
                options.scale(), experts);
    }

    /**
     * Values to begin with: A and the gate uniform in +-1 / sqrt(in), which is the authors' code's Kaiming-uniform with
     * a = sqrt(5); B = 0, so that nothing is changed at first.
     */
    public List<FloatTensor> fresh(ModelConfig config, Random random) {
        List<FloatTensor> values = new ArrayList<>();
        int rows = experts * rank;
        for (Projection projection : projections) {
            int in = projection.in(config);
            int out = projection.out(config);
            values.add(uniform(random, in, layers.length, rows, in));
            values.add(new FloatTensor(new long[] {layers.length, out, rows}, new float[layers.length * out * rows]));
            if (experts > 1) {
                values.add(uniform(random, in, layers.length, experts, in));
            }
        }
        return values;
    }

    private static FloatTensor uniform(Random random, int in, int... shape) {
        float[] values = new float[shape[0] * shape[1] * shape[2]];
        double bound = 1 / Math.sqrt(in);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return new FloatTensor(new long[] {shape[0], shape[1], shape[2]}, values);
    }

    /** How many arrays each projection has. */
    private int each() {
        return experts > 1 ? 3 : 2;
    }

    @Override
    public Adaptation adaptation(List<NDArray> parameters) {
        Map<Projection, Update> updates = new EnumMap<>(Projection.class);
        for (int p = 0; p < projections.size(); p++) {
            List<NDArray> own = parameters.subList(p * each(), (p + 1) * each());
            updates.put(projections.get(p), new Update(own.get(0), Scaled.of(own.get(1), scale), experts > 1 ? own.get(2) : null, experts));
        }
        return new LowRankUpdates(layers, updates);
    }

    @Override
    public LoraSet adapter(List<FloatTensor> values) {
        Map<Projection, Part> parts = new EnumMap<>(Projection.class);
        for (int p = 0; p < projections.size(); p++) {
            List<FloatTensor> own = values.subList(p * each(), (p + 1) * each());
            parts.put(projections.get(p), new Part(own.get(0), own.get(1), experts > 1 ? own.get(2) : null));
        }
        return new LoraSet(layers, scale, parts);
    }
}
