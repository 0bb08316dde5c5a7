package craft.lm.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import craft.lm.Projection;
import java.util.Map;
import java.util.function.UnaryOperator;

/** GPT-2: learned positions, LayerNorm, a plain feed-forward part. Matrices of a block are {@code [in, out]}. */
final class PlainGpt2 extends PlainDecoder {
    PlainGpt2(JsonNode config, Map<String, double[]> weights) {
        super(config, weights);
    }

    @Override
    int layers() {
        return option("n_layer").intValue();
    }

    private int hidden() {
        return option("n_embd").intValue();
    }

    @Override
    double[] embedding(int id, int position) {
        double[] x = row("transformer.wte.weight", id, hidden());
        add(x, row("transformer.wpe.weight", position, hidden()));
        return x;
    }

    @Override
    void block(double[][] h, int layer) {
        String name = "transformer.h." + layer + ".";
        int width = hidden() / option("n_head").intValue();
        double[][][][] qkv = new double[3][h.length][][];
        for (int t = 0; t < h.length; t++) {
            double[] all = conv1d(norm(h[t], name + "ln_1"), name + "attn.c_attn");
            double[][] parts = split(all, hidden());
            for (int i = 0; i < 3; i++) {
                qkv[i][t] = split(parts[i], width);
            }
        }
        double[][] read = attention(qkv[0], qkv[1], qkv[2]);
        for (int t = 0; t < h.length; t++) {
            add(h[t], conv1d(read[t], name + "attn.c_proj"));
            double[] inner = conv1d(norm(h[t], name + "ln_2"), name + "mlp.c_fc");
            for (int i = 0; i < inner.length; i++) {
                inner[i] = activated(inner[i], option("activation_function").textValue());
            }
            add(h[t], conv1d(inner, name + "mlp.c_proj"));
        }
    }

    private double[] conv1d(double[] x, String name) {
        double[] matrix = weight(name + ".weight");
        double[] y = weight(name + ".bias").clone();
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                y[j] += x[i] * matrix[i * y.length + j];
            }
        }
        return updated(y, x, name);
    }

    private double[] norm(double[] x, String name) {
        return layerNorm(x, name, option("layer_norm_epsilon").doubleValue());
    }

    @Override
    public void adapt(Projection projection, int layer, UnaryOperator<double[]> update) {
        String name = "transformer.h." + layer + ".";
        int d = hidden();
        switch (projection) {
            case Q, K, V -> adapt(name + "attn.c_attn", x -> placed(update.apply(x), d, 3 * d, projection.ordinal() * d));
            case O -> adapt(name + "attn.c_proj", update);
            case UP -> adapt(name + "mlp.c_fc", update);
            case DOWN -> adapt(name + "mlp.c_proj", update);
            case GATE -> throw new IllegalArgumentException("no gate");
        }
    }

    @Override
    double[] finalNorm(double[] h) {
        return norm(h, "transformer.ln_f");
    }

    @Override
    String head() {
        return optional("tie_word_embeddings").asBoolean(true) ? "transformer.wte.weight" : "lm_head.weight";
    }
}
