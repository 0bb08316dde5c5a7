package craft.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsTest {
    private static final Offset<Double> CLOSE = within(1e-12);

    @Test
    void summaryDividesByOneLess() {
        Summary s = Summary.of(2, 4, 4, 4, 5, 5, 7, 9, Double.NaN);
        assertThat(s.count()).isEqualTo(8);
        assertThat(s.mean()).isEqualTo(5, CLOSE);
        assertThat(s.deviation()).isEqualTo(Math.sqrt(32 / 7.0), CLOSE);
        assertThat(s.range()).isEqualTo(7, CLOSE);
        assertThat(Summary.of(3).deviation()).isNaN();
        assertThat(Summary.of().mean()).isNaN();
    }

    /** With two degrees of freedom the two-sided p is 1 - t / sqrt(2 + t^2); here t^2 = 4 / (1/3 + 1/2) = 4.8. */
    @Test
    void correctedTTestAgreesWithTheClosedFormForThreePairs() {
        ResampledTTest test = ResampledTTest.of(new double[] {1, 2, 3}, 0.5);
        assertThat(test.t()).isEqualTo(Math.sqrt(4.8), CLOSE);
        assertThat(test.degreesOfFreedom()).isEqualTo(2);
        assertThat(test.p()).isEqualTo(1 - Math.sqrt(4.8 / 6.8), CLOSE);
        assertThat(ResampledTTest.of(new double[] {-1, -2, -3}, 0.5).p()).isEqualTo(test.p(), CLOSE);
    }

    /** Two pairs: Student's t with one degree of freedom is Cauchy's, p = 1 - 2/pi atan|t|. */
    @Test
    void correctedTTestAgreesWithTheClosedFormForTwoPairs() {
        ResampledTTest test = ResampledTTest.of(new double[] {0, 1}, 0.25);
        double t = 0.5 / (Math.sqrt(0.75) * Math.sqrt(0.5));
        assertThat(test.t()).isEqualTo(t, CLOSE);
        assertThat(test.p()).isEqualTo(1 - 2 / Math.PI * Math.atan(t), CLOSE);
    }

    /** Critical values printed in every table of Student's t. Differences made to have exactly that t. */
    @ParameterizedTest
    @CsvSource({"5, 2.776, 0.05", "11, 2.228, 0.05", "11, 3.169, 0.01", "31, 2.042, 0.05", "6, 2.015, 0.10"})
    void tablesOfStudentsTAreReproduced(int k, double t, double p) {
        double[] differences = new Random(k).doubles(k).toArray();
        Summary s = Summary.of(differences);
        for (int i = 0; i < k; i++) { // deviation 1, mean t * sqrt(1/k)
            differences[i] = (differences[i] - s.mean()) / s.deviation() + t / Math.sqrt(k);
        }
        assertThat(ResampledTTest.of(differences, 0).p()).isCloseTo(p, within(5e-5));
    }

    @Test
    void theCorrectionMakesADifferenceLessSure() {
        double[] differences = {0.02, 0.01, 0.03, 0.02};
        assertThat(ResampledTTest.of(differences, 0.4).p()).isGreaterThan(ResampledTTest.of(differences, 0).p());
    }

    @Test
    void whatCannotBeTestedIsNotANumber() {
        assertThat(ResampledTTest.of(new double[] {1}, 0.5).p()).isNaN();
        assertThat(ResampledTTest.of(new double[0], 0.5).p()).isNaN();
        assertThat(ResampledTTest.of(new double[] {1, 2}, Double.NaN).p()).isNaN();
        assertThat(ResampledTTest.of(new double[] {0, 0, 0}, 0.5).p()).as("no difference at all").isEqualTo(1);
        assertThat(ResampledTTest.of(new double[] {0.1, 0.1, 0.1}, 0.5).p()).as("always the same").isZero();
    }

    /** Two values give the means 0, 1/2 and 1 with shares 1/4, 1/2, 1/4. */
    @Test
    void bootstrapLeavesOutEqualSharesOnEitherSide() {
        double[] values = {0, 1};
        assertThat(Bootstrap.ofMean(values, 0.95, 10_000, 1)).isEqualTo(new Bootstrap(0, 1));
        assertThat(Bootstrap.ofMean(values, 0.60, 10_000, 1)).isEqualTo(new Bootstrap(0, 1));
        assertThat(Bootstrap.ofMean(values, 0.40, 10_000, 1)).isEqualTo(new Bootstrap(0.5, 0.5));
        assertThat(Bootstrap.ofMean(new double[] {0.25}, 0.95, 100, 1)).isEqualTo(new Bootstrap(0.25, 0.25));
        assertThat(Bootstrap.ofMean(new double[0], 0.95, 100, 1).low()).isNaN();
    }

    /** For many values the interval is nearly the normal one, mean +- 1.96 s / sqrt(n). */
    @Test
    void bootstrapOfManyValuesIsNearTheNormalInterval() {
        double[] values = new Random(7).doubles(400).toArray();
        double mean = Summary.of(values).mean();
        double half = 1.96 * Summary.of(values).deviation() / 20;
        Bootstrap interval = Bootstrap.ofMean(values, 0.95, Bootstrap.RESAMPLES, 1);
        assertThat(interval.low()).isCloseTo(mean - half, within(0.1 * half));
        assertThat(interval.high()).isCloseTo(mean + half, within(0.1 * half));
        assertThat(Bootstrap.ofMean(values, 0.95, Bootstrap.RESAMPLES, 1)).as("seeded").isEqualTo(interval);
    }

    @Test
    void quantilesLieBetweenTheNearestValues() {
        double[] sorted = {1, 2, 4, 8};
        assertThat(Bootstrap.quantile(sorted, 0)).isEqualTo(1);
        assertThat(Bootstrap.quantile(sorted, 0.5)).isEqualTo(3, CLOSE);
        assertThat(Bootstrap.quantile(sorted, 0.9)).isEqualTo(4 + 0.7 * 4, CLOSE);
        assertThat(Bootstrap.quantile(sorted, 1)).isEqualTo(8);
    }

    @Test
    void winsTakeRoundingForEqual() {
        assertThat(Wins.of(0.1, 0.1 + 0.2 - 0.3, 0, -0.5, 0.2)).isEqualTo(new Wins(2, 2, 1)).hasToString("2/2/1");
    }
}
