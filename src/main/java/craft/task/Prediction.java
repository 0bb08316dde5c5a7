package craft.task;

import java.util.Map;

/**
 * The model's answer to one test row.
 *
 * @param row row in the task's test file
 * @param text the row's text as the model saw it
 * @param expected the right answer
 * @param predicted the answer chosen among the task's own labels (task known), or the generated text
 * @param predictedUnion the answer chosen among all labels seen so far, or null where that was not asked
 * @param score 1 or 0 for a choice, a value in [0, 1] otherwise
 * @param logLikelihoods as in {@link Answered}; empty also where an earlier version of the program kept it
 */
public record Prediction(int row, String text, String expected, String predicted, String predictedUnion, double score,
        Map<String, Double> logLikelihoods) {

    public Prediction {
        logLikelihoods = Answered.inOrder(logLikelihoods);
    }

    public Prediction(int row, String text, String expected, String predicted, String predictedUnion, double score) {
        this(row, text, expected, predicted, predictedUnion, score, Map.of());
    }
}
