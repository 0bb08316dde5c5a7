package craft.method.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** GEM's dual on cases worked out by hand, and its optimality conditions on random ones. */
class ConeTest {
    private static double[] dual(double[][] g, double[] gradient, double margin) {
        double[][] p = new double[g.length][g.length];
        double[] q = new double[g.length];
        for (int i = 0; i < g.length; i++) {
            for (int j = 0; j < g.length; j++) {
                p[i][j] = dot(g[i], g[j]);
            }
            q[i] = dot(g[i], gradient);
        }
        return Cone.solve(p, q, margin);
    }

    private static double[] primal(double[][] g, double[] gradient, double[] v) {
        double[] x = gradient.clone();
        for (int i = 0; i < g.length; i++) {
            for (int k = 0; k < x.length; k++) {
                x[k] += v[i] * g[i][k];
            }
        }
        return x;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void solves(double[][] g, double[] gradient, double[] v, double[] x) {
        double[] found = dual(g, gradient, 0);
        assertThat(found).containsExactly(v, within(1e-8));
        assertThat(primal(g, gradient, found)).containsExactly(x, within(1e-8));
    }

    @Test
    void oneConstraintIsAProjectionOntoItsPlane() {
        // (g.m) / (m.m) = (1 - 6) / 5 = -1
        solves(new double[][] {{1, 2}}, new double[] {1, -3}, new double[] {1}, new double[] {2, -1});
    }

    @Test
    void aConstraintThatIsKeptDoesNothing() {
        solves(new double[][] {{1, 2}}, new double[] {1, 3}, new double[] {0}, new double[] {1, 3});
    }

    @Test
    void bothOfTwoOrthogonalConstraintsAreActive() {
        solves(new double[][] {{1, 0}, {0, 2}}, new double[] {-1, -2}, new double[] {1, 1}, new double[] {0, 0});
    }

    @Test
    void meetingOneConstraintCanMeetTheOther() {
        // both are violated (-2 and -1), but the nearest point of the first plane, (0, 1), keeps the second
        solves(new double[][] {{1, 0}, {1, 1}}, new double[] {-2, 1}, new double[] {2, 0}, new double[] {0, 1});
    }

    @Test
    void meetingOneConstraintCanViolateAnotherThatWasKept() {
        // of (-1, 1) the products are -1 and 1; at the first plane's nearest point (0, 1) they are 0 and -0.5. Both planes
        // meet in 0 alone: v1 - 1.5 v2 = 1 and -0.5 v2 = -1
        solves(new double[][] {{1, 0}, {-1.5, -0.5}}, new double[] {-1, 1}, new double[] {4, 2}, new double[] {0, 0});
    }

    @Test
    void ofThreeConstraintsTwoAreActive() {
        double[][] g = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
        solves(g, new double[] {-3, 2, -0.5}, new double[] {3, 0, 0.5}, new double[] {0, 2, 0});
    }

    @Test
    void equalAndOpposedConstraintsAreNoTrouble() {
        double[][] twice = {{1, 0}, {1, 0}};
        assertThat(primal(twice, new double[] {-1, 5}, dual(twice, new double[] {-1, 5}, 0))).containsExactly(new double[] {0, 5}, within(1e-8));
        double[][] opposed = {{1, 1}, {-1, -1}}; // only the line x1 = -x2 is left
        assertThat(primal(opposed, new double[] {1, 3}, dual(opposed, new double[] {1, 3}, 0))).containsExactly(new double[] {-1, 1}, within(1e-8));
        assertThat(dual(new double[][] {{0, 0}, {1, 0}}, new double[] {-1, 0}, 0)).containsExactly(new double[] {0, 1}, within(1e-8));
    }

    @Test
    void theMarginBoundsTheVariablesFromBelow() {
        assertThat(dual(new double[][] {{2}}, new double[] {-4}, 0.5)).containsExactly(new double[] {2}, within(1e-8));
        assertThat(dual(new double[][] {{2}}, new double[] {-0.4}, 0.5)).containsExactly(new double[] {0.5}, within(1e-8));
        // v1 = 0.5 although the first is kept; then v2 minimises 1/2 v2^2 + v2 (0.5 - 3)
        assertThat(dual(new double[][] {{1, 0}, {1, 1}}, new double[] {3, -6}, 0.5)).containsExactly(new double[] {0.5, 1.25}, within(1e-8));
    }

    @RepeatedTest(200)
    void noOtherPointIsNearer(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int k = 1 + random.nextInt(8);
        int d = 1 + random.nextInt(10);
        double[][] g = new double[k][];
        Arrays.setAll(g, i -> random.doubles(d, -1, 1).toArray());
        double[] gradient = random.doubles(d, -1, 1).toArray();
        double margin = random.nextBoolean() ? 0 : 0.5;
        double[] v = dual(g, gradient, margin);
        double[] x = primal(g, gradient, v);
        for (int i = 0; i < k; i++) { // Karush-Kuhn-Tucker: feasible, and slack only where the variable is at its bound
            assertThat(v[i]).isGreaterThanOrEqualTo(margin);
            assertThat(dot(g[i], x)).isGreaterThanOrEqualTo(-1e-8);
            assertThat(dot(g[i], x) * (v[i] - margin)).isCloseTo(0, within(1e-7));
        }
    }
}
