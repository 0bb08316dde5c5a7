package craft.lm.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import craft.lm.Projection;
import java.util.Map;
import java.util.function.UnaryOperator;

/** GPT-NeoX: LayerNorm, heads rotated in part, a plain feed-forward part. Matrices are {@code [out, in]}. */
final class PlainNeoX extends PlainDecoder {
    PlainNeoX(JsonNode config, Map<String, double[]> weights) {
        super(config, weights);
    }

    @Override
    int layers() {
        return option("num_hidden_layers").intValue();
    }

    private int hidden() {
        return option("hidden_size").intValue();
    }

    @Override
    double[] embedding(int id, int position) {
        return row("gpt_neox.embed_in.weight", id, hidden());
    }

    @Override
    void block(double[][] h, int layer) {
        String name = "gpt_neox.layers." + layer + ".";
        int heads = option("num_attention_heads").intValue();
        int width = hidden() / heads;
        double[][][] q = new double[h.length][heads][];
        double[][][] k = new double[h.length][heads][];
        double[][][] v = new double[h.length][heads][];
        for (int t = 0; t < h.length; t++) {
            double[] all = linear(norm(h[t], name + "input_layernorm"), name + "attention.query_key_value");
            double[][] parts = split(all, width); // head by head: queries, keys, values
            for (int head = 0; head < heads; head++) {
                q[t][head] = rotated(parts[3 * head], t, frequencies(width));
                k[t][head] = rotated(parts[3 * head + 1], t, frequencies(width));
                v[t][head] = parts[3 * head + 2];
            }
        }
        double[][] read = attention(q, k, v);
        for (int t = 0; t < h.length; t++) {
            double[] input = h[t].clone();
            add(h[t], linear(read[t], name + "attention.dense"));
            boolean parallel = option("use_parallel_residual").booleanValue();
            double[] x = norm(parallel ? input : h[t], name + "post_attention_layernorm");
            double[] inner = linear(x, name + "mlp.dense_h_to_4h");
            for (int i = 0; i < inner.length; i++) {
                inner[i] = activated(inner[i], option("hidden_act").textValue());
            }
            add(h[t], linear(inner, name + "mlp.dense_4h_to_h"));
        }
    }

    private double[] frequencies(int width) {
        int turned = (int) (width * option("rotary_pct").doubleValue());
        double[] all = new double[turned / 2];
        for (int i = 0; i < all.length; i++) {
            all[i] = Math.pow(option("rotary_emb_base").doubleValue(), -2.0 * i / turned);
        }
        return all;
    }

    private double[] norm(double[] x, String name) {
        return layerNorm(x, name, option("layer_norm_eps").doubleValue());
    }

    @Override
    public void adapt(Projection projection, int layer, UnaryOperator<double[]> update) {
        String name = "gpt_neox.layers." + layer + ".";
        int width = hidden() / option("num_attention_heads").intValue();
        int[] starts = new int[hidden() / width];
        for (int head = 0; head < starts.length; head++) {
            starts[head] = (3 * head + projection.ordinal()) * width;
        }
        switch (projection) {
            case Q, K, V -> adapt(name + "attention.query_key_value", x -> placed(update.apply(x), width, 3 * hidden(), starts));
            case O -> adapt(name + "attention.dense", update);
            case UP -> adapt(name + "mlp.dense_h_to_4h", update);
            case DOWN -> adapt(name + "mlp.dense_4h_to_h", update);
            case GATE -> throw new IllegalArgumentException("no gate");
        }
    }

    @Override
    double[] finalNorm(double[] h) {
        return norm(h, "gpt_neox.final_layer_norm");
    }

    @Override
    String head() {
        return option("tie_word_embeddings").booleanValue() ? "gpt_neox.embed_in.weight" : "embed_out.weight";
    }
}
