package craft.experiment.study;

import java.util.Arrays;
import java.util.Random;

/**
 * Percentile bootstrap interval of a mean (Efron and Tibshirani 1993, chapter 13): the mean of as many values drawn with
 * replacement, many times; the interval leaves an equal share of these means out on either side.
 *
 * @param low NaN without values
 * @param high NaN without values
 */
public record Bootstrap(double low, double high) {
    /** Draws that a result table uses. */
    public static final int RESAMPLES = 10_000;

    /**
     * @param confidence for example 0.95
     * @param seed the same seed gives the same interval, on every machine
     */
    public static Bootstrap ofMean(double[] values, double confidence, int resamples, long seed) {
        if (values.length == 0 || Arrays.stream(values).anyMatch(Double::isNaN)) {
            return new Bootstrap(Double.NaN, Double.NaN);
        }
        Random random = new Random(seed);
        double[] means = new double[resamples];
        for (int r = 0; r < resamples; r++) {
            double sum = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[random.nextInt(values.length)];
            }
            means[r] = sum / values.length;
        }
        Arrays.sort(means);
        return new Bootstrap(quantile(means, (1 - confidence) / 2), quantile(means, (1 + confidence) / 2));
    }

    /** Between the two nearest values, by the usual rule (type 7 of Hyndman and Fan 1996). */
    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
