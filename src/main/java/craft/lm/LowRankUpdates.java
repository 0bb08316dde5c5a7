package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Low-rank updates of some projections of some blocks: y + B A x in place of y = P x (Hu et al. 2022, LoRA). With E > 1
 * experts of rank r side by side in A and B, expert e's part counts softmax(gate x)_e (a dense mixture of LoRA experts).
 * A scale such as LoRA's alpha / r is part of B.
 *
 * @param layers the n blocks, 0-based, ascending
 * @param updates at least one
 */
public record LowRankUpdates(int[] layers, Map<Projection, Update> updates) implements Adaptation {
    /**
     * @param a {@code [n, E r, in]}
     * @param b {@code [n, out, E r]}
     * @param gate {@code [n, E, in]}, null with one expert
     * @param experts E
     */
    public record Update(NDArray a, NDArray b, NDArray gate, int experts) {
        public Update(NDArray a, NDArray b) {
            this(a, b, null, 1);
        }
    }

    @Override
    public int firstChanged() {
        return layers[0];
    }

    @Override
    public Adaptation afterPrompt() {
        return this;
    }

    /** What decoder.py's {@code adapted} reads: two tables, then the arrays. */
    List<NDArray> arrays(NDManager step, int blocks) {
        int projections = Projection.values().length;
        long[] places = new long[2 * projections];
        List<NDArray> arrays = new ArrayList<>();
        updates.forEach((projection, update) -> {
            places[projection.ordinal()] = arrays.size() + 2;
            places[projections + projection.ordinal()] = update.experts;
            arrays.add(update.a);
            arrays.add(update.b);
            if (update.experts > 1) {
                arrays.add(update.gate);
            }
        });
        long[] rows = new long[blocks];
        Arrays.fill(rows, -1);
        for (int i = 0; i < layers.length; i++) {
            rows[layers[i]] = i;
        }
        arrays.add(0, step.create(rows));
        arrays.add(0, step.create(places));
        return arrays;
    }
}
