package craft.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A test row and what the model answered: what metrics look at.
 *
 * @param row row in the task's test file
 * @param source the row's text as it is in the file; for SARI the text to be simplified
 * @param expected the right answer
 * @param given the answer chosen or generated
 * @param givenUnion the answer chosen among the labels of all tasks, or null where that was not asked
 * @param logLikelihood of the expected answer and the end-of-text token, in nats; NaN where not measured
 * @param tokens how many tokens that is the sum of
 * @param logLikelihoods of each label that {@code given} was chosen among, in their order, and the end-of-text token, in nats;
 *     empty for a generated answer
 */
public record Answered(int row, String source, String expected, String given, String givenUnion, double logLikelihood,
        int tokens, Map<String, Double> logLikelihoods) {

    public Answered {
        logLikelihoods = inOrder(logLikelihoods);
    }

    /** An answer that was not chosen among labels. */
    public Answered(int row, String source, String expected, String given, String givenUnion, double logLikelihood, int tokens) {
        this(row, source, expected, given, givenUnion, logLikelihood, tokens, Map.of());
    }

    /** A copy that nobody can change, in the same order; of nothing, an empty one. */
    static Map<String, Double> inOrder(Map<String, Double> values) {
        return values == null || values.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Whether the answer is the expected one, spaces around it and Unicode form (composed or not) apart. */
    public boolean right() {
        return Texts.answer(expected).equals(Texts.answer(given));
    }

    /** The same for the choice among the labels of all tasks. */
    boolean unionRight() {
        return givenUnion != null && Texts.answer(expected).equals(Texts.answer(givenUnion));
    }

    /** As it is kept with the run. */
    public Prediction prediction(TaskMetric metric) {
        return new Prediction(row, source, expected, given, givenUnion, metric.row(this), logLikelihoods);
    }
}
