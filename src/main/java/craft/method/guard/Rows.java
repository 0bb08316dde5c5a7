package craft.method.guard;

import craft.lm.FloatTensor;
import craft.lm.Sequence;
import craft.method.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Rows that a guard remembers: drawing some, and keeping them in a state. */
final class Rows {
    private Rows() {
    }

    /** {@code count} rows, or all if there are fewer, each at most once and in the order in which they are drawn. */
    static List<Sequence> sample(List<Sequence> rows, int count, Random random) {
        List<Sequence> pool = new ArrayList<>(rows);
        int n = Math.min(count, pool.size());
        for (int i = 0; i < n; i++) { // the first n places of a Fisher-Yates shuffle
            Collections.swap(pool, i, i + random.nextInt(pool.size() - i));
        }
        return List.copyOf(pool.subList(0, n));
    }

    /** Token ids and nothing else: what must be stored to see the rows again. */
    static long bytes(List<Sequence> rows) {
        return rows.stream().mapToLong(row -> (long) Integer.BYTES * row.length()).sum();
    }

    /**
     * Three arrays: all ids one behind the other, prompt before answer, and the lengths of prompts and of answers. A float
     * holds whole numbers up to 2^24 exactly, more than any vocabulary or context has.
     *
     * @param rows of one continuation each
     */
    static void save(List<Sequence> rows, State to) {
        to.put("rows", rows.size());
        if (rows.isEmpty()) {
            return;
        }
        float[] ids = new float[rows.stream().mapToInt(Sequence::length).sum()];
        float[] prompts = new float[rows.size()];
        float[] answers = new float[rows.size()];
        int at = 0;
        for (int i = 0; i < rows.size(); i++) {
            int[] answer = rows.get(i).continuations().get(0);
            prompts[i] = rows.get(i).prompt().length;
            answers[i] = answer.length;
            at = copy(rows.get(i).prompt(), ids, at);
            at = copy(answer, ids, at);
        }
        to.put("ids", row(ids));
        to.put("prompts", row(prompts));
        to.put("answers", row(answers));
    }

    private static int copy(int[] from, float[] to, int at) {
        for (int i = 0; i < from.length; i++) {
            to[at + i] = from[i];
        }
        return at + from.length;
    }

    private static FloatTensor row(float[] values) {
        return new FloatTensor(new long[] {values.length}, values);
    }

    static List<Sequence> read(State from) {
        List<Sequence> rows = new ArrayList<>();
        int count = from.integer("rows");
        int at = 0;
        for (int i = 0; i < count; i++) {
            int prompt = (int) from.array("prompts").data()[i];
            int answer = (int) from.array("answers").data()[i];
            float[] ids = from.array("ids").data();
            rows.add(new Sequence(ids(ids, at, at + prompt), List.of(ids(ids, at + prompt, at + prompt + answer))));
            at += prompt + answer;
        }
        return rows;
    }

    private static int[] ids(float[] all, int from, int to) {
        float[] part = Arrays.copyOfRange(all, from, to);
        int[] ids = new int[part.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (int) part[i];
        }
        return ids;
    }
}
