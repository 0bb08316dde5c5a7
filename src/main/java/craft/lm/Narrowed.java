package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The tokens of a batch whose last hidden state is asked for: n of each of B rows.
 *
 * @param tokens B times n flat indices into {@code [B * S]}; a row with fewer of them is filled with its first token
 * @param predictors flat indices into {@code [B * n]}, in the order of {@link Layout#predictors()}
 */
record Narrowed(long[] tokens, int rows, long[] predictors) {

    /**
     * @param predictors flat indices into {@code [B * S]}, a token as often as it predicts
     * @return null when a row has them all
     */
    static Narrowed of(long[] predictors, int rows, int length) {
        long[] distinct = Arrays.stream(predictors).sorted().distinct().toArray();
        int[] count = new int[rows];
        for (long token : distinct) {
            count[(int) (token / length)]++;
        }
        int width = Arrays.stream(count).max().orElse(0);
        if (width == 0 || width >= length) {
            return null;
        }
        long[] tokens = new long[rows * width];
        Map<Long, Long> places = new HashMap<>();
        for (int row = 0, next = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                int at = row * width + i;
                tokens[at] = i < count[row] ? distinct[next++] : (long) row * length;
                if (i < count[row]) {
                    places.put(tokens[at], (long) at);
                }
            }
        }
        return new Narrowed(tokens, rows, Arrays.stream(predictors).map(places::get).toArray());
    }

    /** {@code [B, n]} */
    NDArray tokens(NDManager step) {
        return step.create(tokens, new Shape(rows, tokens.length / rows));
    }
}
