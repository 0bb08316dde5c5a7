package craft.method.bench;

import craft.lm.ModelConfig;

/** Floating-point operations, a multiplication and an addition counted as two. */
public final class Work {
    private Work() {
    }

    /** Weights that are multiplied with every token: all but the embedding and the LM head. */
    public static long weights(ModelConfig c) {
        return c.parameters() - (c.tied() ? 1L : 2L) * c.hiddenSize() * c.vocabulary();
    }

    /**
     * Operations of a forward pass: 2 x weights a token, causal attention (scores and weighted values), and the LM head at
     * the predicted tokens.
     *
     * @param length tokens of each of the {@code batch} sequences
     * @param predictions tokens of the whole batch that reach the LM head
     */
    public static double forward(ModelConfig c, int batch, int length, int predictions) {
        double tokens = (double) batch * length;
        double attention = 4.0 * c.queryWidth() * c.layers() * tokens * (length + 1) / 2;
        return 2.0 * weights(c) * tokens + attention + 2.0 * c.hiddenSize() * c.vocabulary() * predictions;
    }
}
