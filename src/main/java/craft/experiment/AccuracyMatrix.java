package craft.experiment;

import java.util.Arrays;

/**
 * Scores a_{j,i} of task i after training j tasks; row 0 is the untrained model. Values in [0, 1], NaN where not (yet)
 * measured. Immutable.
 */
public final class AccuracyMatrix {
    private final int tasks;
    private final double[][] values;

    /** Nothing measured yet. */
    public AccuracyMatrix(int tasks) {
        this(tasks, new double[tasks + 1][tasks]);
        for (double[] row : values) {
            Arrays.fill(row, Double.NaN);
        }
    }

    private AccuracyMatrix(int tasks, double[][] values) {
        this.tasks = tasks;
        this.values = values;
    }

    public int tasks() {
        return tasks;
    }

    /** @param after 0..T; @param task 1..T */
    public double get(int after, int task) {
        return values[after][task - 1];
    }

    /** The same but for one value. */
    public AccuracyMatrix with(int after, int task, double value) {
        double[][] rows = values.clone();
        rows[after] = values[after].clone();
        rows[after][task - 1] = value;
        return new AccuracyMatrix(tasks, rows);
    }

    /** Rows 1..T by tasks 1..T: the square matrix a_{j,i} that papers print. */
    public double[][] trained() {
        double[][] copy = new double[tasks][];
        for (int j = 1; j <= tasks; j++) {
            copy[j - 1] = values[j].clone();
        }
        return copy;
    }

    /** Row 0: scores of the untrained model. */
    public double[] untrained() {
        return values[0].clone();
    }
}
