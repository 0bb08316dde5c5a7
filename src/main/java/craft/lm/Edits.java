package craft.lm;

import ai.djl.ndarray.NDArray;

/**
 * Low-rank affine edits of the residual stream after some decoder blocks, {@code h + up^T (down h + bias)}, at the
 * positions given. What the three come from (LoReFT: up = R, down = W - R) is no concern of the model's.
 *
 * @param layers 0-based blocks, ascending
 * @param down {@code [n, r, d]}
 * @param bias {@code [n, r]}
 * @param up {@code [n, r, d]}
 */
public record Edits(int[] layers, EditPositions positions, NDArray down, NDArray bias, NDArray up) {
}
