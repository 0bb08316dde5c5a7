package craft.lm;

import ai.djl.ndarray.NDArray;

/**
 * An array times a number, where a gradient will be asked for. DJL's {@code mul(Number)} frees the number's memory, which is
 * Java's, as soon as it has multiplied; what PyTorch keeps for the gradient still points there, and after a garbage
 * collection the gradient is anything.
 */
public final class Scaled {
    private Scaled() {
    }

    /** The number lives as long as the array's manager, which is therefore to be closed after the gradient is taken. */
    public static NDArray of(NDArray array, double factor) {
        return array.mul(array.getManager().create((float) factor));
    }
}
