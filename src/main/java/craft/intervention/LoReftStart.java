package craft.intervention;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Fresh interventions. */
public final class LoReftStart {
    private LoReftStart() {
    }

    /**
     * R from a random normal matrix by Gram-Schmidt; W and b uniform in +-1/sqrt(d) as pyreft's linear layer, or, with
     * {@code identity}, W = R and b = 0, which leaves the model as it is.
     */
    public static InterventionSet fresh(Positions positions, int[] layers, int rank, int width, boolean identity, Random random) {
        List<LoReft> sites = new ArrayList<>();
        for (int layer : layers) {
            float[] rotation = orthonormalRows(rank, width, random);
            float[] weight = rotation.clone();
            float[] bias = new float[rank];
            if (!identity) {
                double bound = 1 / Math.sqrt(width);
                uniform(weight, bound, random);
                uniform(bias, bound, random);
            }
            sites.add(new LoReft(layer, rank, width, rotation, weight, bias));
        }
        return new InterventionSet(positions, sites);
    }

    private static void uniform(float[] values, double bound, Random random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
    }

    private static float[] orthonormalRows(int rows, int columns, Random random) {
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
