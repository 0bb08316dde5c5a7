package craft.experiment;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The field's metrics over an {@link AccuracyMatrix}. a_{j,i} is the score of task i after training task j, T the
 * number of tasks. A metric is NaN while a cell it needs is missing, or where it is not defined (T = 1).
 */
public final class Metrics {
    private Metrics() {
    }

    /** Overall performance, OP = 1/T sum_i a_{T,i}. */
    public static double overallPerformance(AccuracyMatrix a) {
        int t = a.tasks();
        return mean(1, t, i -> a.get(t, i));
    }

    /** F = 1/(T-1) sum_{i<T} ( max_{j<T} a_{j,i} - a_{T,i} ), j from 1 (Chaudhry et al. 2018). */
    public static double forgetting(AccuracyMatrix a) {
        int t = a.tasks();
        return mean(1, t - 1, i -> IntStream.range(1, t).mapToDouble(j -> a.get(j, i)).max().orElse(Double.NaN) - a.get(t, i));
    }

    /** BWT = 1/(T-1) sum_{i<T} ( a_{T,i} - a_{i,i} ); negative = forgetting (Lopez-Paz and Ranzato 2017). */
    public static double backwardTransfer(AccuracyMatrix a) {
        int t = a.tasks();
        return mean(1, t - 1, i -> a.get(t, i) - a.get(i, i));
    }

    /** FWT = 1/(T-1) sum_{i>=2} ( a_{i-1,i} - a_{0,i} ) (Lopez-Paz and Ranzato 2017). */
    public static double forwardTransfer(AccuracyMatrix a) {
        return mean(2, a.tasks(), i -> a.get(i - 1, i) - a.get(0, i));
    }

    /** LA = 1/T sum_i a_{i,i}. */
    public static double learningAccuracy(AccuracyMatrix a) {
        return mean(1, a.tasks(), i -> a.get(i, i));
    }

    private static double mean(int from, int to, IntToDoubleFunction value) {
        return to < from ? Double.NaN : IntStream.rangeClosed(from, to).mapToDouble(value).sum() / (to - from + 1);
    }
}
