package craft.lm;

/**
 * How a model's numbers are held and computed.
 *
 * @param precision of weights and activations
 * @param halfCache whether a {@link PrefixCache} keeps float16, half the bytes; what it gives to a pass is float32 always
 * @param parts pieces that a batch is cut into, computed {@linkplain SideBySide side by side}; the last bits depend on it
 */
public record EngineSettings(Precision precision, boolean halfCache, int parts) {
    /** Float32 throughout, every batch in one piece. */
    public static final EngineSettings EXACT = new EngineSettings(Precision.FLOAT32, false, 1);
}
