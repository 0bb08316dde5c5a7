package craft.lm.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.lm.ModelFolder;
import craft.lm.Projection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The forward pass of a model written down plainly: float64, one token after the other, no batch, no cache. Slow on
 * purpose; the real engine is checked against it. It reads config.json by itself, so that it shares no misreading.
 *
 * <p>In shapes: len tokens, d hidden size, V vocabulary.
 */
public abstract sealed class PlainDecoder permits PlainLlama, PlainGpt2, PlainNeoX, PlainBert {
    /**
     * LoReFT on the output of a block: {@code h + R^T (W h + b - R h)} at some positions.
     *
     * @param layer 0-based block
     * @param positions 0-based tokens
     * @param r {@code [rank, d]}
     * @param w {@code [rank, d]}
     * @param b {@code [rank]}
     */
    public record Edit(int layer, int[] positions, double[][] r, double[][] w, double[] b) {
    }

    /**
     * What one pass gives.
     *
     * @param blocks residual stream after every block (after its edit) {@code [layers][len][d]}
     * @param normed after the final norm {@code [len][d]}
     * @param logits {@code [len][V]}
     */
    public record Pass(double[][][] blocks, double[][] normed, double[][] logits) {
    }

    private final JsonNode config;
    private final Map<String, double[]> weights;
    private final Map<String, List<UnaryOperator<double[]>>> updates = new HashMap<>();

    /**
     * @param config config.json
     * @param weights flat and row-major, by the names of the safetensors file
     */
    PlainDecoder(JsonNode config, Map<String, double[]> weights) {
        this.config = config;
        this.weights = weights;
    }

