package craft.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import craft.error.InvalidInputException;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Every value was worked out by hand; the working stands beside it. */
class TaskMetricTest {
    private static final Offset<Double> EXACT = within(1e-12);

    private static Answered row(String expected, String given) {
        return new Answered(1, "source", expected, given, null, Double.NaN, 0);
    }

    private static double of(TaskMetric metric, String expected, String given) {
        return metric.row(row(expected, given));
    }

    @Test
    void exactMatchComparesEveryCharacterButSpacesAround() {
        for (TaskMetric metric : List.of(TaskMetric.ACCURACY, TaskMetric.EXACT_MATCH)) {
            assertThat(of(metric, "Natural Place", " Natural Place\n")).isEqualTo(1);
            assertThat(of(metric, "ham", "Ham")).isZero();
            assertThat(of(metric, "한국", "한국 ")).isEqualTo(1);
            assertThat(of(metric, "한국", "한국.")).isZero();
            assertThat(metric.of(List.of(row("a", "a"), row("a", "b"), row("b", "b"), row("b", "")))).isEqualTo(0.5);
        }
    }

    @Test
    void balancedAccuracyIsTheMeanRecallOfTheLabelsThatOccur() {
        TaskMetric metric = TaskMetric.BALANCED_ACCURACY;
        // a: 2 of 3, b: 1 of 2; c was never expected
        assertThat(metric.of(List.of(row("a", "a"), row("a", "a"), row("a", "b"), row("b", "b"), row("b", "c"))))
                .isEqualTo((2.0 / 3 + 0.5) / 2, EXACT);
        assertThat(metric.of(List.of(row("ham", "ham"), row("ham", "ham"), row("ham", "ham"), row("spam", "ham"))))
                .isEqualTo(0.5, EXACT);
        assertThat(metric.of(List.of(row("긍정", "긍정"), row("부정", "긍정"), row("부정", "부정"), row("부정", "부정"))))
                .isEqualTo((1 + 2.0 / 3) / 2, EXACT);
        assertThat(metric.of(List.of(row("a", "b"), row("b", "a")))).isZero();
        assertThat(metric.of(List.of(row("a", "a")))).isEqualTo(1);
    }

    @Test
    void macroF1IsTheMeanOfTheLabelsF1() {
        TaskMetric metric = TaskMetric.MACRO_F1;
        // a: TP 2 FP 0 FN 1 -> 4/5; b: TP 1 FP 1 FN 1 -> 2/4; c: TP 0 FP 1 -> 0
        assertThat(metric.of(List.of(row("a", "a"), row("a", "a"), row("a", "b"), row("b", "b"), row("b", "c"))))
                .isEqualTo((0.8 + 0.5) / 3, EXACT);
        // constant answer: ham TP 3 FP 1 -> 6/7; spam 0
        assertThat(metric.of(List.of(row("ham", "ham"), row("ham", "ham"), row("ham", "ham"), row("spam", "ham"))))
                .isEqualTo(3.0 / 7, EXACT);
        // 긍정: TP 1 FP 1 FN 0 -> 2/3; 부정: TP 2 FP 0 FN 1 -> 4/5
        assertThat(metric.of(List.of(row("긍정", "긍정"), row("부정", "긍정"), row("부정", "부정"), row("부정", "부정"))))
                .isEqualTo((2.0 / 3 + 0.8) / 2, EXACT);
        assertThat(metric.of(List.of(row("a", "b"), row("b", "a")))).isZero();
        assertThat(metric.of(List.of(row("a", "a"), row("b", "b ")))).isEqualTo(1);
    }

    @Test
    void rougeLIsTheF1OfTheLongestCommonSubsequenceOfWords() {
        TaskMetric metric = TaskMetric.ROUGE_L;
        // Lin 2004: "police killed the gunman" and "police kill the gunman": LCS police the gunman = 3 of 4 and 4
        assertThat(of(metric, "police killed the gunman", "police kill the gunman")).isEqualTo(0.75, EXACT);
        // "the gunman kill police": LCS the gunman = 2
        assertThat(of(metric, "police killed the gunman", "the gunman kill police")).isEqualTo(0.5, EXACT);
        // LCS 3, answer 6 words, expected 3: P = 1/2, R = 1
        assertThat(of(metric, "the cat sat", "Then, the cat -- it sat down!")).isEqualTo(2 * 3 / 9.0, EXACT);
        // words of Korean are those between spaces: 나는 ... 갔다 = 2 of 3 and 4
        assertThat(of(metric, "나는 학교에 갔다.", "나는 어제 학교로 갔다")).isEqualTo(2 * 2 / 7.0, EXACT);
        // a Han character is a token: 我 去 学 校 and 我 在 学 校: 3 of 4 and 4
        assertThat(of(metric, "我去学校", "我在学校")).isEqualTo(0.75, EXACT);
        assertThat(of(metric, "a b", "")).isZero();
        assertThat(of(metric, "3.5 million", "3.5 Million")).isEqualTo(1);
        assertThat(of(metric, "!", "?")).isEqualTo(1);
        assertThat(metric.of(List.of(row("a b", "a b"), row("a b", "c d")))).isEqualTo(0.5, EXACT);
    }

