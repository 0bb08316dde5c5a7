package craft.experiment;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file that a person wrote as one JSON object. */
public final class JsonFile {
    /** A recipe or a study is a page; anything much larger is another file by mistake. */
    private static final long LARGEST = 10_000_000;

    private JsonFile() {
    }

    /**
     * @param kind what the file should be, for messages, for example {@code "recipe"}
     * @throws InvalidInputException naming the file and, where it is known, line and column
     */
    public static ObjectNode read(Path file, String kind) {
        String text;
        try {
            if (Files.size(file) > LARGEST) {
                throw new InvalidInputException(file + " is larger than 10 MB, so it is no " + kind + ".");
            }
            text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + " is not UTF-8 text. Save it as UTF-8.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e.getMessage(), e);
        }
        try {
            JsonNode tree = Json.mapper().readTree(text.startsWith("\uFEFF") ? text.substring(1) : text);
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw new InvalidInputException(file + " is no " + kind + ": it must be one JSON object { ... }.");
        } catch (MismatchedInputException e) {
            throw new InvalidInputException(file + ", line " + e.getLocation().getLineNr()
                    + ": something follows the end of the " + kind + ". Remove it.", e);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new InvalidInputException(file + (at == null ? "" : ", line " + at.getLineNr() + ", column "
                    + at.getColumnNr()) + ": this is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }
}
