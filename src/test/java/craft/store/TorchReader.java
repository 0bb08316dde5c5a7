package craft.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads a file of tensors as torch.load(weights_only=True) does, written from the description of the format and of
 * pickle's instructions, not from our writer. Only what such a file may contain; everything else is an error.
 */
final class TorchReader {
    /** @param stride in elements; @param values the elements in row-major order, gathered by offset and stride */
    record Tensor(List<Integer> size, List<Integer> stride, float[] values) {
    }

    private record Global(String name) {
    }

    private static final Object MARK = new Object();

    private final Map<String, byte[]> files = new HashMap<>();
    private final Deque<Object> stack = new ArrayDeque<>(); // the top is first

    private TorchReader() {
    }

    static Map<String, Tensor> read(Path file) throws IOException {
        TorchReader reader = new TorchReader();
        byte[] raw = Files.readAllBytes(file);
        String first = null;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                first = first == null ? entry.getName() : first;
                if (entry.getMethod() != ZipEntry.STORED) {
                    throw new IOException(entry.getName() + " is compressed");
                }
                byte[] content = zip.getInputStream(entry).readAllBytes();
                reader.files.put(entry.getName(), content);
                checkAligned(raw, entry.getName(), content.length);
            }
        }
        expect("archive/data.pkl".equals(first), "the first entry names the archive");
        expect("3\n".equals(reader.text("archive/version")), "version");
        expect("little".equals(reader.text("archive/byteorder")), "byte order");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        ((Map<?, ?>) reader.unpickle(reader.files.get("archive/data.pkl")))
                .forEach((name, tensor) -> tensors.put((String) name, (Tensor) tensor));
        return tensors;
    }

    /** By the local header, found by its signature and name. */
    private static void checkAligned(byte[] raw, String name, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + 30 < raw.length; at++) {
            if (bytes.getInt(at) == 0x04034b50) {
                int nameLength = bytes.getShort(at + 26);
                int data = at + 30 + nameLength + bytes.getShort(at + 28);
                if (name.equals(new String(raw, at + 30, nameLength, StandardCharsets.UTF_8))) {
                    expect(data % 64 == 0, name + " starts at " + data);
                    expect(bytes.getInt(at + 22) == length, "size in the local header");
                    return;
                }
            }
        }
        throw new IOException("no local header for " + name);
    }

    private String text(String entry) {
        return new String(files.get(entry), StandardCharsets.US_ASCII);
    }

    private static void expect(boolean good, String what) throws IOException {
        if (!good) {
            throw new IOException("Not as expected: " + what);
        }
    }

    private Object unpickle(byte[] pickle) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        while (true) {
            int op = in.get() & 0xff;
            switch (op) {
                case 0x80 -> expect(in.get() == 2, "protocol 2");
                case 'c' -> stack.push(new Global(line(in) + "." + line(in)));
                case '(' -> stack.push(MARK);
                case ')' -> stack.push(List.of());
                case 't' -> stack.push(sinceMark());
                case 'J' -> stack.push(in.getInt());
                case 'X' -> {
                    byte[] utf8 = new byte[in.getInt()];
                    in.get(utf8);
                    stack.push(new String(utf8, StandardCharsets.UTF_8));
                }
                case 0x89 -> stack.push(Boolean.FALSE);
                case 'Q' -> stack.push(storage((List<?>) stack.pop()));
                case 'R' -> {
                    List<?> arguments = (List<?>) stack.pop();
                    stack.push(call((Global) stack.pop(), arguments));
                }
                case 'u' -> {
                    List<?> items = sinceMark();
                    @SuppressWarnings("unchecked")
                    Map<Object, Object> map = (Map<Object, Object>) stack.peek();
                    for (int i = 0; i < items.size(); i += 2) {
                        map.put(items.get(i), items.get(i + 1));
                    }
                }
                case '.' -> {
                    expect(!in.hasRemaining() && stack.size() == 1, "one object and nothing behind it");
                    return stack.pop();
                }
                default -> throw new IOException("instruction " + op + " is not expected");
            }
        }
    }

    private static String line(ByteBuffer in) {
        StringBuilder line = new StringBuilder();
        for (char c = (char) in.get(); c != '\n'; c = (char) in.get()) {
            line.append(c);
        }
        return line.toString();
    }

    private List<Object> sinceMark() {
        List<Object> items = new ArrayList<>();
        for (Object item = stack.pop(); item != MARK; item = stack.pop()) {
            items.add(0, item);
        }
        return items;
    }

    private float[] storage(List<?> id) throws IOException {
        expect(id.size() == 5 && id.get(0).equals("storage") && id.get(3).equals("cpu"), "persistent id " + id);
        expect(id.get(1).equals(new Global("torch.FloatStorage")), "float storage");
        byte[] bytes = files.get("archive/data/" + id.get(2));
        float[] values = new float[(Integer) id.get(4)];
        expect(bytes.length == 4 * values.length, "length of storage " + id.get(2));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    private static Object call(Global function, List<?> arguments) throws IOException {
        switch (function.name()) {
            case "collections.OrderedDict" -> {
                expect(arguments.isEmpty(), "an empty OrderedDict");
                return new LinkedHashMap<>();
            }
            case "torch._utils._rebuild_tensor_v2" -> {
                expect(arguments.size() == 6 && arguments.get(4).equals(false)
                        && ((Map<?, ?>) arguments.get(5)).isEmpty(), "arguments of the tensor " + arguments);
                List<Integer> size = integers(arguments.get(2));
                List<Integer> stride = integers(arguments.get(3));
                float[] storage = (float[]) arguments.get(0);
                expect(size.size() == stride.size() && size.size() <= 2, "size and stride");
                float[] values = new float[size.stream().reduce(1, (x, y) -> x * y)];
                for (int i = 0; i < values.length; i++) {
                    int at = (Integer) arguments.get(1);
                    int left = i;
                    for (int axis = size.size() - 1; axis >= 0; axis--) { // none for a single number
                        at += left % size.get(axis) * stride.get(axis);
                        left /= size.get(axis);
                    }
                    values[i] = storage[at];
                }
                return new Tensor(size, stride, values);
            }
            default -> throw new IOException("torch.load(weights_only=True) would refuse " + function.name());
        }
    }

    private static List<Integer> integers(Object tuple) {
        return ((List<?>) tuple).stream().map(Integer.class::cast).toList();
    }
}
