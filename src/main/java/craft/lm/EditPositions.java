package craft.lm;

/** Which tokens of a prompt are edited: so many first and so many last ones. */
public interface EditPositions {
    /** Every token of a prompt. */
    EditPositions ALL = new EditPositions() {
        @Override
        public int firstOf(int length) {
            return length;
        }

        @Override
        public int lastOf(int length) {
            return 0;
        }
    };

    /** Number of first tokens edited in a prompt of {@code length} tokens. */
    int firstOf(int length);

    /** Number of last tokens edited in a prompt of {@code length} tokens. */
    int lastOf(int length);

    /** 1 where all edits act at the first and the last tokens alike; 2 where part 0 are the first and part 1 the last ones. */
    default int parts() {
        return 1;
    }

    /** The first edited position of a prompt of {@code length} tokens: everything before it is the frozen model's. */
    default int start(int length) {
        return firstOf(length) > 0 ? 0 : length - lastOf(length);
    }
}
