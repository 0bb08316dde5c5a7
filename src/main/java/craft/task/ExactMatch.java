package craft.task;

/**
 * Share of rows whose answer is the expected one, character by character, spaces around it and its Unicode form apart: accuracy of a choice,
 * exact match of a generated text (TRACE's {@code caculate_accuracy} compares in the same way). Nothing is lower-cased
 * and no punctuation is dropped.
 */
record ExactMatch(String name) implements TaskMetric {
    @Override
    public String formula() {
        return "1/n sum_i [ answer_i = expected_i ]";
    }

    @Override
    public double row(Answered answered) {
        return answered.right() ? 1 : 0;
    }
}
