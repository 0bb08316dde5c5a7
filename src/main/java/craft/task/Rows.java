package craft.task;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Streams the rows of one file of a task, one JSON object at a time: a JSON Lines file, a file with one JSON array, rows wrapped
 * in an object or written over several lines ({@link JsonShape}), or a table ({@link CsvRows}).
 * What is wrong with one row is told of that row and reading goes on; what breaks the file ends in an exception.
 */
final class Rows {
    /** Whoever gets the rows. */
    interface Sink {
        /** Whether a row with values of these names could be used. */
        boolean accepts(Collection<String> names);

        /** The names of a table's columns, before its first row. */
        void columns(List<String> names);

        /** Whether such cells of a table with these columns could be a row, by what it would answer. */
        boolean looksLikeRow(List<String> names, List<String> cells);

        /** @param row 1-based line of a JSONL file, element of an array, row of a table (its header is row 1) */
        void object(int row, JsonNode object);

        void bad(int row, String reason);

        /** A remark on a row that is used. */
        void doubt(int row, String reason);

        void remark(String reason);
    }

    /** Longest line of a JSONL file and longest text in any file. */
    static final int LONGEST = 10_000_000;
    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(LONGEST).maxNumberLength(LONGEST)
                    .maxNameLength(LONGEST).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Read as a token, so that it harms no row that does not use it.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private final Path file;
    private final Sink sink;

    private Rows(Path file, Sink sink) {
        this.file = file;
        this.sink = sink;
    }

    /** @throws InvalidInputException when the file cannot be read to its end */
    static void read(Path file, Sink sink) {
        try {
            new Rows(file, sink).read();
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }

    private void read() throws IOException {
        try (InputStream in = DataFile.open(file, sink::remark)) {
            String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
            if (name.endsWith(".csv") || name.endsWith(".tsv")) {
                new CsvRows(file, name.endsWith(".tsv"), sink).read(in);
                return;
            }
            JsonShape shape = JsonShape.of(file, name.endsWith(".jsonl"), firstCharacter(in), sink);
            switch (shape.kind()) {
                case LINES -> readLines(in);
                case ARRAY -> readOne(in, shape);
                case WRAPPED -> {
                    sink.remark("The rows are those of the list under \"" + shape.key() + "\""
                            + (shape.beside().isEmpty() ? "." : "; not used beside it: " + String.join(", ", shape.beside()) + "."));
                    readOne(in, shape);
                }
                case OBJECTS -> {
                    sink.remark("A row goes over several lines, so row numbers count rows, not lines.");
                    readOne(in, shape);
                }
            }
        }
    }

    /** The first character that is no white space, or -1; the stream stays where it is. */
    private static int firstCharacter(InputStream in) throws IOException {
        in.mark(DataFile.AHEAD);
        int c = in.read();
        for (int n = 1; n < DataFile.AHEAD && (c == ' ' || c == '\t' || c == '\r' || c == '\n'); n++) {
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
        if (text.indexOf(DataFile.BROKEN) >= 0) {
            sink.bad(row, "The line is not valid UTF-16. Save the file as UTF-8.");
            return;
        }
        if (text.isBlank()) {
            return;
        }
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            JsonNode value = JsonRow.read(parser);
            if (followed(parser)) {
                sink.bad(row, "Something follows the JSON object. Write one object a line.");
            } else {
                element(row, value);
            }
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            sink.bad(row, "This is not valid JSON" + (at == null ? "" : " (column " + at.getColumnNr() + ")") + ": "
                    + JsonWords.of(e));
        } catch (IOException e) {
            throw new IllegalStateException("A text in memory cannot be read", e);
        }
    }

    private static boolean followed(JsonParser parser) throws IOException {
        try {
            return parser.nextToken() != null;
        } catch (JsonProcessingException e) {
            return true;
        }
    }

    /** A file that is one JSON text rather than one a line. */
    private void readOne(InputStream in, JsonShape shape) throws IOException {
        int[] row = {0};
        try (JsonParser parser = JSON.createParser(in)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return;
            }
            switch (shape.kind()) {
                case OBJECTS -> {
                    for (JsonToken token = first; token != null; token = parser.nextToken()) {
                        row[0]++;
                        element(row[0], JsonRow.read(parser));
                    }
                }
                case WRAPPED -> {
                    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                        parser.nextToken();
                        if (key.equals(shape.key())) {
                            elements(parser, row);
                        } else {
                            parser.skipChildren();
                        }
                    }
                    end(parser, "object");
                }
                default -> {
                    if (first != JsonToken.START_ARRAY) {
                        throw new InvalidInputException(file + " must be a JSON array of rows, [ {...}, {...} ], or one "
                                + "row a line.");
                    }
                    elements(parser, row);
                    end(parser, "array");
                }
            }
        } catch (StreamConstraintsException e) {
            throw new InvalidInputException(file + ", row " + Math.max(1, row[0]) + ": "
                    + (String.valueOf(e.getOriginalMessage()).contains("nesting") ? JsonWords.of(e)
                    : "The text is longer than 10 MB. Split or shorten it."), e);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + ", row " + Math.max(1, row[0]) + place(e)
                    + ": This is not valid JSON, and the rest of the file cannot be read: " + JsonWords.of(e), e);
        }
    }

    /** @param row counts the elements; the one being read when something is thrown */
    private void elements(JsonParser parser, int[] row) throws IOException {
        while (true) {
            row[0]++;
            if (parser.nextToken() == JsonToken.END_ARRAY) {
                return;
            }
            element(row[0], JsonRow.read(parser));
        }
    }

    private void end(JsonParser parser, String what) throws IOException {
        if (parser.nextToken() != null) {
            throw new InvalidInputException(file + place(parser.currentLocation())
                    + ": something follows the end of the " + what + ". Remove it.");
        }
    }

    private void element(int row, JsonNode node) {
        if (node.isObject()) {
            sink.object(row, node);
        } else {
            sink.bad(row, "The row must be a JSON object { ... }, not " + JsonRow.kind(node) + ".");
        }
    }

    /** {@code ", line 3, column 7"}, or nothing where the place is unknown. */
    static String place(JsonProcessingException e) {
        return place(e.getLocation());
    }

    private static String place(JsonLocation at) {
        return at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
