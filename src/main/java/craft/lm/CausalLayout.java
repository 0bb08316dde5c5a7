package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The layout of a causal model: a row is a prompt with all its continuations, which do not see each other. Tokens from {@code starts[b]} on are computed anew (S = the longest
 * such rest), those before come from cached keys and values (P = the longest such prefix). Padding is on the right and
 * sees only itself.
 */
record CausalLayout(List<Sequence> batch, int[] starts, int pastLength, int newLength) implements Layout {

    static CausalLayout of(List<Sequence> batch, int[] starts) {
        int past = 0;
        int fresh = 0;
        for (int b = 0; b < starts.length; b++) {
            past = Math.max(past, starts[b]);
            fresh = Math.max(fresh, batch.get(b).length() - starts[b]);
        }
        return new CausalLayout(batch, starts, past, fresh);
    }

    @Override
    public int rowCount() {
        return batch.size();
    }

    /** From {@code starts} on, padded with 0. */
    @Override
    public NDArray ids(NDManager step) {
        long[] ids = new long[batch.size() * newLength];
        for (int b = 0; b < batch.size(); b++) {
            int at = b * newLength;
            int[] prompt = batch.get(b).prompt();
            for (int i = starts[b]; i < prompt.length; i++) {
                ids[at++] = prompt[i];
            }
            for (int[] continuation : batch.get(b).continuations()) {
                for (int id : continuation) {
                    ids[at++] = id;
                }
            }
        }
        return step.create(ids, new Shape(batch.size(), newLength));
    }

    /** Every continuation begins where the prompt ends. */
    @Override
    public NDArray positions(NDManager step) {
        float[] positions = new float[batch.size() * newLength];
        for (int b = 0; b < batch.size(); b++) {
            int at = b * newLength;
            int length = batch.get(b).prompt().length;
            for (int i = starts[b]; i < length; i++) {
                positions[at++] = i;
            }
            for (int[] continuation : batch.get(b).continuations()) {
                for (int i = 0; i < continuation.length; i++) {
                    positions[at++] = length + i;
                }
            }
        }
        return step.create(positions, new Shape(batch.size(), newLength));
    }

    /** True when plain causal attention over the new tokens is right: nothing cached, one continuation each. */
    boolean causal() {
        return pastLength == 0 && batch.stream().allMatch(s -> s.continuations().size() == 1);
    }

    /** Null where {@link #causal()}. */
    @Override
    public NDArray mask(NDManager step) {
        if (causal()) {
            return null;
        }
        int width = pastLength + newLength;
        float[] mask = new float[batch.size() * newLength * width];
        Arrays.fill(mask, Float.NEGATIVE_INFINITY);
        for (int b = 0; b < batch.size(); b++) {
            Sequence sequence = batch.get(b);
            int prompt = sequence.prompt().length - starts[b];
            int row = b * newLength * width;
            int segment = 0;
            int segmentStart = 0;
            int segmentEnd = prompt;
            for (int i = 0; i < newLength; i++, row += width) {
                if (i >= sequence.length() - starts[b]) {
                    mask[row + pastLength + i] = 0;
                    continue;
                }
                if (i == segmentEnd) {
                    segmentStart = segmentEnd;
                    segmentEnd += sequence.continuations().get(segment++).length;
                }
                Arrays.fill(mask, row, row + starts[b], 0);
                Arrays.fill(mask, row + pastLength, row + pastLength + Math.min(prompt, i + 1), 0);
                Arrays.fill(mask, row + pastLength + segmentStart, row + pastLength + i + 1, 0);
            }
        }
        return step.create(mask, new Shape(batch.size(), 1, newLength, width));
    }

    @Override
    public NDArray where(NDManager step, EditPositions positions) {
        int parts = positions.parts();
        float[] where = new float[batch.size() * newLength * parts];
        for (int b = 0; b < batch.size(); b++) {
            int length = batch.get(b).prompt().length;
            int first = positions.firstOf(length);
            int last = length - positions.lastOf(length);
            for (int i = starts[b]; i < length; i++) {
                int at = (b * newLength + i - starts[b]) * parts;
                if (i < first) {
                    where[at] = 1;
                }
                if (i >= last) {
                    where[at + parts - 1] = 1;
                }
            }
        }
        return step.create(where, new Shape(batch.size(), newLength, parts));
    }

    /** The token before each: for the first of a continuation the prompt's last one. */
    @Override
    public long[] predictors() {
        long[] index = new long[batch.stream().mapToInt(Sequence::predictions).sum()];
        int n = 0;
        for (int b = 0; b < batch.size(); b++) {
            long base = (long) b * newLength;
            int at = batch.get(b).prompt().length - starts[b];
            long lastOfPrompt = base + at - 1;
            for (int[] continuation : batch.get(b).continuations()) {
                for (int i = 0; i < continuation.length; i++, at++) {
                    index[n++] = i == 0 ? lastOfPrompt : base + at - 1;
                }
            }
        }
        return index;
    }
}