    @Test
    void editSimilarityIsTheFuzzyRatio() {
        TaskMetric metric = TaskMetric.EDIT_SIMILARITY;
        // kitten and sitting: LCS "ittn" = 4 of 6 and 7 characters
        assertThat(of(metric, "kitten", "sitting")).isEqualTo(8 / 13.0, EXACT);
        // "fuzzy wuzzy was a bear" without its last letter: 21 of 22 and 21
        assertThat(of(metric, "fuzzy wuzzy was a bear", "fuzzy wuzzy was a bea")).isEqualTo(42 / 43.0, EXACT);
        // 안녕하세요 (5) and 안녕히 가세요 (7): 안 녕 세 요
        assertThat(of(metric, "안녕하세요", "안녕히 가세요")).isEqualTo(8 / 12.0, EXACT);
        // one code point outside the basic plane is one character
        assertThat(of(metric, "a😀", "b😀")).isEqualTo(0.5, EXACT);
        assertThat(of(metric, "abc", "xyz")).isZero();
        assertThat(of(metric, " return x\n", "return x")).isEqualTo(1);
        assertThat(of(metric, "x", "")).isZero();
    }

    @Test
    void firstCharacterLooksAtTheLetterOfTheChoice() {
        TaskMetric metric = TaskMetric.FIRST_CHARACTER;
        assertThat(of(metric, "A because it is so", "A")).isEqualTo(1);
        assertThat(of(metric, "A because it is so", " A. another reason")).isEqualTo(1);
        assertThat(of(metric, "A because", "a because")).isZero();
        assertThat(of(metric, "B", "")).isZero();
        assertThat(of(metric, "가: 왜냐하면", "가")).isEqualTo(1);
        assertThat(of(metric, "가", "나")).isZero();
        assertThat(metric.of(List.of(row("A x", "A"), row("B x", "B"), row("C x", "D"), row("D x", "")))).isEqualTo(0.5);
    }

    @Test
    void perplexityIsOfAllTokensTogether() {
        TaskMetric metric = TaskMetric.PERPLEXITY;
        // every token has probability 1/4
        assertThat(metric.of(List.of(likely(3 * Math.log(0.25), 3), likely(Math.log(0.25), 1))))
                .isEqualTo(4, within(1e-9));
        // 1/2, and two of 1/8: (1/2 * 1/64)^(-1/3) = 128^(1/3)
        assertThat(metric.of(List.of(likely(Math.log(0.5), 1), likely(2 * Math.log(0.125), 2))))
                .isEqualTo(Math.cbrt(128), within(1e-9));
        assertThat(metric.of(List.of(likely(0, 5)))).isEqualTo(1);
        assertThat(metric.row(likely(-2, 1))).isEqualTo(Math.exp(2), EXACT);
        assertThat(metric.of(List.of(likely(-1, 1), row("a", "a")))).isNaN();
    }

    private static Answered likely(double logLikelihood, int tokens) {
        return new Answered(1, "t", "a", "a", null, logLikelihood, tokens);
    }

    private static double sari(String source, String answer, String reference) {
        return TaskMetric.SARI.row(new Answered(1, source, reference, answer, null, 0, 0));
    }

    @Test
    void sariIsOneWhenTheAnswerIsTheReferenceAndTheSourceChanged() {
        assertThat(sari("the cat perched on the mat", "the cat sat on the mat", "the cat sat on the mat"))
                .isEqualTo(1, EXACT);
    }

    /**
     * I = a b, O = a b, R = a c. n=1: add: A empty, p = 1; R adds c, r = 0: F 0. keep: k(a) = k(b) = 1, p = (1 + 0)/2, r = 1/1:
     * F = 2/3. delete: nothing deleted: 1. n=2: add p = 1 (nothing added), r = 0 of {a c}: 0. keep: "a b" kept, p = 0; I and R share none,
     * r = 0/0 = 1: F = 0. delete 1. n=3, 4: no n-grams: 1, 1, 1.
     */
    @Test
    void sariOfCopyingTheSource() {
        assertThat(sari("a b", "a b", "a c"))
                .isEqualTo((0 + 2.0 / 3 + 1 + 0 + 0 + 1 + 3 + 3) / 12, EXACT);
    }

