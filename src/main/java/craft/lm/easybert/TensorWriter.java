package craft.lm.easybert;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.lm.easybert.Conversion.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Writes the weights as a safetensors file, tensor by tensor as they come out of the jar. At most one matrix of a dense
 * layer is in memory at a time.
 */
final class TensorWriter {
    private static final int CHUNK = 1 << 20;

    private final BertJar jar;
    private final Conversion conversion;
    private final byte[] chunk = new byte[CHUNK];

    TensorWriter(BertJar jar, Conversion conversion) {
        this.jar = jar;
        this.conversion = conversion;
    }

    /** Bytes of the tensors, all float32. */
    static long dataBytes(Conversion conversion) {
        return conversion.steps().stream().mapToLong(step -> step.from().bytes()).sum();
    }

    /** @param progress hears how many bytes of {@link Conversion#sourceBytes()} are done */
    void write(OutputStream out, LongConsumer progress) throws IOException {
        out.write(header());
        jar.data(data -> {
            long at = 0;
            for (Step step : conversion.steps()) {
                long gap = step.from().offset() - at;
                if (gap < 0) {
                    throw jar.refuse("its variable " + step.from().name() + " lies within another one");
                }
                copy(data, gap, OutputStream.nullOutputStream(), new CRC32C(), step);
                tensor(data, step, out);
                at = step.from().offset() + step.from().bytes();
                progress.accept(at);
            }
        });
    }

    /** Length of the header, the header (padded with spaces, so that the data is aligned). */
    private byte[] header() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        root.putObject("__metadata__").put("format", "pt");
        long at = 0;
        for (Step step : conversion.steps()) {
            ObjectNode tensor = root.putObject(step.tensor()).put("dtype", "F32");
            tensor.set("shape", json.valueToTree(step.shape()));
            long end = at + step.from().bytes();
            tensor.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] text = json.writeValueAsBytes(root);
        byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return ByteBuffer.allocate(Long.BYTES + padded.length).order(ByteOrder.LITTLE_ENDIAN).putLong(padded.length)
                .put(padded).array();
    }

    private void tensor(InputStream data, Step step, OutputStream out) throws IOException {
        CRC32C crc = new CRC32C();
        if (step.transposed()) {
            byte[] matrix = data.readNBytes((int) step.from().bytes());
            if (matrix.length < step.from().bytes()) {
                throw ended(step);
            }
            crc.update(matrix);
            check(crc, step);
            out.write(transposed(matrix, (int) step.from().shape()[0], (int) step.from().shape()[1]));
        } else {
            copy(data, step.from().bytes(), out, crc, step);
            check(crc, step);
        }
    }

    private void copy(InputStream data, long bytes, OutputStream out, CRC32C crc, Step step) throws IOException {
        for (long left = bytes; left > 0;) {
            int count = data.readNBytes(chunk, 0, (int) Math.min(left, CHUNK));
            if (count == 0) {
                throw ended(step);
            }
            crc.update(chunk, 0, count);
            out.write(chunk, 0, count);
            left -= count;
        }
    }

    private void check(CRC32C crc, Step step) {
        if (Checkpoint.masked(crc) != step.from().crc()) {
            throw jar.refuse("its variable " + step.from().name() + " is damaged: it has another checksum than is "
                    + "written in the index");
        }
    }

    private RuntimeException ended(Step step) {
        return jar.refuse("its data ends before the variable " + step.from().name() + " does");
    }

    /** @param matrix {@code [rows, columns]} float32, little-endian */
    private static byte[] transposed(byte[] matrix, int rows, int columns) {
        FloatBuffer from = ByteBuffer.wrap(matrix).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        byte[] result = new byte[matrix.length];
        FloatBuffer to = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        float[] row = new float[rows];
        for (int c = 0; c < columns; c++) {
            for (int r = 0; r < rows; r++) {
                row[r] = from.get(r * columns + c);
            }
            to.put(row);
        }
        return result;
    }
}
