package craft.task;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;

/**
 * The score of one task's test rows. NaN where not measured; all values but {@code perplexity} are in [0, 1].
 *
 * @param value the task's main value, by the metric that it names: a cell of the accuracy matrix
 * @param metric that metric's name, see {@link TaskMetric#forTasks}
 * @param accuracy share of rows answered right (exact match for a generated answer)
 * @param balancedAccuracy mean over the labels that occur of the share answered right; NaN without labels
 * @param macroF1 mean over the labels of their F1; NaN without labels
 * @param unionAccuracy share answered right when choosing among the labels of all tasks
 * @param majority share of the most frequent expected answer: what a constant answer would score
 * @param perplexity of the expected answers, at least 1, lower is better
 * @param taskFree the main value when the group is inferred for each row instead of known from the task; NaN where
 *     not measured, and where {@code value} itself is measured so
 * @param groupAccuracy share of rows whose inferred group is the task table's
 * @param rows number of rows scored
 */
@JsonDeserialize(builder = Score.Builder.class)
public record Score(double value, String metric, double accuracy, double balancedAccuracy, double macroF1,
        double unionAccuracy, double majority, double perplexity, double taskFree, double groupAccuracy, int rows) {

    /** A score by accuracy, of which nothing further was measured. */
    public Score(double accuracy, double balancedAccuracy, double unionAccuracy, double majority, int rows) {
        this(accuracy, TaskMetric.ACCURACY.name(), accuracy, balancedAccuracy, Double.NaN, unionAccuracy, majority,
                Double.NaN, Double.NaN, Double.NaN, rows);
    }

    /** The same score with what inferring the group came to. */
    public Score withInference(double newTaskFree, double newGroupAccuracy) {
        return new Score(value, metric, accuracy, balancedAccuracy, macroF1, unionAccuracy, majority, perplexity,
                newTaskFree, newGroupAccuracy, rows);
    }

    /**
     * Reads a stored score. What an older program did not write is NaN; its main value was the accuracy. Accuracy and
     * number of rows were always written.
     */
    @JsonPOJOBuilder(withPrefix = "")
    static final class Builder {
        private double value = Double.NaN;
        private boolean valueGiven;
        private String metric = TaskMetric.ACCURACY.name();
        private double accuracy = Double.NaN;
        private double balancedAccuracy = Double.NaN;
        private double macroF1 = Double.NaN;
        private double unionAccuracy = Double.NaN;
        private double majority = Double.NaN;
        private double perplexity = Double.NaN;
        private double taskFree = Double.NaN;
        private double groupAccuracy = Double.NaN;
        private int rows = -1;

        Builder value(double v) {
            value = v;
            valueGiven = true;
            return this;
        }

        Builder metric(String v) {
            metric = v;
            return this;
        }

        Builder accuracy(double v) {
            accuracy = v;
            return this;
        }

        Builder balancedAccuracy(double v) {
            balancedAccuracy = v;
            return this;
        }

        Builder macroF1(double v) {
            macroF1 = v;
            return this;
        }

        Builder unionAccuracy(double v) {
            unionAccuracy = v;
            return this;
        }

        Builder majority(double v) {
            majority = v;
            return this;
        }

        Builder perplexity(double v) {
            perplexity = v;
            return this;
        }

        Builder taskFree(double v) {
            taskFree = v;
            return this;
        }

        Builder groupAccuracy(double v) {
            groupAccuracy = v;
            return this;
        }

        Builder rows(int v) {
            rows = v;
            return this;
        }

        Score build() {
            if (rows < 0) {
                throw new IllegalStateException("a score without its number of rows");
            }
            return new Score(valueGiven ? value : accuracy, metric, accuracy, balancedAccuracy, macroF1, unionAccuracy,
                    majority, perplexity, taskFree, groupAccuracy, rows);
        }
    }
}
