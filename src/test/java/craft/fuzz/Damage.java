package craft.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/** What can happen to a file: on disks, in downloads, in editors. All of it follows from the random numbers given. */
final class Damage {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] PIECES = {"{", "}", "[", "]", ",", ":", "\"", "0", "-1", "1e9", "1e999", "1.5", "4294967296",
        "9223372036854775807", "18446744073709551616", "null", "true", "NaN", "\\u0000", "\\ud800", "\u00ff", "한", "\0", " ", "\n", "\r\n", "\t", ";",
        "[[[[[[[[", "//", "/*", "'", "\uFEFF", "<html>", "\\"};
    private static final String[] IMPOSTORS = {"", "\n", "null", "[]", "{}", "\"x\"", "17", "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n",
        "<!doctype html><html></html>", "Entry not found", "../../blobs/abcdef", "GGUF\3\0\0\0", "PK\3\4\0\0", "{\"error\": \"gone\"}", "\uFEFF{}",
        "{\"a\":".repeat(3000)};

    private final Random random;

    Damage(Random random) {
        this.random = random;
    }

    /** @param others whole contents of other files of the same folder, of which one may take this one's place */
    byte[] of(byte[] good, List<byte[]> others) {
        return switch (random.nextInt(20)) {
            case 0 -> Arrays.copyOf(good, random.nextInt(good.length + 1));
            case 1 -> new byte[good.length];
            case 2 -> IMPOSTORS[random.nextInt(IMPOSTORS.length)].getBytes(StandardCharsets.UTF_8);
            case 3 -> others.isEmpty() ? new byte[0] : others.get(random.nextInt(others.size()));
            case 4 -> noise(good.length);
            case 5 -> new String(good, StandardCharsets.UTF_8).getBytes(random.nextBoolean() ? StandardCharsets.UTF_16 : StandardCharsets.ISO_8859_1);
            case 6, 7 -> bits(good);
            case 8, 9, 10, 11 -> pieces(good);
            default -> structured(good);
        };
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[Math.min(length, 4096)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] bits(byte[] good) {
        byte[] bytes = good.clone();
        for (int n = random.nextInt(8); n >= 0 && bytes.length > 0; n--) {
            bytes[place(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private byte[] pieces(byte[] good) {
        byte[] bytes = good;
        for (int n = random.nextInt(3); n >= 0; n--) {
            int from = bytes.length == 0 ? 0 : place(bytes.length);
            int to = Math.min(bytes.length, from + (random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : random.nextInt(12)));
            bytes = switch (random.nextInt(4)) {
                case 0 -> splice(bytes, from, to, new byte[0]);
                case 1 -> splice(bytes, from, from, Arrays.copyOfRange(bytes, from, to));
                case 2 -> splice(bytes, from, from, piece());
                default -> splice(bytes, from, Math.min(to, from + 12), piece());
            };
        }
        return bytes;
    }

    /** Often near the beginning, where headers are. */
    private int place(int length) {
        return random.nextBoolean() ? random.nextInt(length) : random.nextInt(Math.min(length, 256));
    }

    private byte[] piece() {
        return PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] middle) {
        return ByteBuffer.allocate(bytes.length - (to - from) + middle.length).put(bytes, 0, from).put(middle)
                .put(bytes, to, bytes.length - to).array();
    }

    /** Damage that leaves the outer form whole, so that it reaches what is behind the first check. */
    private byte[] structured(byte[] good) {
        if (good.length > 16 && good[8] == '{' && good[4] == 0 && good[5] == 0 && good[6] == 0 && good[7] == 0) {
            return safetensors(good);
        }
        String text = new String(good, StandardCharsets.UTF_8);
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return lines(text);
        }
        JsonNode whole = tree(text);
        return whole != null && (text.indexOf("}\n{") < 0) ? json(whole).getBytes(StandardCharsets.UTF_8) : lines(text);
    }

    private byte[] safetensors(byte[] good) {
        int length = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] head = Arrays.copyOfRange(good, 8, 8 + length);
        if (random.nextInt(4) == 0) { // numbers that are none
            byte[] bytes = good.clone();
            int at = 8 + length + random.nextInt(Math.max(1, (good.length - 8 - length) / 4)) * 4;
            if (at + 4 <= bytes.length) {
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, 0x7f800000 | random.nextInt(2));
            }
            return bytes;
        }
        JsonNode tree = tree(new String(head, StandardCharsets.UTF_8));
        byte[] damaged = tree == null || random.nextInt(3) == 0 ? pieces(head) : json(tree).getBytes(StandardCharsets.UTF_8);
        long claimed = random.nextInt(10) == 0 ? random.nextLong() >>> random.nextInt(64) : damaged.length;
        return ByteBuffer.allocate(8 + damaged.length + good.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN).putLong(claimed).put(damaged)
                .put(good, 8 + length, good.length - 8 - length).array();
    }

    private byte[] lines(String text) {
        List<String> lines = new ArrayList<>(text.lines().toList());
        if (lines.isEmpty()) {
            return piece();
        }
        int at = random.nextInt(lines.size());
        String line = lines.get(at);
        switch (random.nextInt(6)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, line);
            case 2 -> lines.set(at, new String(pieces(line.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8));
            case 3 -> lines.add(at, lines.get(random.nextInt(lines.size())));
            default -> {
                JsonNode tree = tree(line);
                lines.set(at, tree == null ? line.replace(',', random.nextBoolean() ? '\t' : '"') : sealed(json(tree), line));
            }
        }
        return (String.join(random.nextInt(8) == 0 ? "\r\n" : "\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** A line of a journal gets the checksum that goes with its new content. */
    private String sealed(String json, String before) {
        int event = json.indexOf(",\"event\":");
        int crc = json.indexOf("\"crc\":\"");
        if (!before.contains("\"crc\":\"") || event < 0 || crc < 0 || crc > event || !json.endsWith("}") || event + 9 >= json.length()) {
            return json;
        }
        CRC32C sum = new CRC32C();
        sum.update(json.substring(event + 9, json.length() - 1).getBytes(StandardCharsets.UTF_8));
        return json.substring(0, crc + 7) + String.format("%08x", (int) sum.getValue()) + "\"" + json.substring(event);
    }

    private static JsonNode tree(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node != null && node.isContainerNode() ? node : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** One to three changes of keys or values. */
    private String json(JsonNode tree) {
        JsonNode root = tree.deepCopy();
        for (int n = random.nextInt(3); n >= 0; n--) {
            change(root);
        }
        String text = random.nextBoolean() ? root.toString() : root.toPrettyString();
        if (random.nextInt(8) == 0 && root.isObject() && !root.isEmpty()) { // a key twice
            String key = new ArrayList<>(iterable(root)).get(random.nextInt(root.size()));
            text = "{" + JSON.getNodeFactory().textNode(key) + ":" + value() + "," + text.substring(text.indexOf('{') + 1);
        }
        return text;
    }

    private static List<String> iterable(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    private void change(JsonNode root) {
        JsonNode at = root;
        while (true) { // down to a container at random
            List<JsonNode> inner = new ArrayList<>();
            at.forEach(child -> {
                if (child.isContainerNode() && !child.isEmpty()) {
                    inner.add(child);
                }
            });
            if (inner.isEmpty() || random.nextInt(3) == 0) {
                break;
            }
            at = inner.get(random.nextInt(inner.size()));
        }
        if (at instanceof ObjectNode object && !object.isEmpty()) {
            String key = iterable(object).get(random.nextInt(object.size()));
            switch (random.nextInt(5)) {
                case 0 -> object.remove(key);
                case 1 -> object.set(key + "x", object.remove(key));
                case 2 -> object.set(key, object.get(iterable(object).get(random.nextInt(object.size()))));
                default -> object.set(key, other(object.get(key)));
            }
        } else if (at instanceof ArrayNode array && !array.isEmpty()) {
            int place = random.nextInt(array.size());
            switch (random.nextInt(4)) {
                case 0 -> array.remove(place);
                case 1 -> array.insert(place, array.get(place));
                default -> array.set(place, other(array.get(place)));
            }
        }
    }

    /** A value of another kind or size. */
    private JsonNode other(JsonNode before) {
        if (before.isNumber() && random.nextBoolean()) {
            double[] near = {0, -1, 1, 2, before.doubleValue() + 1, before.doubleValue() - 1, before.doubleValue() * 1000, 1e18, -0.0, 0.5, 1e-320, 1e300};
            double value = near[random.nextInt(near.length)];
            return before.isIntegralNumber() && Math.abs(value) < 9e18 ? JSON.getNodeFactory().numberNode((long) value)
                    : JSON.getNodeFactory().numberNode(value);
        }
        return value();
    }

    private JsonNode value() {
        var make = JSON.getNodeFactory();
        return switch (random.nextInt(14)) {
            case 0 -> make.nullNode();
            case 1 -> make.booleanNode(random.nextBoolean());
            case 2 -> make.numberNode(random.nextInt());
            case 3 -> make.numberNode(new BigInteger("99999999999999999999999"));
            case 4 -> make.numberNode(random.nextGaussian());
            case 5 -> make.textNode("");
            case 6 -> make.textNode("x".repeat(random.nextInt(2000)));
            case 7 -> make.textNode("../../etc/\0passwd");
            case 8 -> make.textNode("한\ud83d\ude00\u202e\n\"");
            case 9 -> make.arrayNode();
            case 10 -> make.objectNode();
            case 11 -> make.arrayNode().add(1).add("x").addNull();
            case 12 -> make.objectNode().put("x", 1).set("y", make.objectNode());
            default -> deep(make.objectNode());
        };
    }

    private JsonNode deep(ObjectNode node) {
        ObjectNode at = node;
        for (int i = 0; i < 300; i++) {
            at = at.putObject("d");
        }
        return node;
    }

}