    public static PlainDecoder read(Path folder) {
        Map<String, double[]> weights = new HashMap<>();
        try (ModelFolder files = ModelFolder.open(folder)) {
            for (String name : files.names()) {
                float[] values = files.floats(name);
                double[] wide = new double[values.length];
                for (int i = 0; i < wide.length; i++) {
                    wide[i] = values[i];
                }
                weights.put(name, wide);
            }
            JsonNode config = new ObjectMapper().readTree(folder.resolve("config.json").toFile());
            String architecture = config.get("architectures").get(0).textValue();
            return switch (architecture) {
                case "GPT2LMHeadModel" -> new PlainGpt2(config, weights);
                case "GPTNeoXForCausalLM" -> new PlainNeoX(config, weights);
                case "BertForMaskedLM", "BertForPreTraining" -> new PlainBert(config, weights);
                default -> new PlainLlama(config, weights);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Number of blocks. */
    abstract int layers();

    /** Input of the first block, {@code [d]}. */
    abstract double[] embedding(int id, int position);

    /** Adds to the residual stream {@code h [len][d]} what a block adds. */
    abstract void block(double[][] h, int layer);

    /** The LM head's input. */
    abstract double[] finalNorm(double[] h);

    /** Name of the LM head's matrix {@code [V, d]}. */
    abstract String head();

    /** Its bias {@code [V]}, null without one. */
    double[] headBias() {
        return null;
    }

    /** Places behind the prompt at which an edit of the prompt's last tokens acts, too: a masked model's masks. */
    public int[] alsoEdited(int promptLength, int answerLength) {
        return new int[0];
    }

    public final Pass forward(int[] ids, List<Edit> edits) {
        double[][] h = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            h[t] = embedding(ids[t], t);
        }
        double[][][] blocks = new double[layers()][ids.length][];
        for (int layer = 0; layer < layers(); layer++) {
            block(h, layer);
            for (Edit edit : edits) {
                if (edit.layer == layer) {
                    for (int t : edit.positions) {
                        h[t] = edited(h[t], edit);
                    }
                }
            }
            for (int t = 0; t < ids.length; t++) {
                blocks[layer][t] = h[t].clone();
            }
        }
        double[][] normed = new double[ids.length][];
        double[][] logits = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            normed[t] = finalNorm(h[t]);
            logits[t] = linear(normed[t], weight(head()), headBias());
        }
        return new Pass(blocks, normed, logits);
    }

    /** Causal attention: what every token's heads read, laid side by side. All in heads {@code [len][heads][width]}. */
    static double[][] attention(double[][][] q, double[][][] k, double[][][] v) {
        return attention(q, k, v, true);
    }

    /** Attention to all tokens or, if causal, to those up to the token itself. */
    static double[][] attention(double[][][] q, double[][][] k, double[][][] v, boolean causal) {
        int heads = q[0].length;
        int group = heads / k[0].length;
        int width = q[0][0].length;
        double[][] joined = new double[q.length][heads * width];
        for (int t = 0; t < q.length; t++) {
            for (int head = 0; head < heads; head++) {
                double[] score = new double[causal ? t + 1 : q.length];
                for (int s = 0; s < score.length; s++) {
                    score[s] = dot(q[t][head], k[s][head / group]) / Math.sqrt(width);
                }
                double[] share = softmax(score);
                for (int s = 0; s < score.length; s++) {
                    for (int i = 0; i < width; i++) {
                        joined[t][head * width + i] += share[s] * v[s][head / group][i];
                    }
                }
            }
        }
        return joined;
    }

    /** Cuts a vector into pieces of {@code width}. */
    static double[][] split(double[] joined, int width) {
        double[][] heads = new double[joined.length / width][width];
        for (int i = 0; i < heads.length; i++) {
            System.arraycopy(joined, i * width, heads[i], 0, width);
        }
        return heads;
    }

    /**
     * Rotary position, Hugging Face's halves: dimension i turns with dimension i + half (Su et al. 2021); what lies
     * beyond twice the number of frequencies stays.
     */
    static double[] rotated(double[] x, int position, double[] frequencies) {
        int half = frequencies.length;
        double[] out = x.clone();
        for (int i = 0; i < half; i++) {
            double angle = position * frequencies[i];
            out[i] = x[i] * Math.cos(angle) - x[i + half] * Math.sin(angle);
            out[i + half] = x[i + half] * Math.cos(angle) + x[i] * Math.sin(angle);
        }
        return out;
    }

    /** LayerNorm (Ba et al. 2016) with {@code name.weight} and {@code name.bias}. */
    final double[] layerNorm(double[] x, String name, double epsilon) {
        double mean = 0;
        for (double value : x) {
            mean += value / x.length;
        }
        double variance = 0;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = (x[i] - mean) / Math.sqrt(variance + epsilon) * weight(name + ".weight")[i]
                    + weight(name + ".bias")[i];
        }
        return out;
    }

    /** {@code name.weight [out, in] * x + name.bias}, the bias where there is one. */
    final double[] linear(double[] x, String name) {
        return updated(linear(x, weight(name + ".weight"), weights.get(name + ".bias")), x, name);
    }

    /**
     * Adds what {@code update} makes of a projection's input {@code [in]} to its output {@code [out]}, as W + B A in place of W does.
     */
    public abstract void adapt(Projection projection, int layer, UnaryOperator<double[]> update);

    /** The same for a linear part by its name in the file. */
    final void adapt(String name, UnaryOperator<double[]> update) {
        updates.computeIfAbsent(name, n -> new ArrayList<>()).add(update);
    }

    final double[] updated(double[] y, double[] x, String name) {
        updates.getOrDefault(name, List.of()).forEach(update -> add(y, update.apply(x)));
        return y;
    }

    /** A vector among zeros: piece i of {@code width} numbers comes to {@code starts[i]}. */
    static double[] placed(double[] pieces, int width, int size, int... starts) {
        double[] y = new double[size];
        for (int i = 0; i < starts.length; i++) {
            System.arraycopy(pieces, i * width, y, starts[i], width);
        }
        return y;
    }

