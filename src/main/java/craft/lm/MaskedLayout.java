package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The layout of a masked language model, which reads in both directions: a row is prompt, m masks, closing tokens, and is
 * shared by all continuations of m tokens, since what they are is not in it. Each token of a continuation is predicted at
 * its own mask. A sequence has one row for each length that its continuations have, the shortest first.
 *
 * <p>Positions of edits count within the prompt, without the closing tokens. Where last tokens are edited, so are the
 * masks: the reason for editing a prompt's last tokens is that they predict, and here the masks do. Without it an edit of
 * the last block's output would change nothing.
 */
record MaskedLayout(List<Sequence> batch, int mask, int[] closing, List<Row> rows, int newLength) implements Layout {

    /** @param masks so many of them behind the prompt */
    record Row(Sequence sequence, int masks) {
        int prompt() {
            return sequence.prompt().length;
        }
    }

    static MaskedLayout of(List<Sequence> batch, int mask, int[] closing) {
        List<Row> rows = new ArrayList<>();
        int longest = 0;
        for (Sequence sequence : batch) {
            for (int masks : lengths(sequence)) {
                Row row = new Row(sequence, masks);
                rows.add(row);
                longest = Math.max(longest, row.prompt() + masks + closing.length);
            }
        }
        return new MaskedLayout(batch, mask, closing, rows, longest);
    }

    /** The lengths that a sequence's continuations have, ascending. */
    static int[] lengths(Sequence sequence) {
        return sequence.continuations().stream().mapToInt(c -> c.length).sorted().distinct().toArray();
    }

    @Override
    public int pastLength() {
        return 0;
    }

    @Override
    public int rowCount() {
        return rows.size();
    }

    private int length(Row row) {
        return row.prompt() + row.masks() + closing.length;
    }

    @Override
    public NDArray ids(NDManager step) {
        long[] ids = new long[rows.size() * newLength];
        for (int r = 0; r < rows.size(); r++) {
            Row row = rows.get(r);
            int at = r * newLength;
            for (int id : row.sequence().prompt()) {
                ids[at++] = id;
            }
            Arrays.fill(ids, at, at + row.masks(), mask);
            at += row.masks();
            for (int id : closing) {
                ids[at++] = id;
            }
        }
        return step.create(ids, new Shape(rows.size(), newLength));
    }

    @Override
    public NDArray positions(NDManager step) {
        float[] positions = new float[rows.size() * newLength];
        for (int r = 0; r < rows.size(); r++) {
            for (int i = 0; i < length(rows.get(r)); i++) {
                positions[r * newLength + i] = i;
            }
        }
        return step.create(positions, new Shape(rows.size(), newLength));
    }

    /** Every token of a row sees all of it. Never null, which would stand for causal attention. */
    @Override
    public NDArray mask(NDManager step) {
        float[] seen = new float[rows.size() * newLength * newLength];
        Arrays.fill(seen, Float.NEGATIVE_INFINITY);
        for (int r = 0; r < rows.size(); r++) {
            int length = length(rows.get(r));
            for (int i = 0; i < newLength; i++) {
                int from = (r * newLength + i) * newLength;
                if (i < length) {
                    Arrays.fill(seen, from, from + length, 0);
                } else {
                    seen[from + i] = 0;
                }
            }
        }
        return step.create(seen, new Shape(rows.size(), 1, newLength, newLength));
    }

    @Override
    public NDArray where(NDManager step, EditPositions positions) {
        int parts = positions.parts();
        float[] where = new float[rows.size() * newLength * parts];
        for (int r = 0; r < rows.size(); r++) {
            Row row = rows.get(r);
            int first = positions.firstOf(row.prompt());
            int last = positions.lastOf(row.prompt());
            for (int i = 0; i < row.prompt() + row.masks(); i++) {
                int at = (r * newLength + i) * parts;
                if (i < first) {
                    where[at] = 1;
                }
                if (last > 0 && i >= row.prompt() - last) {
                    where[at + parts - 1] = 1;
                }
            }
        }
        return step.create(where, new Shape(rows.size(), newLength, parts));
    }

    /** The mask in a continuation token's own place. */
    @Override
    public long[] predictors() {
        long[] index = new long[batch.stream().mapToInt(Sequence::predictions).sum()];
        int n = 0;
        int firstRow = 0;
        for (Sequence sequence : batch) {
            int[] lengths = lengths(sequence);
            for (int[] continuation : sequence.continuations()) {
                long row = firstRow + Arrays.binarySearch(lengths, continuation.length);
                for (int i = 0; i < continuation.length; i++) {
                    index[n++] = row * newLength + sequence.prompt().length + i;
                }
            }
            firstRow += lengths.length;
        }
        return index;
    }
}
