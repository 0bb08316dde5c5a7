package craft.lm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import craft.error.InvalidInputException;
import craft.error.JsonWords;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, checked against the length of the file: after {@link #parse} every entry lies
 * inside the data, and together they fill it without overlap or hole.
 *
 * @param entries by name, in the order of their data
 * @param metadata {@code __metadata__}, empty if there is none
 */
record SafeTensorsHeader(Map<String, TensorEntry> entries, Map<String, String> metadata) {
    static final int PREFIX = 8;
    static final int MAX_BYTES = 100_000_000;
    static final String METADATA = "__metadata__";
    private static final int MAX_RANK = 64;
    /** Types of less than a byte. */
    private static final List<String> QUANTISED = List.of("F4", "F6_E2M3", "F6_E3M2", "I4", "U4", "INT4", "UINT4");
    private static final String AGAIN = " Download or export it again.";

    /** Names are neither interned nor pooled: a hostile file must not fill tables that outlive it. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).maxNumberLength(100)
                    .maxStringLength(MAX_BYTES).build())
            .build();

    /**
     * Checks the length written in front of the header.
     *
     * @param source name of the file, for messages
     * @param fileSize bytes of the whole file, at least {@link #PREFIX}
     * @param length the first 8 bytes of the file as a little-endian unsigned number
     * @return length of the header in bytes, safe to allocate
     */
    static int checkedLength(String source, long fileSize, long length) {
        if (length < 0 || length > MAX_BYTES) {
            throw refuse(source, "its header claims " + Long.toUnsignedString(length)
                    + " bytes; 100000000 are the most allowed. It is damaged or no safetensors file.");
        }
        if (length > fileSize - PREFIX) {
            throw refuse(source, "it is cut off: its header claims " + length + " bytes but only "
                    + (fileSize - PREFIX) + " follow." + AGAIN);
        }
        return (int) length;
    }

    static void checkPrefix(String source, long fileSize) {
        if (fileSize < PREFIX) {
            throw refuse(source, "it is cut off: " + fileSize + " bytes cannot hold even the length of the header."
                    + AGAIN);
        }
    }

    /** Reads a whole file held in memory; for tests. */
    static SafeTensorsHeader parse(String source, byte[] file) {
        checkPrefix(source, file.length);
        int length = checkedLength(source, file.length, ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
        return parse(source, Arrays.copyOfRange(file, PREFIX, PREFIX + length), file.length - PREFIX - length);
    }

    /**
     * @param source name of the file, for messages
     * @param header the header's bytes
     * @param dataBytes bytes of the file behind the header
     */
    static SafeTensorsHeader parse(String source, byte[] header, long dataBytes) {
        if (header.length == 0 || header[0] != '{') {
            throw refuse(source, "its header does not start with '{'. It is damaged or no safetensors file.");
        }
        // A reader, not the bytes: given bytes Jackson guesses the encoding and lets some invalid UTF-8 pass.
        try (JsonParser json = JSON.createParser(new InputStreamReader(new ByteArrayInputStream(header),
                StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)))) {
            return new Reading(source, dataBytes).read(json);
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(text(source, "its header is not UTF-8. It is damaged."), e);
        } catch (JsonProcessingException e) {
            String reason = JsonWords.reason(e);
            throw new InvalidInputException(text(source, reason.contains("given twice")
                    ? "its header has a key twice: " + reason + ". Export it again."
                    : "its header is not valid JSON: " + reason + ". It is damaged."), e);
        } catch (IOException e) { // the bytes are in memory
            throw new InvalidInputException(text(source, "its header cannot be read. It is damaged."), e);
        }
    }

    static InvalidInputException refuse(String source, String reason) {
        return new InvalidInputException(text(source, reason));
    }

    private static String text(String source, String reason) {
        return source + " cannot be used: " + reason;
    }

    /** One pass over the header's tokens. */
    private static final class Reading {
        private final String source;
        private final long dataBytes;
        private final List<TensorEntry> entries = new ArrayList<>();
        private Map<String, String> metadata = Map.of();

        Reading(String source, long dataBytes) {
            this.source = source;
            this.dataBytes = dataBytes;
        }

        SafeTensorsHeader read(JsonParser json) throws IOException {
            json.nextToken(); // the '{' that was checked
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                JsonToken value = json.nextToken();
                if (name.equals(METADATA)) {
                    metadata = metadata(json, value);
                } else {
                    entries.add(tensor(name, json, value));
                }
            }
            if (json.nextToken() != null) {
                throw refuse(source, "its header goes on behind the closing '}'. It is damaged.");
            }
            return checkLayout();
        }

        private Map<String, String> metadata(JsonParser json, JsonToken value) throws IOException {
            if (value == JsonToken.VALUE_NULL) { // as other programs write where there is nothing to say
                return Map.of();
            }
            if (value != JsonToken.START_OBJECT) {
                throw refuse(source, METADATA + " is not an object of strings. Export it again.");
            }
            Map<String, String> map = new LinkedHashMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_STRING) {
                    throw refuse(source, METADATA + " holds something other than a string under " + quoted(key)
                            + ". Export it again.");
                }
                map.put(key, json.getText());
            }
            return Collections.unmodifiableMap(map);
        }

        private TensorEntry tensor(String name, JsonParser json, JsonToken value) throws IOException {
            if (value != JsonToken.START_OBJECT) {
                throw bad(name, "is not described by an object with dtype, shape and data_offsets");
            }
            DType dtype = null;
            long[] shape = null;
            long[] offsets = null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                JsonToken token = json.nextToken();
                switch (key) {
                    case "dtype" -> dtype = dtype(name, json, token);
                    case "shape" -> shape = numbers(name, key, json, token, MAX_RANK);
                    case "data_offsets" -> offsets = numbers(name, key, json, token, 2);
                    default -> json.skipChildren(); // the reference implementation ignores unknown keys as well
                }
            }
            if (dtype == null || shape == null || offsets == null) {
                throw bad(name, "has no " + (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
            }
            if (offsets.length != 2) {
                throw bad(name, "has " + offsets.length + " data_offsets instead of a begin and an end");
            }
            return checked(name, dtype, shape, offsets[0], offsets[1]);
        }

        private DType dtype(String name, JsonParser json, JsonToken token) throws IOException {
            if (token != JsonToken.VALUE_STRING) {
                throw bad(name, "has a dtype that is not a string");
            }
            String text = json.getText();
            return DType.named(text).orElseThrow(() -> bad(name, "has the unknown dtype " + quoted(text)
                    + "; known are " + Arrays.toString(DType.values())
                    + (QUANTISED.contains(text) ? ". It is of a quantised model; use the unquantised one" : "")));
        }

        private long[] numbers(String name, String key, JsonParser json, JsonToken token, int most) throws IOException {
            if (token != JsonToken.START_ARRAY) {
                throw bad(name, "has a " + key + " that is not an array");
            }
            long[] found = new long[most];
            int count = 0;
            for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
                if (t != JsonToken.VALUE_NUMBER_INT || json.getText().startsWith("-")
                        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    throw bad(name, "has " + quoted(json.getText()) + " in its " + key
                            + " where a whole number from 0 to 2^63 - 1 must be");
                }
                if (count == most) {
                    throw bad(name, "has more than " + most + " numbers in its " + key);
                }
                found[count++] = json.getLongValue();
            }
            return Arrays.copyOf(found, count);
        }

        private TensorEntry checked(String name, DType dtype, long[] shape, long begin, long end) {
            if (begin > end) {
                throw bad(name, "begins at byte " + begin + ", behind its end at " + end);
            }
            long bytes = dtype.bytes();
            try {
                for (long size : shape) {
                    bytes = Math.multiplyExact(bytes, size);
                }
            } catch (ArithmeticException e) {
                throw new InvalidInputException(text(source, "tensor " + quoted(name) + " has the shape "
                        + Arrays.toString(shape) + ", more than any file can hold."), e);
            }
            if (bytes != end - begin) {
                throw bad(name, "of type " + dtype + " and shape " + Arrays.toString(shape) + " needs " + bytes
                        + " bytes but its data_offsets span " + (end - begin));
            }
            return new TensorEntry(name, dtype, shape, begin, bytes);
        }

        /** Sorted by their data, tensors must follow each other exactly and end where the file ends. */
        private SafeTensorsHeader checkLayout() {
            entries.sort(Comparator.comparingLong(TensorEntry::offset).thenComparingLong(TensorEntry::bytes));
            Map<String, TensorEntry> byName = new LinkedHashMap<>();
            long end = 0;
            for (TensorEntry entry : entries) {
                if (entry.offset() < end) {
                    throw bad(entry.name(), "overlaps another tensor at byte " + entry.offset() + " of the data");
                }
                if (entry.offset() > end) {
                    throw bad(entry.name(), "leaves a hole: it begins at byte " + entry.offset()
                            + " of the data, the one before ends at " + end);
                }
                end += entry.bytes();
                byName.put(entry.name(), entry);
            }
            if (end > dataBytes) {
                throw refuse(source, "it is cut off: its tensors need " + end + " bytes but the file holds " + dataBytes
                        + "." + AGAIN);
            }
            if (end < dataBytes) {
                throw refuse(source, (dataBytes - end) + " bytes follow behind its last tensor." + AGAIN);
            }
            return new SafeTensorsHeader(Collections.unmodifiableMap(byName), metadata);
        }

        private InvalidInputException bad(String name, String reason) {
            return refuse(source, "tensor " + quoted(name) + " " + reason + ".");
        }

        /** Names come from the file: long ones are shortened, so that a message stays a message. */
        private static String quoted(String text) {
            return '"' + (text.length() > 100 ? text.substring(0, 100) + "..." : text) + '"';
        }
    }
}
