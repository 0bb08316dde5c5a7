package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.assertj.core.data.Offset;

class MetricsTest {
    private static final Offset<Double> CLOSE = within(1e-12);

    /** Three tasks, worked out by hand; task 1 is best after task 2, not after itself. */
    private static AccuracyMatrix example() {
        return matrix(new double[][] {
            {0.10, 0.20, 0.30},
            {0.80, 0.25, 0.30},
            {0.90, 0.70, 0.45},
            {0.60, 0.65, 0.75}});
    }

    @Test
    void agreesWithHandComputedValues() {
        AccuracyMatrix a = example();
        assertThat(Metrics.overallPerformance(a)).isEqualTo((0.60 + 0.65 + 0.75) / 3, CLOSE);
        assertThat(Metrics.forgetting(a)).isEqualTo(((0.90 - 0.60) + (0.70 - 0.65)) / 2, CLOSE);
        assertThat(Metrics.backwardTransfer(a)).isEqualTo(((0.60 - 0.80) + (0.65 - 0.70)) / 2, CLOSE);
        assertThat(Metrics.forwardTransfer(a)).isEqualTo(((0.25 - 0.20) + (0.45 - 0.30)) / 2, CLOSE);
        assertThat(Metrics.learningAccuracy(a)).isEqualTo((0.80 + 0.70 + 0.75) / 3, CLOSE);
    }

    /**
     * The untrained row is no training: a model that was good before and bad after has not been taught and forgotten.
     */
    @Test
    void forgettingLooksOnlyAtTrainedRows() {
        AccuracyMatrix a = matrix(new double[][] {{0.9, 0.9}, {0.5, 0.9}, {0.5, 0.5}});
        assertThat(Metrics.forgetting(a)).isEqualTo(0, CLOSE);
    }

    @Test
    void forgettingIsNegativeWhereTheLastTaskImprovedEarlierOnes() {
        AccuracyMatrix a = matrix(new double[][] {{0, 0}, {0.5, 0}, {0.7, 0.6}});
        assertThat(Metrics.forgetting(a)).isEqualTo(-0.2, CLOSE);
        assertThat(Metrics.backwardTransfer(a)).isEqualTo(0.2, CLOSE);
    }

    @Test
    void isNotANumberWhileACellIsMissing() {
        AccuracyMatrix a = example();
        a.set(3, 2, Double.NaN);
        assertThat(Metrics.overallPerformance(a)).isNaN();
        assertThat(Metrics.forgetting(a)).isNaN();
        assertThat(Metrics.backwardTransfer(a)).isNaN();
        assertThat(Metrics.forwardTransfer(a)).isNotNaN();
        assertThat(Metrics.learningAccuracy(a)).isNotNaN();
    }

    @Test
    void oneTaskHasNoTransfer() {
        AccuracyMatrix a = matrix(new double[][] {{0.2}, {0.8}});
        assertThat(Metrics.overallPerformance(a)).isEqualTo(0.8, CLOSE);
        assertThat(Metrics.learningAccuracy(a)).isEqualTo(0.8, CLOSE);
        assertThat(Metrics.forgetting(a)).isNaN();
        assertThat(Metrics.backwardTransfer(a)).isNaN();
        assertThat(Metrics.forwardTransfer(a)).isNaN();
    }

    private static AccuracyMatrix matrix(double[][] rows) {
        AccuracyMatrix a = new AccuracyMatrix(rows[0].length);
        for (int j = 0; j < rows.length; j++) {
            for (int i = 0; i < rows[j].length; i++) {
                a.set(j, i + 1, rows[j][i]);
            }
        }
        return a;
    }
}
