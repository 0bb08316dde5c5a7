package craft.lm;

/** Which tokens of a prompt are edited: so many first and so many last ones. */
public interface EditPositions {
    /** Number of first tokens edited in a prompt of {@code length} tokens. */
    int firstOf(int length);

    /** Number of last tokens edited in a prompt of {@code length} tokens. */
    int lastOf(int length);

    /** The first edited position of a prompt of {@code length} tokens: everything before it is the frozen model's. */
    default int start(int length) {
        return firstOf(length) > 0 ? 0 : length - lastOf(length);
    }
}
