package craft.lm.oracle;

import craft.lm.ModelConfig;
import craft.lm.ModelFolder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The forward pass of the decoder family written down plainly: float64, one token after the other, no batch, no cache.
 * Slow on purpose; the real engine is checked against it.
 *
 * <p>In shapes: len tokens, d hidden size, V vocabulary. Matrices are row-major {@code [out, in]} as in the file.
 */
public final class PlainDecoder {
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

    private final ModelConfig config;
    private final Map<String, double[]> weights;

    /** @param weights flat, by the names of the safetensors file */
    public PlainDecoder(ModelConfig config, Map<String, double[]> weights) {
        this.config = config;
        this.weights = weights;
    }

    public static PlainDecoder read(Path folder) {
        try (ModelFolder files = ModelFolder.open(folder)) {
            Map<String, double[]> weights = new HashMap<>();
            for (String name : files.names()) {
                float[] values = files.floats(name);
                double[] wide = new double[values.length];
                for (int i = 0; i < wide.length; i++) {
                    wide[i] = values[i];
                }
                weights.put(name, wide);
            }
            return new PlainDecoder(files.config(), weights);
        }
    }

    public ModelConfig config() {
        return config;
    }

    public Pass forward(int[] ids, List<Edit> edits) {
        double[][] h = new double[ids.length][];
        for (int t = 0; t < ids.length; t++) {
            h[t] = embedding(ids[t]);
        }
        double[][][] blocks = new double[config.layers()][ids.length][];
        for (int layer = 0; layer < config.layers(); layer++) {
            block(h, "model.layers." + layer + ".");
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
        String head = config.tied() ? "model.embed_tokens" : "lm_head";
        for (int t = 0; t < ids.length; t++) {
            normed[t] = rmsNorm(h[t], weight("model.norm.weight"));
            logits[t] = linear(normed[t], head, config.vocabulary());
        }
        return new Pass(blocks, normed, logits);
    }

    private double[] embedding(int id) {
        double[] row = new double[config.hiddenSize()];
        System.arraycopy(weight("model.embed_tokens.weight"), id * row.length, row, 0, row.length);
        return row;
    }

    /** Pre-norm attention, then pre-norm SwiGLU, each added to the residual stream {@code h [len][d]} in place. */
    private void block(double[][] h, String name) {
        int heads = config.heads();
        int group = heads / config.keyValueHeads();
        int width = config.headDim();
        double[][][] q = new double[h.length][][];
        double[][][] k = new double[h.length][][];
        double[][][] v = new double[h.length][][];
        for (int t = 0; t < h.length; t++) {
            double[] x = rmsNorm(h[t], weight(name + "input_layernorm.weight"));
            q[t] = split(linear(x, name + "self_attn.q_proj", heads * width));
            k[t] = split(linear(x, name + "self_attn.k_proj", config.keyValueHeads() * width));
            v[t] = split(linear(x, name + "self_attn.v_proj", config.keyValueHeads() * width));
            rotateAll(q[t], t, config.qkNorm() ? weight(name + "self_attn.q_norm.weight") : null);
            rotateAll(k[t], t, config.qkNorm() ? weight(name + "self_attn.k_norm.weight") : null);
        }
        for (int t = 0; t < h.length; t++) {
            double[] joined = new double[heads * width];
            for (int head = 0; head < heads; head++) {
                double[] score = new double[t + 1];
                for (int s = 0; s <= t; s++) {
                    score[s] = dot(q[t][head], k[s][head / group]) / Math.sqrt(width);
                }
                double[] share = softmax(score);
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < width; i++) {
                        joined[head * width + i] += share[s] * v[s][head / group][i];
                    }
                }
            }
            add(h[t], linear(joined, name + "self_attn.o_proj", config.hiddenSize()));
        }
        for (double[] row : h) {
            double[] x = rmsNorm(row, weight(name + "post_attention_layernorm.weight"));
            double[] gate = linear(x, name + "mlp.gate_proj", config.intermediateSize());
            double[] up = linear(x, name + "mlp.up_proj", config.intermediateSize());
            for (int i = 0; i < up.length; i++) {
                up[i] *= gate[i] / (1 + Math.exp(-gate[i])); // SiLU
            }
            add(row, linear(up, name + "mlp.down_proj", config.hiddenSize()));
        }
    }

    /** Norms (where the family does) and rotates every head of one token. */
    private void rotateAll(double[][] heads, int position, double[] norm) {
        for (int i = 0; i < heads.length; i++) {
            double[] x = norm == null ? heads[i] : rmsNorm(heads[i], norm);
            heads[i] = rotated(x, position);
        }
    }

    /** Rotary position, Hugging Face's halves: dimension i turns with dimension i + width / 2 (Su et al. 2021). */
    private double[] rotated(double[] x, int position) {
        int half = x.length / 2;
        double[] out = new double[x.length];
        for (int i = 0; i < half; i++) {
            double angle = position * frequency(i);
            out[i] = x[i] * Math.cos(angle) - x[i + half] * Math.sin(angle);
            out[i + half] = x[i + half] * Math.cos(angle) + x[i] * Math.sin(angle);
        }
        return out;
    }

    private double frequency(int i) {
        double frequency = Math.pow(config.ropeTheta(), -2.0 * i / config.headDim());
        ModelConfig.RopeScaling s = config.ropeScaling();
        if (s == null) {
            return frequency;
        }
        double turns = s.originalContext() * frequency / (2 * Math.PI); // within the context it was trained on
        if (turns < s.lowFrequencyFactor()) {
            return frequency / s.factor();
        }
        if (turns > s.highFrequencyFactor()) {
            return frequency;
        }
        double smooth = (turns - s.lowFrequencyFactor()) / (s.highFrequencyFactor() - s.lowFrequencyFactor());
        return (1 - smooth) * frequency / s.factor() + smooth * frequency;
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

    private double[] rmsNorm(double[] x, double[] scale) {
        double root = Math.sqrt(dot(x, x) / x.length + config.normEpsilon());
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] / root * scale[i];
        }
        return out;
    }

    /** {@code weight [out, in] * x + bias}, the bias where there is one. */
    private double[] linear(double[] x, String name, int out) {
        double[] matrix = weight(name + ".weight");
        double[] bias = weights.get(name + ".bias");
        double[] y = new double[out];
        for (int i = 0; i < out; i++) {
            double sum = bias == null ? 0 : bias[i];
            for (int j = 0; j < x.length; j++) {
                sum += matrix[i * x.length + j] * x[j];
            }
            y[i] = sum;
        }
        return y;
    }

    private double[][] split(double[] joined) {
        int width = config.headDim();
        double[][] heads = new double[joined.length / width][width];
        for (int i = 0; i < heads.length; i++) {
            System.arraycopy(joined, i * width, heads[i], 0, width);
        }
        return heads;
    }

    private double[] weight(String name) {
        double[] found = weights.get(name);
        if (found == null) {
            throw new IllegalStateException("No weight " + name);
        }
        return found;
    }

    /**
     * Cross-entropy in nats, mean over the answer's tokens.
     *
     * @param edits positions within the prompt
     */
    public double crossEntropy(int[] prompt, int[] answer, List<Edit> edits) {
        double[][] p = answerLogProbabilities(prompt, answer, edits);
        double sum = 0;
        for (int i = 0; i < answer.length; i++) {
            sum -= p[i][answer[i]];
        }
        return sum / answer.length;
    }

    /** Log-probabilities where each answer token is predicted, {@code [answer][V]}; the answer itself is fed. */
    public double[][] answerLogProbabilities(int[] prompt, int[] answer, List<Edit> edits) {
        int[] ids = new int[prompt.length + answer.length - 1];
        System.arraycopy(prompt, 0, ids, 0, prompt.length);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length - 1);
        double[][] logits = forward(ids, edits).logits;
        double[][] out = new double[answer.length][];
        for (int i = 0; i < answer.length; i++) {
            double[] share = softmax(logits[prompt.length - 1 + i]);
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

    private static void add(double[] to, double[] what) {
        for (int i = 0; i < to.length; i++) {
            to[i] += what[i];
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
