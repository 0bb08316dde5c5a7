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

    /** How many optimiser steps an epoch has: the same in every epoch, known before any order is drawn. */
    public static int perEpoch(List<Sequence> examples, TrainingOptions options) {
        if (options.batchTokens() == 0) {
            return ceil(examples.size(), options.batchSize() * options.accumulate());
        }
        return ceil(byBudget(ordered(examples), options.batchTokens()).size(), options.accumulate());
    }

    private static int ceil(int count, int each) {
        return (count + each - 1) / each;
    }

    /** The rows of every optimiser step of an epoch; {@link #parts} says how they are passed forward. */
    public static List<List<Sequence>> epoch(List<Sequence> examples, TrainingOptions options, long seed, int epoch) {
        if (options.batchTokens() == 0) {
            return epoch(examples, options.batchSize() * options.accumulate(), seed, epoch);
        }
        Random random = Seeds.random(seed, "batches", epoch);
        List<Sequence> order = new ArrayList<>(examples);
        Collections.shuffle(order, random);
        List<List<Sequence>> batches = byBudget(ordered(order), options.batchTokens());
        Collections.shuffle(batches, random);
        List<List<Sequence>> steps = new ArrayList<>();
        for (int from = 0; from < batches.size(); from += options.accumulate()) {
            steps.add(batches.subList(from, Math.min(from + options.accumulate(), batches.size())).stream()
                    .flatMap(List::stream).toList());
        }
        return steps;
    }

    /**
     * The batches in which a step's rows are passed forward, one after the other, their gradients summed: all at once, or
     * at most as many as the options allow together.
     */
    public static List<List<Sequence>> parts(List<Sequence> rows, TrainingOptions options) {
        if (options.batchTokens() > 0) {
            return byBudget(ordered(rows), options.batchTokens());
        }
        if (options.accumulate() == 1) {
            return List.of(rows);
        }
        List<Sequence> order = new ArrayList<>(rows);
        order.sort(Comparator.comparingInt(Sequence::length));
        List<List<Sequence>> parts = new ArrayList<>();
        for (int at = 0; at < order.size(); at += options.batchSize()) {
            parts.add(List.copyOf(order.subList(at, Math.min(at + options.batchSize(), order.size()))));
        }
        return parts;
    }

    /** Shortest bucket first; within a bucket the order given. */
    private static List<Sequence> ordered(List<Sequence> rows) {
        List<Sequence> order = new ArrayList<>(rows);
        order.sort(Comparator.comparingInt(s -> bucket(s.length())));
        return order;
    }

    /**
     * The longest length of a bucket: lengths that differ by less than a quarter or so count as one, so that chance decides
     * who shares a batch, and how many batches there are follows from the lengths alone.
     */
    static int bucket(int length) {
        int width = Math.max(1, Integer.highestOneBit(length) / 4);
        return ceil(length, width) * width;
    }

    /** Cuts rows, ascending by bucket, into batches of at most {@code tokens} padded tokens, and at least one row. */
    private static List<List<Sequence>> byBudget(List<Sequence> rows, int tokens) {
        List<List<Sequence>> batches = new ArrayList<>();
        List<Sequence> batch = new ArrayList<>();
        for (Sequence row : rows) {
            if (!batch.isEmpty() && (batch.size() + 1L) * bucket(row.length()) > tokens) {
                batches.add(List.copyOf(batch));
                batch.clear();
            }
            batch.add(row);
        }
        if (!batch.isEmpty()) {
            batches.add(List.copyOf(batch));
        }
        return batches;
    }

    /** With a fixed number of rows a batch. */
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
