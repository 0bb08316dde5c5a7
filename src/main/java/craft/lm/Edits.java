package craft.lm;

import ai.djl.ndarray.NDArray;

/**
 * Low-rank affine edits of the residual stream after some decoder blocks, {@code h + up^T (down h + bias)}, at the
 * positions given. What the three come from (LoReFT: up = R, down = W - R) is no concern of the model's.
 *
 * @param layers 0-based block of each of the n sites, ascending; a block may have one site for each part of the positions
 * @param parts for each site the part of the positions at which it acts, see {@link EditPositions#parts()}
 * @param down {@code [n, r, d]}
 * @param bias {@code [n, r]}
 * @param up {@code [n, r, d]}
 */
public record Edits(int[] layers, int[] parts, EditPositions positions, NDArray down, NDArray bias, NDArray up)
        implements Adaptation {

    /** Sites that all act at all of the positions. */
    public Edits(int[] layers, EditPositions positions, NDArray down, NDArray bias, NDArray up) {
        this(layers, new int[layers.length], positions, down, bias, up);
    }

    @Override
    public int firstChanged() {
        return layers[0] + 1;
    }

    @Override
    public Adaptation afterPrompt() {
        return null;
    }
}
