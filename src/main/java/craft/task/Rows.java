package craft.task;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import craft.error.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Streams the rows of one file of a task, one JSON object at a time: a JSON Lines file, a file with one JSON array, or a
 * table ({@link CsvRows}).
 * What is wrong with one row is told of that row and reading goes on; what breaks the file ends in an exception.
 */
final class Rows {
    /** Whoever gets the rows. */
    interface Sink {
        /** The names of a table's columns, before its first row. */
        void columns(List<String> names);

        /** @param row 1-based line of a JSONL file, element of an array, row of a table (its header is row 1) */
        void object(int row, JsonNode object);

        void bad(int row, String reason);

        void remark(String reason);
    }

    /** Longest line of a JSONL file and longest text in any file. */
    static final int LONGEST = 10_000_000;
    private static final int BUFFER = 1 << 16;
    private static final JsonMapper JSON = JsonMapper
            .builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(LONGEST).build()).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** For an element of an array, which of course is followed by more. */
    private static final ObjectReader ONE_OF_MANY = JSON.reader()
            .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path file;
    private final Sink sink;

    private Rows(Path file, Sink sink) {
        this.file = file;
        this.sink = sink;
    }

    /** @throws InvalidInputException when the file cannot be read to its end */
    static void read(Path file, Sink sink) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            new Rows(file, sink).read(in);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void read(InputStream in) throws IOException {
        dropByteOrderMark(in);
        String name = file.getFileName().toString();
        if (name.endsWith(".csv") || name.endsWith(".tsv")) {
            new CsvRows(file, name.endsWith(".csv") ? ',' : '\t', sink).read(in);
            return;
        }
        // A .json file is an array (TRACE, LLMCL), but JSON Lines under that name are common, too.
        if (name.endsWith(".jsonl") || firstCharacter(in) == '{') {
            readLines(in);
        } else {
            readArray(in);
        }
    }

    private void dropByteOrderMark(InputStream in) throws IOException {
        in.mark(4);
        byte[] start = in.readNBytes(3);
        if (start.length >= 3 && start[0] == (byte) 0xEF && start[1] == (byte) 0xBB && start[2] == (byte) 0xBF) {
            sink.remark("The file begins with a byte order mark; it is ignored.");
            return;
        }
        if (start.length >= 2 && (start[0] == (byte) 0xFF && start[1] == (byte) 0xFE
                || start[0] == (byte) 0xFE && start[1] == (byte) 0xFF)) {
            throw new InvalidInputException(file + " is UTF-16. Save it as UTF-8.");
        }
        in.reset();
    }

    /** The first character that is no white space, or -1; the stream stays where it is. */
    private static int firstCharacter(InputStream in) throws IOException {
        in.mark(BUFFER);
        int c = in.read();
        for (int n = 1; n < BUFFER && (c == ' ' || c == '\t' || c == '\r' || c == '\n'); n++) {
            c = in.read();
        }
        in.reset();
        return c;
    }

    private void readLines(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean windowsEnds = false;
        int row = 1;
        long length = 0;
        for (int c = in.read(); ; c = in.read()) {
            if (c == '\n' || c == -1) {
                if (length > LONGEST) {
                    sink.bad(row, "The line is longer than 10 MB. Split or shorten the text.");
                } else {
                    byte[] bytes = line.toByteArray();
                    int end = bytes.length;
                    if (c == '\n' && end > 0 && bytes[end - 1] == '\r') {
                        end--;
                        windowsEnds = true;
                    }
                    line(row, bytes, end);
                }
                if (c == -1) {
                    break;
                }
                line.reset();
                length = 0;
                row++;
            } else if (++length <= LONGEST) {
                // A longer line is counted, never kept.
                line.write(c);
            }
        }
        if (windowsEnds) {
            sink.remark("The file has Windows line ends; they are accepted.");
        }
    }

    private void line(int row, byte[] bytes, int end) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, 0, end)).toString();
        } catch (CharacterCodingException e) {
            sink.bad(row, "The line is not valid UTF-8. Save the file as UTF-8.");
            return;
        }
        if (text.isBlank()) {
            return;
        }
        try {
            element(row, JSON.readTree(text));
        } catch (MismatchedInputException e) {
            sink.bad(row, "Something follows the JSON object. Write one object a line.");
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            sink.bad(row, "This is not valid JSON" + (at == null ? "" : " (column " + at.getColumnNr() + ")") + ": "
                    + sentence(e.getOriginalMessage()));
        }
    }

    private void readArray(InputStream in) throws IOException {
        int row = 0;
        try (JsonParser parser = JSON.createParser(in)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return;
            }
            if (first != JsonToken.START_ARRAY) {
                throw new InvalidInputException(file + " must be a JSON array of rows, [ {...}, {...} ], or one row a "
                        + "line.");
            }
            while (true) {
                row++;
                if (parser.nextToken() == JsonToken.END_ARRAY) {
                    break;
                }
                element(row, ONE_OF_MANY.readTree(parser));
            }
            if (parser.nextToken() != null) {
                throw new InvalidInputException(file + place(parser.currentLocation())
                        + ": something follows the end of the array. Remove it.");
            }
        } catch (StreamConstraintsException e) {
            throw new InvalidInputException(file + ", row " + row
                    + ": The text is longer than 10 MB. Split or shorten it.", e);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + ", row " + row + place(e)
                    + ": This is not valid JSON, and the rest of the file cannot be read: "
                    + sentence(e.getOriginalMessage()), e);
        }
    }

    private void element(int row, JsonNode node) {
        if (node.isObject()) {
            sink.object(row, node);
        } else {
            sink.bad(row, "The row must be a JSON object { ... }, not " + kind(node) + ".");
        }
    }

    /** {@code ", line 3, column 7"}, or nothing where the place is unknown. */
    static String place(JsonProcessingException e) {
        return place(e.getLocation());
    }

    private static String place(JsonLocation at) {
        return at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }

    /** What a value is, in words. */
    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            case STRING -> "a text";
            default -> "something else";
        };
    }
}
