package craft.ui.chart;

/**
 * Exponential moving average that starts unbiased: the first value is itself, later ones weigh the past by
 * {@code memory}. A value that is no number passes through and leaves the average alone.
 */
final class Smoother {
    private final double memory;
    private double sum;
    private double weight;

    /** @param memory weight of the past, in [0, 1) */
    Smoother(double memory) {
        this.memory = memory;
    }

    double next(double value) {
        if (!Double.isFinite(value)) {
            return Double.NaN;
        }
        sum = memory * sum + (1 - memory) * value;
        weight = memory * weight + (1 - memory);
        return sum / weight;
    }
}
