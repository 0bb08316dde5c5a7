package craft.lm;

import java.util.Locale;

/** The linear projections of a decoder block that low-rank updates can be added to, in the order of {@code decoder.py}. */
public enum Projection {
    Q, K, V, O, GATE, UP, DOWN;

    /** Width of what the projection reads. */
    public int in(ModelConfig c) {
        return switch (this) {
            case Q, K, V, GATE, UP -> c.hiddenSize();
            case O -> c.queryWidth();
            case DOWN -> c.intermediateSize();
        };
    }

    /** Width of what it gives. */
    public int out(ModelConfig c) {
        return switch (this) {
            case Q -> c.queryWidth();
            case K, V -> c.keyValueWidth();
            case O, DOWN -> c.hiddenSize();
            case GATE, UP -> c.intermediateSize();
        };
    }

    /** Whether the model's blocks have it: only a gated feed-forward part (Llama's family) has GATE. */
    public boolean existsIn(ModelConfig c) {
        return this != GATE || c.family().gated();
    }

    /** As PEFT and this program's options write it in short, for example {@code q}. */
    public String shortName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
