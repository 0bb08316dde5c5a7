package craft.task;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How the rows lie in a JSON file, whatever its name says.
 *
 * @param key of WRAPPED the key that holds the list of rows, otherwise empty
 * @param beside of WRAPPED the other keys
 */
record JsonShape(Kind kind, String key, List<String> beside) {
    /** One object a line; one array; an object with a list of rows; objects over several lines. */
    enum Kind { LINES, ARRAY, WRAPPED, OBJECTS }

    private static final JsonShape LINES = new JsonShape(Kind.LINES, "", List.of());
    private static final JsonShape ARRAY = new JsonShape(Kind.ARRAY, "", List.of());
    private static final JsonShape OBJECTS = new JsonShape(Kind.OBJECTS, "", List.of());

    /**
     * Reads no more of the file than is needed to tell, which is its first object where that is a row.
     *
     * @param lines whether the name promises one object a line
     * @param first the file's first character that is no white space, -1 of an empty file
     * @throws InvalidInputException when the rows could be under several keys, or it is broken JSON over many lines
     */
    static JsonShape of(Path file, boolean lines, int first, Rows.Sink sink) throws IOException {
        if (first != '{' && first != '[') {
            return lines ? LINES : ARRAY;
        }
        if (first == '[' && !lines) {
            return ARRAY;
        }
        // What was found on opening is told by whoever reads the rows.
        try (InputStream in = DataFile.open(file, found -> { }); JsonParser parser = Rows.JSON.createParser(in)) {
            parser.nextToken();
            return first == '[' ? array(parser, sink) : object(file, parser, sink);
        }
    }

    /** An array in a file of lines: of rows, or a single line by mistake. */
    private static JsonShape array(JsonParser parser, Rows.Sink sink) throws IOException {
        try {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return LINES;
            }
            while (parser.currentToken() != JsonToken.END_ARRAY) {
                parser.skipChildren();
                parser.nextToken();
            }
            if (parser.nextToken() != null) {
                return LINES;
            }
        } catch (JsonProcessingException e) {
            return parser.currentLocation().getLineNr() > 1 ? ARRAY : LINES;
        }
        sink.remark("The file is one JSON array rather than one object a line; it is read so.");
        return ARRAY;
    }

    private static JsonShape object(Path file, JsonParser parser, Rows.Sink sink) throws IOException {
        List<String> names = new ArrayList<>();
        List<String> lists = new ArrayList<>();
        int begin = parser.currentLocation().getLineNr();
        try {
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                names.add(key);
                if (parser.nextToken() == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.START_OBJECT) {
                    lists.add(key);
                    parser.skipChildren();
                }
                leave(parser);
            }
        } catch (JsonProcessingException e) {
            // A line that ends too early fails where the next one begins; what comes further is one object over many lines.
            if (e.getLocation() != null && e.getLocation().getLineNr() > begin + 1) {
                throw new InvalidInputException(file + Rows.place(e) + ": This is not valid JSON, and the file cannot be read: "
                        + JsonWords.of(e), e);
            }
            return LINES; // which tells it of the line
        }
        JsonShape otherwise = parser.currentLocation().getLineNr() > begin ? OBJECTS : LINES;
        if (sink.accepts(names) || lists.isEmpty() || !ended(parser)) {
            return otherwise;
        }
        if (lists.size() > 1) {
            throw new InvalidInputException(file + ": the rows could be those under " + String.join(", ",
                    lists.stream().map(l -> "\"" + l + "\"").toList()) + ". Keep one of these lists in the file.");
        }
        names.remove(lists.get(0));
        return new JsonShape(Kind.WRAPPED, lists.get(0), List.copyOf(names));
    }

    /** Goes on to the end of the value under a key of the outermost object. */
    private static void leave(JsonParser parser) throws IOException {
        while (!parser.getParsingContext().getParent().inRoot()) {
            parser.nextToken();
        }
    }

    private static boolean ended(JsonParser parser) throws IOException {
        try {
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        }
    }
}