    private static double[] linear(double[] x, double[] matrix, double[] bias) {
        double[] y = new double[matrix.length / x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = bias == null ? 0 : bias[i];
            for (int j = 0; j < x.length; j++) {
                y[i] += matrix[i * x.length + j] * x[j];
            }
        }
        return y;
    }

    /** GELU, exact or by its tanh formula (Hendrycks and Gimpel 2016), or ReLU; by the names of config.json. */
    static double activated(double x, String name) {
        return switch (name) {
            case "gelu" -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
            case "gelu_new", "gelu_fast" ->
                0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case "relu" -> Math.max(0, x);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** 2 / sqrt(pi) e^(-x^2) sum of 2^n x^(2n + 1) / (1 3 5 ... (2n + 1)) (Abramowitz and Stegun, 7.1.6). */
    static double erf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** A row of a matrix. */
    final double[] row(String name, int index, int width) {
        double[] row = new double[width];
        System.arraycopy(weight(name), index * width, row, 0, width);
        return row;
    }

    final boolean has(String name) {
        return weights.containsKey(name);
    }

    final double[] weight(String name) {
        double[] found = weights.get(name);
        if (found == null) {
            throw new IllegalStateException("No weight " + name);
        }
        return found;
    }

    /** A value of config.json that must be there. */
    final JsonNode option(String key) {
        return config.required(key);
    }

    /** A value of config.json, which may be missing. */
    final JsonNode optional(String key) {
        return config.path(key);
    }

    private static double[] edited(double[] h, Edit edit) {
        double[] out = h.clone();
        for (int i = 0; i < edit.b.length; i++) {
            double change = dot(edit.w[i], h) + edit.b[i] - dot(edit.r[i], h);
            for (int j = 0; j < out.length; j++) {
                out[j] += edit.r[i][j] * change;
            }
        }
        return out;
    }

    /**
     * Cross-entropy in nats, mean over the answer's tokens.
     *
     * @param edits positions within the prompt
     */
    public final double crossEntropy(int[] prompt, int[] answer, List<Edit> edits) {
        double[][] p = answerLogProbabilities(prompt, answer, edits);
        double sum = 0;
        for (int i = 0; i < answer.length; i++) {
            sum -= p[i][answer[i]];
        }
        return sum / answer.length;
    }

    /** Log-probabilities where each answer token is predicted, {@code [answer][V]}; a causal model is fed the answer. */
    public double[][] answerLogProbabilities(int[] prompt, int[] answer, List<Edit> edits) {
        int[] ids = new int[prompt.length + answer.length - 1];
        System.arraycopy(prompt, 0, ids, 0, prompt.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length - 1);
        return logProbabilities(forward(ids, edits).logits, prompt.length - 1, answer.length);
    }

    /** Of {@code count} rows. */
    static double[][] logProbabilities(double[][] logits, int from, int count) {
        double[][] out = new double[count][];
        for (int i = 0; i < count; i++) {
            double[] share = softmax(logits[from + i]);
            out[i] = new double[share.length];
            for (int j = 0; j < share.length; j++) {
                out[i][j] = Math.log(share[j]);
            }
        }
        return out;
    }

    /** KL(p || q) in nats, mean over the rows. @param p log-probabilities; @param q log-probabilities */
    public static double divergence(double[][] p, double[][] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            for (int j = 0; j < p[i].length; j++) {
                sum += Math.exp(p[i][j]) * (p[i][j] - q[i][j]);
            }
        }
        return sum / p.length;
    }

    private static double[] softmax(double[] x) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : x) {
            max = Math.max(max, value);
        }
        double sum = 0;
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = Math.exp(x[i] - max);
            sum += out[i];
        }
        for (int i = 0; i < x.length; i++) {
            out[i] /= sum;
        }
        return out;
    }

    static void add(double[] to, double[] what) {
        for (int i = 0; i < to.length; i++) {
            to[i] += what[i];
        }
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
