package craft.lm;

import java.util.List;

/**
 * How a model's numbers are held and computed.
 *
 * @param precision of weights and activations
 * @param halfCache whether a {@link PrefixCache} keeps float16, half the bytes; what it gives to a pass is float32 always
 * @param parts pieces that a batch is cut into, computed {@linkplain SideBySide side by side}; the last bits depend on it
 */
public record EngineSettings(Precision precision, boolean halfCache, int parts) {
    /** Tokens computed at the same time for each of the parts where no gradient is needed, which the memory estimate counts. */
    private static final int TOKENS = 2048;

    /** Float32 throughout, every batch in one piece. */
    public static final EngineSettings EXACT = new EngineSettings(Precision.FLOAT32, false, 1);

    /** How many of these may be computed at the same time, each by itself, where no gradient is needed. */
    public int together(List<Sequence> sequences) {
        return Math.max(1, parts * TOKENS / sequences.stream().mapToInt(Sequence::length).max().orElse(1));
    }
}
