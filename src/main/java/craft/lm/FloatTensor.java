package craft.lm;

import java.util.Arrays;

/**
 * Plain numbers with a shape, without native memory. The arrays are not copied: whoever makes one hands them over.
 *
 * @param shape sizes of the dimensions, outermost first; empty for a single number
 * @param data row-major, as many as the product of {@code shape}
 */
public record FloatTensor(long[] shape, float[] data) {
    public FloatTensor {
        long elements = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("Negative size in shape " + Arrays.toString(shape));
            }
            elements = Math.multiplyExact(elements, size);
        }
        if (elements != data.length) {
            throw new IllegalArgumentException(data.length + " numbers do not fill shape " + Arrays.toString(shape));
        }
    }

    /** Equal shapes and equal bits, so that NaN equals NaN and 0.0 differs from -0.0. */
    @Override
    public boolean equals(Object other) {
        return other instanceof FloatTensor t && Arrays.equals(shape, t.shape) && Arrays.equals(data, t.data);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shape) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "FloatTensor" + Arrays.toString(shape);
    }
}
