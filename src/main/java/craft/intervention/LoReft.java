package craft.intervention;

import java.util.Objects;

/**
 * The parameters of one LoReFT intervention at one site, {@code Phi(h) = h + R^T (W h + b - R h)} with
 * {@code R R^T = I} (Wu et al. 2024, ReFT, eq. 2). Plain numbers, no native memory.
 *
 * @param layer 0-based decoder block whose output (residual stream) is edited
 * @param rank r
 * @param width hidden size d
 * @param rotation R, row-major {@code [r, d]}, orthonormal rows
 * @param weight W, row-major {@code [r, d]}
 * @param bias b, {@code [r]}
 */
public record LoReft(int layer, int rank, int width, float[] rotation, float[] weight, float[] bias) {
    public LoReft {
        Objects.requireNonNull(rotation);
        Objects.requireNonNull(weight);
        Objects.requireNonNull(bias);
        if (rotation.length != rank * width || weight.length != rank * width || bias.length != rank) {
            throw new IllegalArgumentException("LoReFT of rank " + rank + " and width " + width + " with "
                    + rotation.length + ", " + weight.length + " and " + bias.length + " numbers");
        }
    }
}
