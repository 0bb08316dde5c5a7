package craft.task;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * SARI (Xu et al. 2016, "Optimizing Statistical Machine Translation for Text Simplification", section 4), which looks
 * at what an answer O adds to, keeps of and deletes from its source I, against one reference R, for n-grams of 1 to 4
 * tokens: SARI = 1/3 (F_add + F_keep + P_del), each the mean over n. It is computed as the authors' program and
 * Hugging Face's {@code evaluate} do, which TRACE uses for 20Minuten: F is taken for each n. With #_X(g) the count of
 * n-gram g in text X and all sums over distinct n-grams:
 * <ul>
 * <li>add: A = {g in O, not in I}; p = |A and R| / |A|, r = |A and R| / |{g in R, not in I}|, both of sets;</li>
 * <li>keep: k(g) = min(#_I, #_O); p = mean over k > 0 of min(k, #_R) / k, r = sum min(k, #_R) / sum min(#_I,
 * #_R);</li>
 * <li>delete: d(g) = max(#_I - #_O, 0); p = mean over d > 0 of max(d - #_R, 0) / d.</li>
 * </ul>
 * 0/0 counts as 1, F = 2pr / (p + r). Tokens are {@link Words#withPunctuation lower-cased words and punctuation
 * marks} (sacrebleu's 13a, there, splits words of other scripts and signs a little differently). In [0, 1]; TRACE
 * reports it in per cent. Mean over the rows.
 */
record Sari() implements TaskMetric {
    private static final int LONGEST = 4;

    @Override
    public String name() {
        return "sari";
    }

    @Override
    public String formula() {
        return "1/3 (F_add + F_keep + P_del), mean over n-grams of 1 to 4 tokens";
    }

    @Override
    public double row(Answered answered) {
        List<String> source = Words.withPunctuation(answered.source());
        List<String> output = Words.withPunctuation(answered.given());
        List<String> reference = Words.withPunctuation(answered.expected());
        double sum = 0;
        for (int n = 1; n <= LONGEST; n++) {
            Grams in = new Grams(source, n);
            Grams out = new Grams(output, n);
            Grams ref = new Grams(reference, n);
            sum += added(in, out, ref) + kept(in, out, ref) + deleted(in, out, ref);
        }
        return sum / (3 * LONGEST);
    }

    private static double added(Grams in, Grams out, Grams ref) {
        double good = out.sum(g -> in.count(g) == 0 && ref.count(g) > 0 ? 1 : 0);
        return f1(ratio(good, out.sum(g -> in.count(g) == 0 ? 1 : 0)),
                ratio(good, ref.sum(g -> in.count(g) == 0 ? 1 : 0)));
    }

    private static double kept(Grams in, Grams out, Grams ref) {
        double kinds = in.sum(g -> out.count(g) > 0 ? 1 : 0);
        double shares = in.sum(g -> {
            double kept = Math.min(in.count(g), out.count(g));
            return kept == 0 ? 0 : Math.min(kept, ref.count(g)) / kept;
        });
        double good = in.sum(g -> Math.min(Math.min(in.count(g), out.count(g)), ref.count(g)));
        return f1(ratio(shares, kinds), ratio(good, in.sum(g -> Math.min(in.count(g), ref.count(g)))));
    }

    private static double deleted(Grams in, Grams out, Grams ref) {
        double kinds = in.sum(g -> in.count(g) > out.count(g) ? 1 : 0);
        double shares = in.sum(g -> {
            double gone = Math.max(in.count(g) - out.count(g), 0);
            return gone == 0 ? 0 : Math.max(gone - ref.count(g), 0) / gone;
        });
        return ratio(shares, kinds);
    }

    private static double ratio(double part, double whole) {
        return whole == 0 ? 1 : part / whole;
    }

    private static double f1(double precision, double recall) {
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    /** How often each n-gram occurs. */
    private static final class Grams {
        private final Map<List<String>, Integer> counts = new HashMap<>();

        Grams(List<String> tokens, int n) {
            for (int i = 0; i + n <= tokens.size(); i++) {
                counts.merge(List.copyOf(tokens.subList(i, i + n)), 1, Integer::sum);
            }
        }

        int count(List<String> gram) {
            return counts.getOrDefault(gram, 0);
        }

        /** Over the distinct n-grams; sorted, so that the sum does not depend on the order of a hash table. */
        double sum(ToDoubleFunction<List<String>> value) {
            return counts.keySet().stream().mapToDouble(value).sorted().sum();
        }
    }
}
