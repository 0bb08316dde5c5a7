package craft.experiment.study;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The corrected resampled t-test of Nadeau and Bengio (2003), "Inference for the generalization error", Machine Learning 52:
 * {@code t = mean(d) / sqrt( (1/k + n_test/n_train) var(d) )} with k - 1 degrees of freedom, two-sided. The k paired differences d
 * come from runs that share data and so are not independent; the plain t-test, without {@code n_test/n_train}, finds a
 * difference too often. Here a pair is two methods' runs on one order with one seed. The paper derives the correction for random
 * splits; our seeds redraw the training rows and all else that is random and keep the test rows, so it is an approximation.
 *
 * @param t infinite when all differences are the same and not 0; NaN below two pairs
 * @param degreesOfFreedom k - 1
 * @param p probability of a |t| at least as large if the methods were equal; NaN below two pairs
 */
public record ResampledTTest(double t, int degreesOfFreedom, double p) {

    /**
     * @param differences one a pair
     * @param testToTrain n_test / n_train
     */
    public static ResampledTTest of(double[] differences, double testToTrain) {
        int k = differences.length;
        if (k < 2 || !(testToTrain >= 0) || Arrays.stream(differences).anyMatch(Double::isNaN)) {
            return new ResampledTTest(Double.NaN, Math.max(0, k - 1), Double.NaN);
        }
        Summary d = Summary.of(differences);
        if (d.range() == 0) { // nothing varies: the deviation may still be a rounding error away from 0
            return d.least() == 0 ? new ResampledTTest(0, k - 1, 1)
                    : new ResampledTTest(Math.copySign(Double.POSITIVE_INFINITY, d.mean()), k - 1, 0);
        }
        double t = d.mean() / (Math.sqrt(1.0 / k + testToTrain) * d.deviation());
        double p = 2 * TDistribution.of(k - 1).survivalProbability(Math.abs(t));
        return new ResampledTTest(t, k - 1, p);
    }
}
