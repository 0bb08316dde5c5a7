package craft.store;

import craft.intervention.Intervention;
import craft.intervention.ReftForm;

/**
 * One site's tensors under the names of pyreft's state dictionaries. LoReFT has its own short one: {@code weight},
 * {@code bias} and {@code rotate_layer} (R^T). The other classes have what PyTorch gives them: the layers' parameters, the
 * two numbers of pyvene's base class (here float32, which loading casts), and R^T as
 * {@code torch.nn.utils.parametrizations.orthogonal} keeps it: a {@code base}, square and orthogonal, whose first r columns
 * are R^T, and {@code original}, the map's own parameters, at the value that gives just these columns (minus the identity).
 */
final class PyreftTensors {
    private static final String ROTATION = "rotation";
    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";

    private PyreftTensors() {
    }

    static TorchFile of(Intervention site) {
        return site.form() == ReftForm.LOREFT ? loReft(site) : relative(site);
    }

    private static TorchFile loReft(Intervention site) {
        int r = site.rank();
        int d = site.width();
        return new TorchFile().add("weight", site.array(WEIGHT), r, d).add("bias", site.array(BIAS), r)
                .add("rotate_layer", transposed(site.array(ROTATION), r, d), d, r);
    }

    private static TorchFile relative(Intervention site) {
        int r = site.rank();
        int d = site.width();
        TorchFile file = new TorchFile().add("embed_dim", new float[] {d}).add("interchange_dim", new float[] {d}); // 0-d
        boolean learned = site.form().arrays().contains(WEIGHT);
        if (site.form().orthonormal()) {
            float[] original = new float[d * r];
            for (int i = 0; i < r; i++) {
                original[i * r + i] = -1;
            }
            file.add("rotate_layer.parametrizations.weight.original", original, d, r)
                    .add("rotate_layer.parametrizations.weight.0.base", completed(site.array(ROTATION), r, d), d, d);
        } else {
            file.add("proj_layer.weight", site.array("projection"), r, d);
        }
        if (learned) {
            file.add("learned_source.weight", site.array(WEIGHT), r, d);
        }
        return file.add(learned ? "learned_source.bias" : "learned_source", site.array(BIAS), r);
    }

    private static float[] transposed(float[] rows, int r, int d) {
        float[] columns = new float[r * d];
        for (int i = 0; i < r; i++) {
            for (int k = 0; k < d; k++) {
                columns[k * r + i] = rows[i * d + k];
            }
        }
        return columns;
    }

    /**
     * An orthogonal matrix {@code [d, d]} that begins with the columns of R^T: the product of the r Householder reflections
     * that bring R^T to triangular form, which is diagonal with entries +-1 as the columns are orthonormal.
     */
    static float[] completed(float[] rotation, int r, int d) {
        double[][] columns = new double[r][d];
        for (int i = 0; i < r; i++) {
            for (int k = 0; k < d; k++) {
                columns[i][k] = rotation[i * d + k];
            }
        }
        double[][] mirrors = new double[r][];
        for (int i = 0; i < r; i++) {
            double[] v = columns[i].clone();
            double norm = 0;
            for (int k = 0; k < d; k++) {
                v[k] = k < i ? 0 : v[k];
                norm += v[k] * v[k];
            }
            v[i] += Math.copySign(Math.sqrt(norm), v[i]);
            mirrors[i] = v;
            for (int j = i; j < r; j++) {
                reflect(columns[j], v);
            }
        }
        float[] all = new float[d * d];
        for (int c = 0; c < d; c++) {
            double[] column = new double[d];
            column[c] = 1;
            for (int i = r - 1; i >= 0; i--) {
                reflect(column, mirrors[i]);
            }
            for (int k = 0; k < d; k++) {
                all[k * d + c] = c < r ? rotation[c * d + k] : (float) column[k]; // R^T itself, to the last bit
            }
        }
        return all;
    }

    /** x - 2 v (v.x) / (v.v). */
    private static void reflect(double[] x, double[] v) {
        double dot = 0;
        double square = 0;
        for (int k = 0; k < x.length; k++) {
            dot += v[k] * x[k];
            square += v[k] * v[k];
        }
        for (int k = 0; k < x.length; k++) {
            x[k] -= 2 * v[k] * dot / square;
        }
    }
}
