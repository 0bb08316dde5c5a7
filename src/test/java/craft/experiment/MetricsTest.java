package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
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
        a = a.with(3, 2, Double.NaN);
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

    @Test
    void theVariantsOfBackwardTransferAgreeWithHandComputedValues() {
        AccuracyMatrix a = example();
        a = a.with(3, 1, 0.85); // task 1 gains 0.05 since its own training, task 2 loses 0.05
        a = a.with(3, 2, 0.55); // and now 0.15
        assertThat(Metrics.backwardTransferTrace(a)).isEqualTo((0.05 - 0.15 + 0) / 3, CLOSE);
        assertThat(Metrics.forgettingCraft(a)).isEqualTo((-0.05 + 0.15 + 0) / 3, CLOSE);
        assertThat(Metrics.backwardTransferTreeLora(a)).isEqualTo(-0.15 / 3, CLOSE);
    }

    @Test
    void fuarIsWhatIsForgottenForEachUnitLearnt() {
        AccuracyMatrix a = example();
        a = a.with(3, 1, 0.85);
        a = a.with(3, 2, 0.55);
        double acquired = (0.80 - 0.10) + (0.70 - 0.20) + (0.75 - 0.30);
        assertThat(Metrics.fuar(a)).isEqualTo(0.15 / (0.05 + acquired), CLOSE);
        AccuracyMatrix nothing = matrix(new double[][] {{0.5, 0.5}, {0.4, 0.5}, {0.3, 0.5}});
        assertThat(Metrics.fuar(nothing)).as("nothing updated or acquired").isNaN();
    }

    @Test
    void intransigenceNeedsAJointRun() {
        AccuracyMatrix a = example();
        assertThat(Metrics.intransigence(a, List.of(0.9, 0.8, 0.7))).isEqualTo((0.1 + 0.1 - 0.05) / 3, CLOSE);
        assertThat(Metrics.intransigence(a, List.of())).isNaN();
        assertThat(Metric.INTRANSIGENCE.of(a)).isNaN();
    }

    @Test
    void xDeltaIsTheMeanChangeOfTheProbes() {
        assertThat(Metrics.xDelta(List.of(0.5, 0.75), List.of(0.25, 0.625))).isEqualTo(-0.1875, CLOSE);
        assertThat(Metrics.xDelta(List.of(), List.of())).isNaN();
        assertThat(Metrics.xDelta(List.of(0.5), List.of())).isNaN();
    }

    @Test
    void everyMetricHasAKeyOfItsOwnAndAFormulaForPlainText() {
        assertThat(Metric.values()).extracting(Metric::key).doesNotHaveDuplicates();
        for (Metric metric : Metric.values()) {
            assertThat(metric.plainFormula()).matches("\\p{ASCII}+").doesNotContain("{");
        }
        assertThat(Metric.FORGETTING.plainFormula()).isEqualTo("1/(T-1) sum_i<T (max_j<T a_j,i - a_T,i)");
        Metric.Scores all = new Metric.Scores(example(), List.of(0.9, 0.8, 0.7), List.of(0.5), List.of(0.75));
        assertThat(Metric.values()).allSatisfy(m -> assertThat(m.of(all)).isNotNaN());
        assertThat(Metric.ofMatrix()).allSatisfy(m -> assertThat(m.of(example())).isNotNaN());
    }

    private static AccuracyMatrix matrix(double[][] rows) {
        AccuracyMatrix a = new AccuracyMatrix(rows[0].length);
        for (int j = 0; j < rows.length; j++) {
            for (int i = 0; i < rows[j].length; i++) {
                a = a.with(j, i + 1, rows[j][i]);
            }
        }
        return a;
    }
}
