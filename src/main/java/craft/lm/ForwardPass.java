package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;

/** A way to pass a batch through the frozen model with a change to it. All ways give the same numbers up to rounding. */
public interface ForwardPass {
    /**
     * @param step owner of everything made on the way
     * @param adaptation null for the untouched model
     * @return hidden states {@code [N, d]} after the last block, before the final norm, of the tokens that predict each
     *     continuation token (a causal model's token before it, a masked model's mask in its place): sequence by sequence, continuation by continuation
     */
    NDArray hidden(NDManager step, List<Sequence> batch, Adaptation adaptation);

    /** What is kept of some sequences: it stays until this is closed. */
    @FunctionalInterface
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Computes what is kept of sequences that are about to be passed, if anything is. By the thread that runs a method. */
    default Held prepare(List<Sequence> sequences) {
        return () -> { };
    }

    /**
     * Keys and values of the untouched model for a prompt's first tokens, where the pass has kept any: of the last n blocks.
     *
     * @return {@code [n, 2, 1, K, S, hd]} float32 of {@code step}, or null
     */
    default NDArray past(NDManager step, int[] ids) {
        return null;
    }

    /** Tokens of a sequence that a pass computes, once all that it keeps is there. */
    default int computed(Sequence sequence) {
        return sequence.length();
    }

    /** Ids of the N continuation tokens in the same order. */
    static long[] targets(List<Sequence> batch) {
        return batch.stream().flatMap(s -> s.continuations().stream()).flatMapToInt(Arrays::stream).asLongStream()
                .toArray();
    }
}
