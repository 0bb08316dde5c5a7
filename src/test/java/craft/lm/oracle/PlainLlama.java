package craft.lm.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import craft.lm.Projection;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Llama, Mistral, Qwen2, Qwen3: pre-norm attention, then pre-norm SwiGLU. Matrices are {@code [out, in]}. */
final class PlainLlama extends PlainDecoder {
    PlainLlama(JsonNode config, Map<String, double[]> weights) {
        super(config, weights);
    }

    @Override
    int layers() {
        return option("num_hidden_layers").intValue();
    }

    private int hidden() {
        return option("hidden_size").intValue();
    }

    private int width() {
        return optional("head_dim").isInt() ? option("head_dim").intValue()
                : hidden() / option("num_attention_heads").intValue();
    }

    @Override
    double[] embedding(int id, int position) {
        return row("model.embed_tokens.weight", id, hidden());
    }

    @Override
    void block(double[][] h, int layer) {
        String name = "model.layers." + layer + ".";
        double[][][] q = new double[h.length][][];
        double[][][] k = new double[h.length][][];
        double[][][] v = new double[h.length][][];
        for (int t = 0; t < h.length; t++) {
            double[] x = rmsNorm(h[t], name + "input_layernorm.weight");
            q[t] = split(linear(x, name + "self_attn.q_proj"), width());
            k[t] = split(linear(x, name + "self_attn.k_proj"), width());
            v[t] = split(linear(x, name + "self_attn.v_proj"), width());
            turn(q[t], t, name + "self_attn.q_norm.weight");
            turn(k[t], t, name + "self_attn.k_norm.weight");
        }
        double[][] read = attention(q, k, v);
        for (int t = 0; t < h.length; t++) {
            add(h[t], linear(read[t], name + "self_attn.o_proj"));
            double[] x = rmsNorm(h[t], name + "post_attention_layernorm.weight");
            double[] gate = linear(x, name + "mlp.gate_proj");
            double[] up = linear(x, name + "mlp.up_proj");
            for (int i = 0; i < up.length; i++) {
                up[i] *= gate[i] / (1 + Math.exp(-gate[i])); // SiLU
            }
            add(h[t], linear(up, name + "mlp.down_proj"));
        }
    }

    /** Norms (where the model does) and rotates every head of one token. */
    private void turn(double[][] heads, int position, String norm) {
        for (int i = 0; i < heads.length; i++) {
            double[] x = has(norm) ? rmsNorm(heads[i], norm) : heads[i];
            heads[i] = rotated(x, position, frequencies());
        }
    }

    private double[] frequencies() {
        double[] all = new double[width() / 2];
        for (int i = 0; i < all.length; i++) {
            all[i] = stretched(Math.pow(option("rope_theta").doubleValue(), -2.0 * i / width()));
        }
        return all;
    }

    private double stretched(double frequency) {
        JsonNode s = optional("rope_scaling");
        if (!s.isObject()) {
            return frequency;
        }
        double factor = s.get("factor").doubleValue();
        double low = s.get("low_freq_factor").doubleValue();
        double high = s.get("high_freq_factor").doubleValue();
        // within the context it was trained on
        double turns = s.get("original_max_position_embeddings").intValue() * frequency / (2 * Math.PI);
        if (turns < low) {
            return frequency / factor;
        }
        if (turns > high) {
            return frequency;
        }
        double smooth = (turns - low) / (high - low);
        return (1 - smooth) * frequency / factor + smooth * frequency;
    }

    private double[] rmsNorm(double[] x, String scale) {
        double root = Math.sqrt(dot(x, x) / x.length + option("rms_norm_eps").doubleValue());
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] / root * weight(scale)[i];
        }
        return out;
    }

    @Override
    public void adapt(Projection projection, int layer, UnaryOperator<double[]> update) {
        String part = switch (projection) {
            case Q, K, V, O -> "self_attn.";
            case GATE, UP, DOWN -> "mlp.";
        };
        adapt("model.layers." + layer + "." + part + projection.shortName() + "_proj", update);
    }

    @Override
    double[] finalNorm(double[] h) {
        return rmsNorm(h, "model.norm.weight");
    }

    @Override
    String head() {
        return option("tie_word_embeddings").booleanValue() ? "model.embed_tokens.weight" : "lm_head.weight";
    }
}
