package craft.experiment;

import java.util.List;
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

    /**
     * Forgetting with the sign of CRAFT (Hossen et al. 2026), which its paper prints as "BWT":
     * 1/T sum_i ( a_{i,i} - a_{T,i} ); positive = forgetting, and the last task counts with 0.
     */
    public static double forgettingCraft(AccuracyMatrix a) {
        return 0 - backwardTransferTrace(a);
    }

    /** BWT as TRACE has it (Wang et al. 2023): 1/T sum_i ( a_{T,i} - a_{i,i} ), the last task counts with 0. */
    public static double backwardTransferTrace(AccuracyMatrix a) {
        int t = a.tasks();
        return mean(1, t, i -> a.get(t, i) - a.get(i, i));
    }

    /** BWT as TreeLoRA has it (Qian et al. 2025): 1/T sum_i min( a_{T,i} - a_{i,i}, 0 ); gains do not make up for losses. */
    public static double backwardTransferTreeLora(AccuracyMatrix a) {
        int t = a.tasks();
        return mean(1, t, i -> Math.min(a.get(t, i) - a.get(i, i), 0));
    }

    /**
     * FUAR, forgotten / (updated + acquired): how much is forgotten for each unit learnt (Jang et al. 2022, "Towards
     * Continual Knowledge Learning of Language Models"); below 1 more is learnt than forgotten. There the three are
     * gaps on three sets of questions; a sequence of tasks has one set a task, so here <em>forgotten</em> is what tasks lost
     * after their own training, sum_{i<T} max(a_{i,i} - a_{T,i}, 0); <em>updated</em> is what later training added to a task
     * that had been learnt, sum_{i<T} max(a_{T,i} - a_{i,i}, 0); <em>acquired</em> is what a task had gained over the untrained
     * model by its own training, sum_i max(a_{i,i} - a_{0,i}, 0). As there, gaps count from 0 up, and without anything
     * updated or acquired it is not defined (NaN).
     */
    public static double fuar(AccuracyMatrix a) {
        int t = a.tasks();
        double forgotten = sum(1, t - 1, i -> Math.max(a.get(i, i) - a.get(t, i), 0));
        double updated = sum(1, t - 1, i -> Math.max(a.get(t, i) - a.get(i, i), 0));
        double acquired = sum(1, t, i -> Math.max(a.get(i, i) - a.get(0, i), 0));
        return updated + acquired > 0 ? forgotten / (updated + acquired) : Double.NaN;
    }

    /**
     * Intransigence, 1/T sum_i ( joint_i - a_{i,i} ): what a task lacks right after its own training of what training on all
     * tasks at once reaches (Chaudhry et al. 2018, averaged over the tasks).
     *
     * @param joint joint_i, the score of task i after joint training; of another length than T gives NaN
     */
    public static double intransigence(AccuracyMatrix a, List<Double> joint) {
        return joint.size() != a.tasks() ? Double.NaN : mean(1, a.tasks(), i -> joint.get(i - 1) - a.get(i, i));
    }

    /**
     * X-delta (TRACE, Wang et al. 2023), 1/|X| sum_x ( after_x - before_x ): what a suite X of probes of a general ability
     * gained by the whole sequence; negative = the ability suffered.
     *
     * @param before one score a probe, before the first task; @param after the same probes after the last
     */
    public static double xDelta(List<Double> before, List<Double> after) {
        return before.size() != after.size() ? Double.NaN
                : mean(1, before.size(), x -> after.get(x - 1) - before.get(x - 1));
    }

    private static double sum(int from, int to, IntToDoubleFunction value) {
        return to < from ? 0 : IntStream.rangeClosed(from, to).mapToDouble(value).sum();
    }

    private static double mean(int from, int to, IntToDoubleFunction value) {
        return to < from ? Double.NaN : IntStream.rangeClosed(from, to).mapToDouble(value).sum() / (to - from + 1);
    }
}
