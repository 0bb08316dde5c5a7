package craft.lm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import craft.error.InvalidInputException;
import craft.error.JsonWords;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values of one {@code config.json}, each checked as it is asked for. A key that is null counts as left out. Every
 * refusal names the file and the key. What nobody asked for can be told, so that nothing is ignored in silence.
 */
final class ConfigJson {
    static final int MAX_LAYERS = 1_000;
    static final int MAX_HEADS = 4_096;
    static final int MAX_HEAD_DIM = 8_192;
    static final int MAX_WIDTH = 1_000_000;
    static final int MAX_INNER = 10 * MAX_WIDTH;
    static final int MAX_TOKENS = 100_000_000;

    private static final long MAX_FILE = 10_000_000;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final JsonNode root;
    private final Set<String> asked = new HashSet<>();
    private final Map<String, ConfigJson> parts = new LinkedHashMap<>();

    private ConfigJson(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    static ConfigJson read(Path file) {
        return new ConfigJson(file, parse(file, MAX_FILE));
    }

    /** A JSON object of one of the model's small files; a byte order mark is passed over. */
    static JsonNode parse(Path file, long most) {
        WrongContent.check(file, false);
        try {
            if (Files.size(file) > most) {
                throw new InvalidInputException(file + " has more than " + most / 1_000_000
                        + " MB; it cannot be what its name says.");
            }
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            if (node == null || !node.isObject()) {
                throw new InvalidInputException(file + " is not a JSON object. Download it again.");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " is not valid JSON: " + JsonWords.of(e)
                    + ". Download it again.", e);
        } catch (CharConversionException e) {
            throw new InvalidInputException(file + " is not UTF-8 text. Download it again.", e);
        } catch (IOException e) {
            throw WrongContent.unreadable(file, e);
        }
    }

    /** Whether the key is there, be it null. */
    boolean has(String key) {
        asked.add(key);
        return root.has(key);
    }

    boolean hasNonNull(String key) {
        asked.add(key);
        return root.hasNonNull(key);
    }

    private JsonNode value(String key) {
        asked.add(key);
        return root.path(key);
    }

    /** What lies under a key, which is an object if it is there; empty if it is not. */
    ConfigJson object(String key) {
        JsonNode node = value(key);
        if (node.isMissingNode() || node.isNull()) {
            return new ConfigJson(file, MissingNode.getInstance());
        }
        if (!node.isObject()) {
            throw refuse(key, "is not an object");
        }
        return parts.computeIfAbsent(key, k -> new ConfigJson(file, node));
    }

    boolean isEmpty() {
        return root.isMissingNode() || root.isEmpty();
    }

    /** The objects by their keys if this holds nothing but objects, and at least one; else none. */
    Map<String, ConfigJson> objects() {
        Map<String, ConfigJson> all = new LinkedHashMap<>();
        root.properties().forEach(entry -> {
            if (entry.getValue().isObject()) {
                all.put(entry.getKey(), object(entry.getKey()));
            }
        });
        return all;
    }

    /** Whether both say the same. */
    boolean sameAs(ConfigJson other) {
        return root.equals(other.root);
    }

    /** Names of an array of strings, null where the key is left out. */
    List<String> names(String key) {
        JsonNode node = value(key);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        List<String> all = new ArrayList<>();
        for (JsonNode name : node) {
            all.add(name.isTextual() ? name.textValue() : "");
        }
        if (!node.isArray() || all.contains("")) {
            throw refuse(key, "is " + brief(node) + "; it must be a list of names");
        }
        return all;
    }

    /** @throws InvalidInputException where the key holds anything but null, false, nothing in an array or object, or an empty text */
    void requireEmpty(String key, String why) {
        JsonNode node = value(key);
        if (!(node.isMissingNode() || node.isNull() || node.isContainerNode() && node.isEmpty()
                || node.isBoolean() && !node.booleanValue() || node.isTextual() && node.textValue().isEmpty())) {
            throw refuse(key, "is " + brief(node) + ": " + why);
        }
    }

    /** Notes that nothing in here needs reading. */
    void letAllBe() {
        root.fieldNames().forEachRemaining(asked::add);
    }

    /** Whether it holds something besides objects. */
    boolean mixed() {
        return root.properties().stream().anyMatch(entry -> !entry.getValue().isObject() && !entry.getValue().isNull());
    }

    /** Notes that a key is known and needs no reading. */
    void letBe(String... keys) {
        asked.addAll(List.of(keys));
    }

    /** What nobody has asked for, by key; of objects that were looked into, {@code key.inner}. */
    Map<String, JsonNode> unread() {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        root.properties().forEach(entry -> {
            if (!asked.contains(entry.getKey())) {
                all.put(entry.getKey(), entry.getValue());
            }
        });
        parts.forEach((key, part) -> part.unread().forEach((inner, value) -> all.put(key + "." + inner, value)));
        return all;
    }

    /** The first name under {@code architectures}, empty where there is none. */
    String architecture() {
        JsonNode names = value("architectures");
        JsonNode first = names.isArray() ? names.path(0) : names;
        return first.isTextual() ? first.textValue() : "";
    }

    /** A whole number from 1 to {@code most}, which must be there. */
    int size(String key, int most) {
        if (!hasNonNull(key)) {
            throw refuse(key, "is missing");
        }
        return size(key, most, 0);
    }

    /** A whole number from 1 to {@code most}, {@code absent} where the key is left out. */
    int size(String key, int most, int absent) {
        JsonNode node = value(key);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1 || node.intValue() > most) {
            throw refuse(key, "is " + brief(node) + "; it must be a whole number from 1 to " + most);
        }
        return node.intValue();
    }

