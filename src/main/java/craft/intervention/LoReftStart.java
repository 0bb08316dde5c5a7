package craft.intervention;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Fresh interventions. */
public final class LoReftStart {
    private LoReftStart() {
    }

    /** LoReFT interventions of some layers. */
    public static InterventionSet fresh(Positions positions, int[] layers, int rank, int width, boolean identity, Random random) {
        return fresh(Placement.of(ReftForm.LOREFT, positions, layers), rank, width, identity, random);
    }

    /**
     * As pyreft's layers start: R from a random normal matrix by Gram-Schmidt; W2, W and b uniform in +-1/sqrt(d); the
     * constant of ConsReFT and LobiReFT uniform in [0, 1). Or, with {@code identity}, as edits that leave the model as it is,
     * for LoReFT W = R and b = 0.
     */
    public static InterventionSet fresh(Placement placement, int rank, int width, boolean identity, Random random) {
        List<Intervention> sites = new ArrayList<>();
        for (int i = 0; i < placement.sites(); i++) {
            sites.add(new Intervention(placement.form(), placement.layers()[i], placement.parts()[i], rank, width,
                    placement.form().start(rank, width, identity, random)));
        }
        return new InterventionSet(placement.positions(), sites);
    }

    /** Uniform in centre +- half. */
    static float[] uniform(int count, double centre, double half, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (centre + (2 * random.nextDouble() - 1) * half);
        }
        return values;
    }

    static float[] orthonormalRows(int rows, int columns, Random random) {
        double[][] q = new double[rows][columns];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < columns; k++) {
                q[i][k] = random.nextGaussian();
            }
            for (int twice = 0; twice < 2; twice++) { // the second pass removes what rounding left of the first
                for (int j = 0; j < i; j++) {
                    double dot = dot(q[i], q[j]);
                    for (int k = 0; k < columns; k++) {
                        q[i][k] -= dot * q[j][k];
                    }
                }
            }
            double norm = Math.sqrt(dot(q[i], q[i]));
            for (int k = 0; k < columns; k++) {
                q[i][k] /= norm;
            }
        }
        float[] flat = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < columns; k++) {
                flat[i * columns + k] = (float) q[i][k];
            }
        }
        return flat;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
