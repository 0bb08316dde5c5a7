package craft.lm;

import java.util.Arrays;
import java.util.List;

/**
 * A masked language model's: masks in place of the continuation, read in both directions.
 *
 * @param mask id of the mask
 * @param closing ids that end a text, such as BERT's [SEP]
 */
record MaskedArrangement(int mask, int[] closing) implements Arrangement {
    @Override
    public Layout layout(List<Sequence> batch, int[] starts) {
        if (Arrays.stream(starts).anyMatch(start -> start > 0)) {
            throw new IllegalArgumentException("a model that reads in both directions has no prefix of its own");
        }
        return MaskedLayout.of(batch, mask, closing);
    }

    /** An edit anywhere is seen by every token: only whole hidden states below the lowest edit are constants. */
    @Override
    public int start(int promptLength, EditPositions edited) {
        return 0;
    }
}
