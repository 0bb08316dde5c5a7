package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Weights of a Llama-family folder in the order of {@code decoder.py}, as float32 arrays. */
final class DecoderWeights {
    /** Weights that every family has in each layer; the extra ones follow them. */
    private static final int COMMON = 6;

    /** Weights of a layer that only some families have, in their order. */
    private enum Extra {
        QKV_BIAS("qkvBias", "self_attn.q_proj.bias", "self_attn.k_proj.bias", "self_attn.v_proj.bias"),
        OUTPUT_BIAS("outputBias", "self_attn.o_proj.bias"),
        GATE_UP_BIAS("gateUpBias", "mlp.gate_proj.bias", "mlp.up_proj.bias"),
        DOWN_BIAS("downBias", "mlp.down_proj.bias"),
        QUERY_NORM("queryNorm", "self_attn.q_norm.weight"),
        KEY_NORM("keyNorm", "self_attn.k_norm.weight");

        final String mark;
        final List<String> names;

        Extra(String mark, String... names) {
            this.mark = mark;
            this.names = List.of(names);
        }

        boolean in(ModelConfig c) {
            return switch (this) {
                case QKV_BIAS -> c.qkvBias();
                case OUTPUT_BIAS -> c.outputBias();
                case GATE_UP_BIAS, DOWN_BIAS -> c.mlpBias();
                case QUERY_NORM, KEY_NORM -> c.qkNorm();
            };
        }
    }

    private DecoderWeights() {
    }

    /** Where {@code decoder.py} finds the extra weights, by the text's marks; "None" for those that are not there. */
    static Map<String, String> places(ModelConfig c) {
        Map<String, String> places = new HashMap<>();
        int next = COMMON;
        for (Extra extra : Extra.values()) {
            places.put(extra.mark, extra.in(c) ? "w[torch.add(at, " + next++ + ")]" : "None");
        }
        places.put("weightsALayer", "" + next);
        return places;
    }

    static List<NDArray> read(ModelFolder files, NDManager owner) {
        ModelConfig c = files.config();
        int d = c.hiddenSize();
        List<NDArray> w = new ArrayList<>();
        NDArray embedding = matrix(files, owner, d, "model.embed_tokens.weight");
        w.add(embedding);
        w.add(vector(files, owner, List.of("model.norm.weight")));
        w.add(c.tied() ? embedding : matrix(files, owner, d, "lm_head.weight"));
        w.add(inverseFrequencies(c, owner));
        for (int i = 0; i < c.layers(); i++) {
            String layer = "model.layers." + i + ".";
            w.add(vector(files, owner, List.of(layer + "input_layernorm.weight")));
            w.add(matrix(files, owner, d, layer + "self_attn.q_proj.weight", layer + "self_attn.k_proj.weight",
                    layer + "self_attn.v_proj.weight"));
            w.add(matrix(files, owner, c.queryWidth(), layer + "self_attn.o_proj.weight"));
            w.add(vector(files, owner, List.of(layer + "post_attention_layernorm.weight")));
            w.add(matrix(files, owner, d, layer + "mlp.gate_proj.weight", layer + "mlp.up_proj.weight"));
            w.add(matrix(files, owner, c.intermediateSize(), layer + "mlp.down_proj.weight"));
            for (Extra extra : Extra.values()) {
                if (extra.in(c)) {
                    w.add(vector(files, owner, extra.names.stream().map(name -> layer + name).toList()));
                }
            }
        }
        return w;
    }

    /** Vectors one after the other. */
    private static NDArray vector(ModelFolder files, NDManager owner, List<String> names) {
        float[] joined = new float[0];
        for (String name : names) {
            float[] part = files.floats(name);
            int at = joined.length;
            joined = Arrays.copyOf(joined, at + part.length);
            System.arraycopy(part, 0, joined, at, part.length);
        }
        return owner.create(joined, new Shape(joined.length));
    }

    /** Row-major matrices of {@code columns} columns, one below the other. */
    private static NDArray matrix(ModelFolder files, NDManager owner, int columns, String... names) {
        if (names.length == 1) {
            float[] values = files.floats(names[0]);
            return owner.create(values, new Shape(values.length / columns, columns));
        }
        try (NDManager scope = owner.newSubManager()) {
            NDArray joined = null;
            for (String name : names) {
                NDArray part = matrix(files, scope, columns, name);
                joined = joined == null ? part : joined.concat(part, 0);
            }
            joined.attach(owner);
            return joined;
        }
    }

    private static NDArray inverseFrequencies(ModelConfig c, NDManager owner) {
        float[] f = new float[c.headDim() / 2];
        for (int i = 0; i < f.length; i++) {
            f[i] = (float) frequency(c, i);
        }
        return owner.create(f, new Shape(f.length));
    }

    /**
     * theta^(-2 i / hd), i = 0 .. hd / 2 - 1 (Su et al. 2021, RoFormer, eq. 15), stretched as Llama 3.1 does:
     * frequencies that turn fewer than {@code lowFrequencyFactor} times within the original context are divided by
     * {@code factor}, those that turn more than {@code highFrequencyFactor} times stay, and between the two the
     * frequency is mixed linearly in the number of turns.
     */
    private static double frequency(ModelConfig c, int i) {
        double plain = Math.pow(c.ropeTheta(), -2.0 * i / c.headDim());
        ModelConfig.RopeScaling s = c.ropeScaling();
        if (s == null) {
            return plain;
        }
        double turns = s.originalContext() * plain / (2 * Math.PI);
        double kept = (turns - s.lowFrequencyFactor()) / (s.highFrequencyFactor() - s.lowFrequencyFactor());
        double share = Math.max(0, Math.min(1, kept));
        return share * plain + (1 - share) * plain / s.factor();
    }
}
