package craft.lm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import craft.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A safetensors file, mapped into memory and never read whole; its header is checked completely before anything else.
 * Safe for use by several threads. Nobody may shorten the file while it is open.
 */
public final class SafeTensors implements AutoCloseable {
    /** Tensors are mapped in runs of at most this; a larger tensor is mapped in pieces of it. A multiple of 8. */
    static final int WINDOW = 1 << 30;
    /** Numbers looked at a time, few enough to stay in the processor's cache. */
    private static final int COUNTED = 1 << 15;

    private final Path file;
    private final SafeTensorsHeader header;
    private volatile List<Window> windows;

    /** A mapped part of the data; {@code start} is counted from the start of the data. */
    private record Window(long start, MappedByteBuffer bytes) {
        long end() {
            return start + bytes.capacity();
        }
    }

    private SafeTensors(Path file, SafeTensorsHeader header, List<Window> windows) {
        this.file = file;
        this.header = header;
        this.windows = List.copyOf(windows);
    }

    /**
     * Reads and checks the header and maps the data.
     *
     * @throws InvalidInputException when the file is missing, damaged or no safetensors file; the message says which
     */
    public static SafeTensors open(Path file) {
        return open(file, WINDOW);
    }

    /** {@link #open(Path)} with windows of another size, so that tests need no file of gigabytes. */
    static SafeTensors open(Path file, int window) {
        String source = file.toString();
        if (Files.isDirectory(file)) {
            throw SafeTensorsHeader.refuse(source, "it is a folder, not a safetensors file.");
        }
        WrongContent.check(file, true);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            SafeTensorsHeader.checkPrefix(source, size);
            long claimed = ByteBuffer.wrap(read(channel, 0, SafeTensorsHeader.PREFIX)).order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            int length = SafeTensorsHeader.checkedLength(source, size, claimed);
            long dataStart = (long) SafeTensorsHeader.PREFIX + length;
            SafeTensorsHeader header = SafeTensorsHeader.parse(source, read(channel, SafeTensorsHeader.PREFIX, length),
                    size - dataStart);
            return new SafeTensors(file, header, map(channel, dataStart, header, window));
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("There is no file " + source + ".", e);
        } catch (IOException e) {
            throw WrongContent.unreadable(file, e);
        }
    }

    private static byte[] read(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.array();
    }

    /** Cuts the data at tensor boundaries, so that every tensor that fits lies within one window. */
    private static List<Window> map(FileChannel channel, long dataStart, SafeTensorsHeader header, int most)
            throws IOException {
        List<Window> windows = new ArrayList<>();
        long start = 0;
        long end = 0;
        for (TensorEntry entry : header.entries().values()) {
            if (entry.offset() + entry.bytes() - start > most) {
                mapPieces(channel, dataStart, start, end, most, windows);
                start = entry.offset();
            }
            end = entry.offset() + entry.bytes();
        }
        mapPieces(channel, dataStart, start, end, most, windows);
        return windows;
    }

    private static void mapPieces(FileChannel channel, long dataStart, long start, long end, int most, List<Window> to)
            throws IOException {
        for (long at = start; at < end; at += most) {
            long length = Math.min(most, end - at);
            to.add(new Window(at, channel.map(FileChannel.MapMode.READ_ONLY, dataStart + at, length)));
        }
    }

    public Path file() {
        return file;
    }

    /** Names of all tensors, in the order of their data. */
    public Set<String> names() {
        return header.entries().keySet();
    }

    /** {@code __metadata__} of the header, empty if there is none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** @throws InvalidInputException when there is no tensor of that name */
    public TensorEntry entry(String name) {
        TensorEntry entry = header.entries().get(name);
        if (entry == null) {
            throw new InvalidInputException(file + " has no tensor \"" + name + "\".");
        }
        return entry;
    }

    /**
     * The bytes of a tensor as they are in the file: a read-only view of the mapped file, little-endian.
     *
     * @throws InvalidInputException when there is no such tensor, or it has 2 GiB or more: take
     *     {@link #buffer(String, long, int)} then
     */
    public ByteBuffer buffer(String name) {
        TensorEntry entry = entry(name);
        if (entry.bytes() > Integer.MAX_VALUE) {
            throw new InvalidInputException("Tensor \"" + name + "\" of " + file + " has " + entry.bytes()
                    + " bytes; one buffer holds less than 2 GiB. It must be read in parts.");
        }
        return buffer(name, 0, (int) entry.bytes());
    }

    /**
     * A part of a tensor's bytes, read-only and little-endian: a view of the mapped file, or a copy where the part lies
     * across two mapped windows.
     *
     * @param from first byte of the part, counted from the start of the tensor
     * @param length bytes
     */
    public ByteBuffer buffer(String name, long from, int length) {
        TensorEntry entry = entry(name);
        if (from < 0 || length < 0 || from > entry.bytes() - length) {
            throw new IndexOutOfBoundsException("Bytes " + from + " + " + length + " of " + entry);
        }
        List<Window> open = windows;
        if (open == null) {
            throw new IllegalStateException(file + " is closed");
        }
        long begin = entry.offset() + from;
        if (length == 0) {
            return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        Window first = open.get(find(open, begin));
        if (begin + length <= first.end()) {
            return first.bytes.slice((int) (begin - first.start), length).order(ByteOrder.LITTLE_ENDIAN);
        }
        ByteBuffer copy = ByteBuffer.allocate(length);
        for (int i = find(open, begin); copy.hasRemaining(); i++) {
            Window window = open.get(i);
            long at = begin + copy.position();
            copy.put(window.bytes.slice((int) (at - window.start),
                    (int) Math.min(copy.remaining(), window.end() - at)));
        }
        return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Index of the window that holds byte {@code at} of the data. */
    private static int find(List<Window> windows, long at) {
        int low = 0;
        int high = windows.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (windows.get(middle).start <= at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /**
     * The numbers of a tensor, row-major; F16 and BF16 are widened exactly.
     *
     * @throws InvalidInputException when there is no such tensor, it is not F32, F16 or BF16, or it has more than
     *     2^31 - 1 numbers
     */
    public float[] floats(String name) {
        TensorEntry entry = entry(name);
        if (entry.elements() > Integer.MAX_VALUE - 8) {
            throw new InvalidInputException("Tensor \"" + name + "\" of " + file + " has " + entry.elements()
                    + " numbers, more than an array holds.");
        }
        float[] out = new float[(int) entry.elements()];
        floats(name, 0, out, out.length);
        return out;
    }

    /**
     * A part of a tensor's numbers, row-major; F16 and BF16 are widened exactly.
     *
     * @param from first number of the part, counted from the start of the tensor
     * @param count how many to put at the beginning of {@code to}
     * @throws InvalidInputException when there is no such tensor or it is not F32, F16 or BF16
     */
    public void floats(String name, long from, float[] to, int count) {
        TensorEntry entry = entry(name);
        if (!entry.dtype().convertible()) {
            throw new InvalidInputException("Tensor \"" + name + "\" of " + file + " is of type " + entry.dtype()
                    + "; only F32, F16 and BF16 can be used as weights.");
        }
        int each = entry.dtype().bytes();
        int step = 1 << 26; // numbers read at a time: 256 MB at most
        for (int at = 0; at < count; at += step) {
            int some = Math.min(step, count - at);
            widen(buffer(name, (from + at) * each, some * each), entry.dtype(), to, at, some);
        }
    }

    /**
     * How many numbers of a tensor are not finite, read through the mapped file.
     *
     * @throws InvalidInputException when there is no such tensor or it is not F32, F16 or BF16
     */
    long notFinite(String name) {
        TensorEntry entry = entry(name);
        long count = 0;
        int[] wide = new int[entry.dtype() == DType.F32 ? COUNTED : 0];
        short[] narrow = new short[entry.dtype() == DType.F32 ? 0 : COUNTED];
        short exponent = (short) (entry.dtype() == DType.BF16 ? 0x7f80 : 0x7c00);
        for (long at = 0; at < entry.elements(); at += COUNTED) {
            int some = (int) Math.min(COUNTED, entry.elements() - at);
            ByteBuffer part = buffer(name, at * entry.dtype().bytes(), some * entry.dtype().bytes());
            switch (entry.dtype()) {
                case F32 -> {
                    part.asIntBuffer().get(wide, 0, some);
                    count += count(wide, some);
                }
                case F16, BF16 -> {
                    part.asShortBuffer().get(narrow, 0, some);
                    count += count(narrow, some, exponent);
                }
                default -> throw new InvalidInputException("Tensor \"" + name + "\" of " + file + " is of type " + entry.dtype()
                        + "; only F32, F16 and BF16 can be used as weights.");
            }
        }
        return count;
    }

    /** All bits of the exponent set is NaN or infinite, in each of the three formats. */
    private static int count(int[] bits, int length) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            count += (bits[i] & 0x7f800000) == 0x7f800000 ? 1 : 0;
        }
        return count;
    }

    private static int count(short[] bits, int length, short exponent) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            count += (bits[i] & exponent) == exponent ? 1 : 0;
        }
        return count;
    }

    private static void widen(ByteBuffer from, DType dtype, float[] to, int at, int count) {
        switch (dtype) {
            case F32 -> from.asFloatBuffer().get(to, at, count);
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    to[at + i] = Float.intBitsToFloat(from.getShort(2 * i) << 16);
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    to[at + i] = halfToFloat(from.getShort(2 * i));
                }
            }
            default -> throw new IllegalArgumentException(dtype.name());
        }
    }

    /** IEEE 754 binary16 to binary32, exact for every value; NaN keeps its payload. */
    static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) { // zero and subnormals: fraction * 2^-24, exact in float
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }

    /** Gives up the mapped memory. Buffers handed out before stay valid; the memory goes with the last of them. */
    @Override
    public void close() {
        windows = null;
    }

    /**
     * Writes tensors as F32, in the order of their names; equal input gives equal bytes.
     *
     * @param metadata for {@code __metadata__}; left out when empty
     * @throws IOException when the file cannot be written
     */
    public static void write(Path file, SortedMap<String, FloatTensor> tensors, Map<String, String> metadata)
            throws IOException {
        byte[] header = header(tensors, metadata);
        if (header.length > SafeTensorsHeader.MAX_BYTES) {
            throw new IllegalArgumentException("A header of " + header.length + " bytes is not allowed");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer prefix = ByteBuffer.allocate(SafeTensorsHeader.PREFIX).order(ByteOrder.LITTLE_ENDIAN);
            writeAll(channel, prefix.putLong(header.length).flip());
            writeAll(channel, ByteBuffer.wrap(header));
            ByteBuffer chunk = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
            for (FloatTensor tensor : tensors.values()) {
                float[] data = tensor.data();
                int step = chunk.capacity() / Float.BYTES;
                for (int at = 0; at < data.length; at += step) {
                    int count = Math.min(step, data.length - at);
                    chunk.clear();
                    chunk.asFloatBuffer().put(data, at, count);
                    writeAll(channel, chunk.limit(count * Float.BYTES));
                }
            }
        }
    }

    private static byte[] header(SortedMap<String, FloatTensor> tensors, Map<String, String> metadata)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafeTensorsHeader.METADATA);
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (Map.Entry<String, FloatTensor> entry : tensors.entrySet()) {
                if (entry.getKey().equals(SafeTensorsHeader.METADATA)) {
                    throw new IllegalArgumentException("A tensor cannot be named " + SafeTensorsHeader.METADATA);
                }
                long end = offset + (long) Float.BYTES * entry.getValue().data().length;
                json.writeObjectFieldStart(entry.getKey());
                json.writeStringField("dtype", DType.F32.name());
                writeArray(json, "shape", entry.getValue().shape());
                writeArray(json, "data_offsets", offset, end);
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        }
        int length = bytes.size();
        byte[] padded = Arrays.copyOf(bytes.toByteArray(), (length + 7) / 8 * 8); // so that the data is aligned
        Arrays.fill(padded, length, padded.length, (byte) ' ');
        return padded;
    }

    private static void writeArray(JsonGenerator json, String name, long... values) throws IOException {
        json.writeFieldName(name);
        json.writeArray(values, 0, values.length);
    }

    private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
