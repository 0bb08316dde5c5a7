package craft.method.guard;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The dual of GEM's projection: {@code min_v 1/2 v'Pv + q'v} with every {@code v_i >= margin}, P symmetric and positive
 * semidefinite with q in its range, as products of gradients are. Solved exactly by an active set (Lawson and Hanson 1974,
 * chapter 23), in double precision; meant for a few constraints.
 */
final class Cone {
    /** Slack below which a constraint counts as kept, relative to the problem's size. */
    private static final double TOLERANCE = 1e-10;

    private Cone() {
    }

    static double[] solve(double[][] p, double[] q, double margin) {
        int k = q.length;
        double[] c = new double[k]; // in u = v - margin >= 0
        for (int i = 0; i < k; i++) {
            c[i] = q[i] + margin * Arrays.stream(p[i]).sum();
        }
        double[] u = nonNegative(p, c);
        for (int i = 0; i < k; i++) {
            u[i] += margin;
        }
        return u;
    }

    private static double[] nonNegative(double[][] p, double[] c) {
        int k = c.length;
        double[] u = new double[k];
        boolean[] free = new boolean[k];
        double size = Arrays.stream(c).map(Math::abs).max().orElse(0);
        int enter = steepest(p, c, u, free, size);
        // rounding may let a variable go in and out; without it each set of free variables comes up once
        for (int turn = 0; enter >= 0 && turn < 100 * k; turn++) {
            free[enter] = true;
            double[] goal = solveFree(p, c, free);
            for (int block = blocking(u, goal, free); block >= 0; block = blocking(u, goal, free)) {
                double way = way(u[block], goal[block]);
                for (int i = 0; i < k; i++) {
                    u[i] += way * (goal[i] - u[i]);
                }
                free[block] = false;
                u[block] = 0;
                goal = solveFree(p, c, free);
            }
            u = goal;
            enter = steepest(p, c, u, free, size);
        }
        return u;
    }

    /** The free variable that would be the first to become 0 on the way to {@code goal}; -1 for none. */
    private static int blocking(double[] u, double[] goal, boolean[] free) {
        int first = -1;
        for (int i = 0; i < u.length; i++) {
            if (free[i] && goal[i] <= 0 && (first < 0 || way(u[i], goal[i]) < way(u[first], goal[first]))) {
                first = i;
            }
        }
        return first;
    }

    /** Share of the way from u to a goal at most 0 at which 0 is reached. */
    private static double way(double u, double goal) {
        return u <= 0 ? 0 : u / (u - goal);
    }

    /** The bound variable along which the objective falls fastest; -1 when it falls along none. */
    private static int steepest(double[][] p, double[] c, double[] u, boolean[] free, double size) {
        int best = -1;
        double most = TOLERANCE * size;
        for (int i = 0; i < c.length; i++) {
            double fall = -c[i];
            for (int j = 0; j < c.length; j++) {
                fall -= p[i][j] * u[j];
            }
            if (!free[i] && p[i][i] > 0 && fall > most) {
                best = i;
                most = fall;
            }
        }
        return best;
    }

    /** The minimum over the free variables, the others 0: P u = -c by Gaussian elimination with the largest pivot. */
    private static double[] solveFree(double[][] p, double[] c, boolean[] free) {
        int[] at = IntStream.range(0, c.length).filter(i -> free[i]).toArray();
        int n = at.length;
        double[][] a = new double[n][n + 1];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                a[i][j] = p[at[i]][at[j]];
            }
            a[i][n] = -c[at[i]];
        }
        for (int i = 0; i < n; i++) {
            int pivot = i;
            for (int j = i + 1; j < n; j++) {
                pivot = Math.abs(a[j][i]) > Math.abs(a[pivot][i]) ? j : pivot;
            }
            double[] row = a[pivot];
            a[pivot] = a[i];
            a[i] = row;
            for (int j = i + 1; j < n; j++) {
                double factor = a[j][i] / row[i];
                for (int m = i; m <= n; m++) {
                    a[j][m] -= factor * row[m];
                }
            }
        }
        double[] x = new double[c.length];
        for (int i = n - 1; i >= 0; i--) {
            double sum = a[i][n];
            for (int j = i + 1; j < n; j++) {
                sum -= a[i][j] * x[at[j]];
            }
            x[at[i]] = sum / a[i][i];
        }
        return x;
    }
}
