package craft.method;

import craft.lm.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Batches of examples of similar length, in an order that depends only on the seed and the epoch, so that a run can be
 * taken up at any batch.
 */
public final class Batches {
    /** A bucket is this many batches of the shuffled order, sorted by length: little padding, much chance left. */
    private static final int BATCHES_A_BUCKET = 16;

    private Batches() {
    }

    /** How many batches an epoch has. */
    public static int perEpoch(int examples, int batchSize) {
        return (examples + batchSize - 1) / batchSize;
    }

    public static List<List<Sequence>> epoch(List<Sequence> examples, int batchSize, long seed, int epoch) {
        Random random = Seeds.random(seed, "batches", epoch);
        List<Sequence> order = new ArrayList<>(examples);
        Collections.shuffle(order, random);
        List<List<Sequence>> batches = new ArrayList<>();
        int bucket = batchSize * BATCHES_A_BUCKET;
        for (int from = 0; from < order.size(); from += bucket) {
            List<Sequence> part = new ArrayList<>(order.subList(from, Math.min(from + bucket, order.size())));
            part.sort(Comparator.comparingInt(Sequence::length));
            for (int at = 0; at < part.size(); at += batchSize) {
                batches.add(List.copyOf(part.subList(at, Math.min(at + batchSize, part.size()))));
            }
        }
        Collections.shuffle(batches, random);
        return batches;
    }

    /** For evaluation: batches in order of length, of at most {@code tokens} padded tokens (and at least one example). */
    public static List<List<Sequence>> byLength(List<Sequence> examples, int tokens) {
        List<Sequence> order = new ArrayList<>(examples);
        order.sort(Comparator.comparingInt(Sequence::length));
        List<List<Sequence>> batches = new ArrayList<>();
        List<Sequence> batch = new ArrayList<>();
        for (Sequence sequence : order) {
            if (!batch.isEmpty() && (batch.size() + 1) * sequence.length() > tokens) {
                batches.add(List.copyOf(batch));
                batch.clear();
            }
            batch.add(sequence);
        }
        if (!batch.isEmpty()) {
            batches.add(List.copyOf(batch));
        }
        return batches;
    }
}
