package craft.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes named float tensors as {@code torch.save} writes an OrderedDict of them: a stored zip of a pickle and of one
 * file of little-endian float32 a tensor. {@code torch.load(weights_only=True)} opens it. Equal input, equal bytes.
 */
final class TorchFile {
    /** torch aligns each file's data so that it can be mapped. */
    private static final int ALIGNMENT = 64;
    /** Id of the zip extra field that torch pads with. */
    private static final int PADDING = 0x4246;
    /** Fixed, so that equal input gives equal bytes. For 1 January 1980 Java would add a field that misaligns. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private record Named(String name, int[] shape, float[] values) {
    }

    private final List<Named> tensors = new ArrayList<>();

    /** @param values row-major, as many as the product of {@code shape}, which is empty, [n] or [rows, columns] */
    TorchFile add(String name, float[] values, int... shape) {
        tensors.add(new Named(name, shape, values));
        return this;
    }

    byte[] bytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            long offset = put(zip, 0, "archive/data.pkl", pickle());
            offset = put(zip, offset, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < tensors.size(); i++) {
                float[] values = tensors.get(i).values;
                ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                offset = put(zip, offset, "archive/data/" + i, bytes.array());
            }
            put(zip, offset, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
        return out.toByteArray();
    }

    /** @return offset of what follows this entry */
    private static long put(ZipOutputStream zip, long offset, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setTimeLocal(TIME);
        long unpadded = offset + 30 + name.length() + 4; // local header, name, head of the extra field
        int padding = (int) Math.floorMod(-unpadded, (long) ALIGNMENT);
        entry.setExtra(ByteBuffer.allocate(4 + padding).order(ByteOrder.LITTLE_ENDIAN).putShort((short) PADDING)
                .putShort((short) padding).array());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
        return unpadded + padding + content.length;
    }

    private byte[] pickle() {
        PickleWriter pickle = new PickleWriter();
        emptyDict(pickle).mark();
        for (int i = 0; i < tensors.size(); i++) {
            Named tensor = tensors.get(i);
            pickle.text(tensor.name).global("torch._utils", "_rebuild_tensor_v2").mark();
            pickle.mark().text("storage").global("torch", "FloatStorage").text(Integer.toString(i)).text("cpu")
                    .number(tensor.values.length).tuple().persistentId();
            pickle.number(0).mark(); // offset in the storage, then size
            for (int size : tensor.shape) {
                pickle.number(size);
            }
            pickle.tuple().mark(); // stride
            for (int axis = 0; axis < tensor.shape.length; axis++) {
                pickle.number(axis == tensor.shape.length - 1 ? 1 : tensor.shape[axis + 1]);
            }
            pickle.tuple().no(); // requires no gradient, has no hooks
            emptyDict(pickle).tuple().reduce();
        }
        return pickle.setItems().stop();
    }

    private static PickleWriter emptyDict(PickleWriter pickle) {
        return pickle.global("collections", "OrderedDict").emptyTuple().reduce();
    }
}
