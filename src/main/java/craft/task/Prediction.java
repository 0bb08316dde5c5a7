package craft.task;

/**
 * The model's answer to one test row.
 *
 * @param row row in the task's test file
 * @param text the row's text as the model saw it
 * @param expected the right answer
 * @param predicted the answer chosen among the task's own labels (task known), or the generated text
 * @param predictedUnion the answer chosen among all labels seen so far, or null where that was not asked
 * @param score 1 or 0 for a choice, a value in [0, 1] otherwise
 */
public record Prediction(int row, String text, String expected, String predicted, String predictedUnion, double score) {
}
