package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import craft.lm.ScriptModule.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reads the weights of a folder in the order of its {@link WeightPlan}. Numbers pass through one buffer of some megabytes
 * into PyTorch's own memory, so that a tensor may be larger than any array of Java's, and nothing is left behind.
 */
final class DecoderWeights implements AutoCloseable {
    /** Numbers read at a time, or a single row if that has more. */
    private static final int SLICE = 1 << 22;

    private final ModelFolder files;
    private final NDManager owner;
    private final NDManager scope;
    private final ScriptModule script;
    private float[] numbers = new float[0];
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    private DecoderWeights(ModelFolder files, NDManager owner) {
        this.files = files;
        this.owner = owner;
        this.scope = owner.newSubManager();
        this.script = ScriptModule.load(scope, "loader.py", Map.of());
    }

    /**
     * Those of the whole model in float32, those of its layers in {@code precision}.
     *
     * @return arrays of {@code owner}; nothing but scripts may touch those that are not float32
     */
    static List<NDArray> read(ModelFolder files, Precision precision, NDManager owner) {
        WeightPlan plan = WeightPlan.of(files.config());
        List<NDArray> arrays = new ArrayList<>();
        try (DecoderWeights reader = new DecoderWeights(files, owner)) {
            for (Weight weight : plan.places()) {
                arrays.add(reader.array(weight, plan.ofLayer(arrays.size()) ? precision : Precision.FLOAT32));
            }
        }
        return arrays;
    }

    private NDArray array(Weight weight, Precision precision) {
        if (weight.numbers() != null) {
            return owner.create(weight.numbers(), new Shape(weight.numbers().length));
        }
        NDArray array = room(shape(weight), precision);
        long at = 0;
        for (Weight.Tensor tensor : weight.tensors()) {
            put(tensor, array, at, weight.transposed());
            at += tensor.shape()[0];
        }
        return array;
    }

    /** As {@code torch.linear} wants it. */
    private static Shape shape(Weight weight) {
        long[] shape = weight.tensors().get(0).shape().clone();
        shape[0] = weight.tensors().stream().mapToLong(t -> t.shape()[0]).sum();
        return weight.transposed() ? new Shape(shape[1], shape[0]) : new Shape(shape);
    }

    private NDArray room(Shape shape, Precision precision) {
        NDArray room = owner.create(shape, DataType.FLOAT32);
        if (precision == Precision.FLOAT32) {
            return room;
        }
        try (room; NDArray number = scope.create((long) precision.code())) { // never written to, it takes no memory
            return script.callOpaque("room", room, number).get(0);
        }
    }

    /** @param at first row (with {@code transposed} column) of {@code target} that is filled */
    private void put(Weight.Tensor tensor, NDArray target, long at, boolean transposed) {
        long[] shape = tensor.shape().clone();
        long rows = shape[0];
        long notFinite = 0;
        int width = Math.toIntExact(Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact));
        int most = (int) Math.min(rows, Math.max(1, SLICE / width));
        for (long row = 0; row < rows; row += most) {
            shape[0] = Math.min(most, rows - row);
            int count = Math.toIntExact(shape[0] * width);
            notFinite += fill(tensor.name(), row * width, count);
            try (NDArray part = scope.create(buffer, new Shape(shape), DataType.FLOAT32);
                    NDArray place = scope.create(new long[] {at + row, transposed ? 1 : 0})) {
                script.call("put", part, place, new Tensors(List.of(target))).close();
            }
        }
        if (notFinite > 0) {
            throw files.notFinite(List.of("\"" + tensor.name() + "\" (" + notFinite + " of " + rows * width + ")"));
        }
    }

    /** @return how many of the numbers are not finite */
    private int fill(String name, long from, int count) {
        if (numbers.length < count) {
            numbers = new float[count];
            buffer = ByteBuffer.allocateDirect(Math.multiplyExact(Float.BYTES, count)).order(ByteOrder.nativeOrder());
        }
        files.floats(name, from, numbers, count);
        buffer.clear().limit(Float.BYTES * count);
        buffer.asFloatBuffer().put(numbers, 0, count);
        int notFinite = 0;
        for (int i = 0; i < count; i++) {
            notFinite += Float.isFinite(numbers[i]) ? 0 : 1;
        }
        return notFinite;
    }

    @Override
    public void close() {
        scope.close();
    }
}
