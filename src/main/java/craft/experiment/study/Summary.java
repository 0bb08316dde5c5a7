package craft.experiment.study;

import java.util.Arrays;

/**
 * Several measurements of one quantity.
 *
 * @param count measurements, those that are missing (NaN) left out
 * @param mean NaN without measurements
 * @param deviation sample standard deviation, with count - 1 below; NaN below two measurements
 * @param least NaN without measurements
 * @param most NaN without measurements
 */
public record Summary(int count, double mean, double deviation, double least, double most) {

    public static Summary of(double... values) {
        double[] known = Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
        int n = known.length;
        double mean = Arrays.stream(known).average().orElse(Double.NaN);
        double squares = Arrays.stream(known).map(v -> (v - mean) * (v - mean)).sum();
        return new Summary(n, mean, n < 2 ? Double.NaN : Math.sqrt(squares / (n - 1)),
                Arrays.stream(known).min().orElse(Double.NaN), Arrays.stream(known).max().orElse(Double.NaN));
    }

    /** Largest minus smallest. */
    public double range() {
        return most - least;
    }
}
