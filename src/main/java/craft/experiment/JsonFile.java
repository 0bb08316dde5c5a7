package craft.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.error.JsonWords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads a file that a person wrote as one JSON object. */
public final class JsonFile {
    /** A recipe or a study is a page; anything much larger is another file by mistake. */
    private static final int LARGEST = 10_000_000;

    private JsonFile() {
    }

    /**
     * @param kind what the file should be, for messages, for example {@code "recipe"}
     * @throws InvalidInputException naming the file and, where it is known, line and column
     */
    public static ObjectNode read(Path file, String kind) {
        String text = text(file, kind);
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
            String place = JsonWords.place(e);
            throw new InvalidInputException(file + (place.isEmpty() ? "" : ", " + place) + ": this is not valid JSON: "
                    + JsonWords.reason(e) + ".", e);
        }
    }

    private static String text(Path file, String kind) {
        byte[] bytes;
        try {
            if (Files.isDirectory(file)) {
                throw new InvalidInputException(file + " is a folder, not a " + kind + ".");
            }
            try (InputStream in = Files.newInputStream(file)) { // not by its size, which a pipe or a device does not tell
                bytes = in.readNBytes(LARGEST + 1);
            }
            if (bytes.length > LARGEST) {
                throw new InvalidInputException(file + " is larger than 10 MB, so it is no " + kind + ".");
            }
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
        if (bytes.length >= 2 && (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF || bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE)
                || hasZero(bytes)) {
            throw new InvalidInputException(file + " is not UTF-8 text but UTF-16 or no text at all. Save it as UTF-8.");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + " is not UTF-8 text. Save it as UTF-8.", e);
        }
    }

    private static boolean hasZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }
}
