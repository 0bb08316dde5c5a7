package craft.lm.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import craft.lm.Projection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** BERT: two-way attention, LayerNorm behind each part of a block, a masked language model head with a bias. */
final class PlainBert extends PlainDecoder {
    private static final int SEP = 3; // of TinyModels' tokenizer
    private static final int MASK = 4;

    PlainBert(JsonNode config, Map<String, double[]> weights) {
        super(config, weights);
    }

    @Override
    int layers() {
        return option("num_hidden_layers").intValue();
    }

    private int hidden() {
        return option("hidden_size").intValue();
    }

    private double[] norm(double[] x, String name) {
        return layerNorm(x, name + ".LayerNorm", option("layer_norm_eps").doubleValue());
    }

    private double[] activatedAll(double[] x) {
        return Arrays.stream(x).map(value -> activated(value, option("hidden_act").textValue())).toArray();
    }

    @Override
    double[] embedding(int id, int position) {
        double[] x = row("bert.embeddings.word_embeddings.weight", id, hidden());
        add(x, row("bert.embeddings.position_embeddings.weight", position, hidden()));
        add(x, row("bert.embeddings.token_type_embeddings.weight", 0, hidden()));
        return norm(x, "bert.embeddings");
    }

    @Override
    void block(double[][] h, int layer) {
        String name = "bert.encoder.layer." + layer + ".";
        int width = hidden() / option("num_attention_heads").intValue();
        double[][][] q = new double[h.length][][];
        double[][][] k = new double[h.length][][];
        double[][][] v = new double[h.length][][];
        for (int t = 0; t < h.length; t++) {
            q[t] = split(linear(h[t], name + "attention.self.query"), width);
            k[t] = split(linear(h[t], name + "attention.self.key"), width);
            v[t] = split(linear(h[t], name + "attention.self.value"), width);
        }
        double[][] read = attention(q, k, v, false);
        for (int t = 0; t < h.length; t++) {
            double[] first = linear(read[t], name + "attention.output.dense");
            add(first, h[t]);
            double[] middle = norm(first, name + "attention.output");
            double[] second = linear(activatedAll(linear(middle, name + "intermediate.dense")), name + "output.dense");
            add(second, middle);
            h[t] = norm(second, name + "output");
        }
    }

    @Override
    public void adapt(Projection projection, int layer, UnaryOperator<double[]> update) {
        String name = "bert.encoder.layer." + layer + ".";
        switch (projection) {
            case Q -> adapt(name + "attention.self.query", update);
            case K -> adapt(name + "attention.self.key", update);
            case V -> adapt(name + "attention.self.value", update);
            case O -> adapt(name + "attention.output.dense", update);
            case UP -> adapt(name + "intermediate.dense", update);
            case DOWN -> adapt(name + "output.dense", update);
            case GATE -> throw new IllegalArgumentException("no gate");
        }
    }

    @Override
    double[] finalNorm(double[] h) {
        return norm(activatedAll(linear(h, "cls.predictions.transform.dense")), "cls.predictions.transform");
    }

    @Override
    String head() {
        return option("tie_word_embeddings").booleanValue() ? "bert.embeddings.word_embeddings.weight"
                : "cls.predictions.decoder.weight";
    }

    @Override
    double[] headBias() {
        return weight("cls.predictions.bias");
    }

    @Override
    public int[] alsoEdited(int promptLength, int answerLength) {
        return IntStream.range(promptLength, promptLength + answerLength).toArray();
    }

    /** At the masks; the answer's own tokens are not in the input. */
    @Override
    public double[][] answerLogProbabilities(int[] prompt, int[] answer, List<Edit> edits) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + answer.length + 1);
        Arrays.fill(ids, prompt.length, prompt.length + answer.length, MASK);
        ids[ids.length - 1] = SEP;
        return logProbabilities(forward(ids, edits).logits(), prompt.length, answer.length);
    }
}
