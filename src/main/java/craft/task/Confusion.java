package craft.task;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How often each label was expected, given, and both; spaces around a label and its Unicode form do not count. */
final class Confusion {
    /** Counts of one label. */
    static final class Counts {
        private int both;
        private int expected;
        private int given;

        int expected() {
            return expected;
        }

        double recall() {
            return (double) both / expected;
        }

        /** F1 = 2 TP / (2 TP + FP + FN), where expected = TP + FN and given = TP + FP. */
        double f1() {
            return 2.0 * both / (expected + given);
        }
    }

    /** Sorted, so that sums over it do not depend on the order of a hash table. */
    private final Map<String, Counts> labels = new TreeMap<>();

    Confusion(List<Answered> rows) {
        for (Answered row : rows) {
            counts(row.expected()).expected++;
            counts(row.given()).given++;
            if (row.right()) {
                counts(row.expected()).both++;
            }
        }
    }

    private Counts counts(String label) {
        return labels.computeIfAbsent(Texts.answer(label), k -> new Counts());
    }

    /** One element a label that was expected or given. */
    List<Counts> all() {
        return List.copyOf(labels.values());
    }
}