    /**
     * I = a b c, O = a d, R = a d c (Korean words). n=1: add {d} of {d}: 1. keep: k(a) = 1: p = 1; I and R: a, c: r = 1/2: F = 2/3. delete:
     * b, c gone; b not in R: 1, c in R: 0: 1/2. n=2: add {a d} good, p = 1, r = 1 of {a d, d c}: 1/2: F = 2/3. keep: none kept, p = 1
     * (0/0); I and R share none, r = 1: F = 1. delete: "a b", "b c" gone, neither in R: 1. n=3: O has none: add p = 1, r = 0 of 1: 0.
     * keep: 1, 1: 1. delete "a b c": 1. n=4: 1, 1, 1.
     */
    @Test
    void sariOfKoreanWords() {
        assertThat(sari("나는 매우 간다", "나는 곧", "나는 곧 간다")).isEqualTo(
                (1 + 2.0 / 3 + 0.5 + 2.0 / 3 + 1 + 1 + 0 + 1 + 1 + 3) / 12, EXACT);
    }

    /**
     * Counts: I = x x y, O = x, R = x x. n=1: add: nothing added and nothing to add: 1. keep: k(x) = 1, min(1, 2)/1: p = 1; I and R share 2:
     * r = 1/2: F = 2/3. delete: d(x) = 1, max(1 - 2, 0) = 0; d(y) = 1: 1: 1/2. n=2: add: R's "x x" is in I: 1. keep: none kept, p = 1, r = 0/1:
     * F = 0. delete: "x x": in R: 0, "x y": 1: 1/2. n=3: add 1, keep: p = 1, r = 1: 1, delete "x x y": 1. n=4: 3.
     */
    @Test
    void sariCountsRepeatedWords() {
        assertThat(sari("x x y", "x", "x x")).isEqualTo((1 + 2.0 / 3 + 0.5 + 1 + 0 + 0.5 + 3 + 3) / 12, EXACT);
    }

    /** I = p q, O = r s, R = p q. n=1: add p 0/2, r 1 (nothing to add): 0; keep p = 1 (0/0), r = 0/2: 0; delete 0. n=2: the same. */
    @Test
    void sariOfAWrongAnswerHasOnlyTheOrdersThatNoTextReaches() {
        assertThat(sari("p q", "r s", "p q")).isEqualTo(6 / 12.0, EXACT);
    }

    @Test
    void tokensAreLowerCasedWordsNumbersAndMarks() {
        assertThat(Words.words("The U.S. grew 3.5%, 서울은 안녕!")).containsExactly("the", "u", "s", "grew", "3.5", "서울은", "안녕");
        assertThat(Words.withPunctuation("Don't, 10,000원.")).containsExactly("don", "'", "t", ",", "10", ",", "000원", ".");
        assertThat(Words.withPunctuation("世界 10,000 !")).containsExactly("世", "界", "10,000", "!");
    }

    @Test
    void aMetricIsFoundByItsNameInAnyCase() {
        assertThat(TaskMetric.named("Rouge_L", "")).isSameAs(TaskMetric.ROUGE_L);
        for (TaskMetric metric : TaskMetric.forTasks()) {
            assertThat(TaskMetric.named(metric.name(), "")).isEqualTo(metric);
            assertThat(metric.formula()).isNotBlank();
        }
        assertThatThrownBy(() -> TaskMetric.named("f2", "about.json: ")).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("about.json: ", "\"f2\"", "macro-f1", "rouge-l");
        assertThatThrownBy(() -> TaskMetric.named("perplexity", "")).hasMessageContaining("reported of every task");
    }

    @Test
    void traceSetsHaveTheirMetricsByName() {
        assertThat(List.of("C-STANCE", "FOMC", "MeetingBank", "Py150", "ScienceQA", "NumGLUE-cm", "NumGLUE-ds", "20Minuten")
                .stream().map(n -> TaskMetric.ofTrace(n).orElseThrow().name())).containsExactly("accuracy", "accuracy",
                "rouge-l", "edit-similarity", "first-character", "accuracy", "accuracy", "sari");
        assertThat(TaskMetric.ofTrace("mnli")).isEmpty();
    }
}
