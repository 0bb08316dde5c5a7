package craft.lm;

/**
 * How a model's numbers are held.
 *
 * @param precision of weights and activations
 * @param halfCache whether a {@link PrefixCache} keeps float16, half the bytes; what it gives to a pass is float32 always
 */
public record EngineSettings(Precision precision, boolean halfCache) {
    /** Float32 throughout. */
    public static final EngineSettings EXACT = new EngineSettings(Precision.FLOAT32, false);
}