    /** Width of a head where {@code heads} of them share {@code width}. The keys are for the refusal. */
    int headWidth(String headsKey, int heads, String widthKey, int width) {
        if (width % heads != 0) {
            throw refuse(headsKey, "is " + heads + ", which does not divide " + widthKey + ", " + width);
        }
        if (width / heads > MAX_HEAD_DIM) {
            throw refuse(headsKey, "is " + heads + ": heads of " + width / heads + " numbers are more than the "
                    + MAX_HEAD_DIM + " allowed");
        }
        return width / heads;
    }

    double number(String key, double least, double most) {
        if (!hasNonNull(key)) {
            throw refuse(key, "is missing");
        }
        return number(key, 0, least, most);
    }

    double number(String key, double absent, double least, double most) {
        JsonNode node = value(key);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        double value = node.doubleValue();
        if (!node.isNumber() || !(value >= least && value <= most)) {
            throw refuse(key, "is " + brief(node) + "; it must be a number from " + least + " to " + most);
        }
        return value;
    }

    boolean flag(String key, boolean absent) {
        JsonNode node = value(key);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isBoolean()) {
            throw refuse(key, "is " + brief(node) + "; it must be true or false");
        }
        return node.booleanValue();
    }

    String text(String key, String absent) {
        JsonNode node = value(key);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isTextual()) {
            throw refuse(key, "is " + brief(node) + "; it must be a string");
        }
        return node.textValue();
    }

    /** {@code bos_token_id}, -1 where none is named. */
    int beginning(int vocabulary) {
        return hasNonNull("bos_token_id") ? token("bos_token_id", value("bos_token_id"), vocabulary) : -1;
    }

    /** {@code eos_token_id}: one, several or none. */
    List<Integer> endings(int vocabulary) {
        List<Integer> ids = new ArrayList<>();
        JsonNode node = value("eos_token_id");
        if (node.isArray()) {
            for (JsonNode id : node) {
                ids.add(token("eos_token_id", id, vocabulary));
            }
        } else if (!node.isMissingNode() && !node.isNull()) {
            ids.add(token("eos_token_id", node, vocabulary));
        }
        return ids;
    }

    private int token(String key, JsonNode node, int vocabulary) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0
                || node.intValue() >= vocabulary) {
            throw refuse(key, "is " + brief(node) + "; it must be a token id from 0 to " + (vocabulary - 1));
        }
        return node.intValue();
    }

    static String brief(JsonNode node) {
        String text = node.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    InvalidInputException refuse(String key, String reason) {
        return new InvalidInputException(file + ": \"" + key + "\" " + reason + ".");
    }
}
