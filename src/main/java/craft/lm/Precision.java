package craft.lm;

/** Number format of a frozen model's blocks: their weights, and the activations between two crossings to Java. */
public enum Precision {
    /** IEEE binary32 throughout. */
    FLOAT32(6, 4),
    /** bfloat16, 8 bits of precision. Embedding, final norm and LM head stay float32, and so does all that Java sees. */
    BFLOAT16(15, 2);

    private final int code;
    private final int bytes;

    Precision(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** PyTorch's own number for it (c10/core/ScalarType.h), as its scripts write it. */
    int code() {
        return code;
    }

    /** Bytes of one number. */
    public int bytes() {
        return bytes;
    }
}
