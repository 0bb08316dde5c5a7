package craft.lm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One array that a family's text works with, and what it is made of: tensors of the folder, joined along their first
 * dimension, the whole transposed if the file has it the other way round than {@code torch.linear} wants it; or numbers
 * that follow from the config; or nothing, where the text is to say None.
 *
 * @param tensors of one width, vectors or row-major matrices
 * @param numbers null where there are tensors
 */
record Weight(List<Tensor> tensors, boolean transposed, float[] numbers) {
    static final Weight NONE = new Weight(List.of(), false, null);

    /** A tensor that must be in the folder with exactly this shape. */
    record Tensor(String name, long... shape) {
    }

    static Weight of(String name, long... shape) {
        return new Weight(List.of(new Tensor(name, shape)), false, null);
    }

    static Weight numbers(float... values) {
        return new Weight(List.of(), false, values);
    }

    /** All tensors of {@code parts}, one below the other. */
    static Weight joined(Weight... parts) {
        List<Tensor> all = new ArrayList<>();
        Arrays.stream(parts).map(Weight::tensors).forEach(all::addAll);
        return new Weight(List.copyOf(all), false, null);
    }

    /** The same with rows and columns exchanged when it is read. */
    Weight exchanged() {
        return new Weight(tensors, !transposed, numbers);
    }

    boolean absent() {
        return tensors.isEmpty() && numbers == null;
    }
}
