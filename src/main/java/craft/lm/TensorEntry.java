package craft.lm;

import java.util.Arrays;
import java.util.Objects;

/**
 * Where a tensor lies in a safetensors file.
 *
 * @param shape sizes of the dimensions, outermost first; empty for a single number
 * @param offset first byte, counted from the start of the data (behind the header)
 * @param bytes length in bytes, always product(shape) x size of {@code dtype}
 */
public record TensorEntry(String name, DType dtype, long[] shape, long offset, long bytes) {
    public TensorEntry {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(dtype, "dtype");
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements. */
    public long elements() {
        return bytes / dtype.bytes();
    }

    boolean hasShape(long... expected) {
        return Arrays.equals(shape, expected);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorEntry e && name.equals(e.name) && dtype == e.dtype
                && Arrays.equals(shape, e.shape) && offset == e.offset && bytes == e.bytes;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, dtype, Arrays.hashCode(shape), offset, bytes);
    }

    @Override
    public String toString() {
        return name + " " + dtype + Arrays.toString(shape) + " at " + offset;
    }
}
