package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * How a batch of sequences lies in padded arrays: B rows, S tokens computed anew, P tokens before them whose keys and
 * values are given. Padding is on the right and sees only itself.
 */
interface Layout {
    /** P, the longest prefix of a row that is not computed anew. */
    int pastLength();

    /** S, the longest rest. */
    int newLength();

    /** Ids of the new tokens, {@code [B, S]} int64. */
    NDArray ids(NDManager step);

    /** Their 0-based positions, {@code [B, S]} float32. */
    NDArray positions(NDManager step);

    /** Additive attention mask {@code [B, 1, S, P + S]}, 0 or -infinity; null for plain causal attention. */
    NDArray mask(NDManager step);

    /** 1 at edited tokens, {@code [B, S, parts]}: one part for all, or the first tokens and the last ones apart. */
    NDArray where(NDManager step, EditPositions positions);

    /** {@link #where(NDManager, EditPositions)} of edits, null for anything else. */
    default NDArray where(NDManager step, Adaptation adaptation) {
        return adaptation instanceof Edits edits ? where(step, edits.positions()) : null;
    }

    /** B. */
    int rowCount();

    /** The predicting tokens of each row, so that a last block need not be computed for any other; null where it saves nothing. */
    default Narrowed narrowed() {
        return Narrowed.of(predictors(), rowCount(), newLength());
    }

    /**
     * Flat indices into {@code [B * S]} of the tokens that predict each continuation token: sequence by sequence,
     * continuation by continuation.
     */
    long[] predictors();
}
