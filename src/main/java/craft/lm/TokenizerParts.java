package craft.lm;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * What must hold of a tokenizer.json before it is handed to the tokenizers library: that library, being native, does not refuse
 * some damaged parts but ends the whole program, either when it reads them or at the first text.
 */
final class TokenizerParts {
    private static final Pattern ESCAPED_SURROGATE = Pattern.compile("\\\\u[dD][89a-fA-F]");

    private final Path file;

    TokenizerParts(Path file) {
        this.file = file;
    }

    /** Numbers that have a value, texts that have characters; how deep it may be is the parser's own limit. */
    void checkValues(String text, JsonParser json) throws IOException {
        boolean surrogates = ESCAPED_SURROGATE.matcher(text).find();
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
            if (token == JsonToken.VALUE_NUMBER_FLOAT && Double.isInfinite(json.getDoubleValue())) {
                throw refuse("holds the number " + brief(json.getText()) + ", which is too large");
            }
            if (surrogates && (token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME)
                    && !StandardCharsets.UTF_8.newEncoder().canEncode(json.getText())) {
                throw refuse("holds half of a character in a text");
            }
        }
    }

    void normalizer(JsonNode part) {
        String type = part.path("type").asText("");
        if (type.equals("Precompiled")) {
            precompiled(part.path("precompiled_charsmap"));
        }
        pattern(part);
        part.path("normalizers").forEach(this::normalizer);
    }

    void preTokenizer(JsonNode part) {
        if (part.path("type").asText("").equals("FixedLength") && part.has("length") && part.path("length").asLong() < 1) {
            throw refuse("cuts a text into pieces of no length");
        }
        pattern(part);
        part.path("pretokenizers").forEach(this::preTokenizer);
    }

    void decoder(JsonNode part) {
        if (part.path("stop").isNumber() && part.path("stop").asDouble() != 0) {
            throw refuse("has a decoder that strips the ends of tokens (\"stop\" " + brief(part.get("stop").toString()) + "), which is not supported");
        }
        pattern(part);
        part.path("decoders").forEach(this::decoder);
    }

    /** A search for nothing finds it everywhere. */
    private void pattern(JsonNode part) {
        JsonNode pattern = part.path("pattern");
        for (JsonNode text : new JsonNode[] {pattern, pattern.path("String"), pattern.path("Regex")}) {
            if (text.isTextual() && text.textValue().isEmpty()) {
                throw refuse("searches for an empty pattern");
            }
        }
    }

    /** Where a text's beginning and end are put: what is named must be explained, and one text cannot be two. */
    void postProcessor(JsonNode part) {
        JsonNode special = part.path("special_tokens");
        for (JsonNode token : special) {
            if (token.path("ids").size() != token.path("tokens").size()) {
                throw refuse("explains a token of its template by " + token.path("ids").size() + " ids and " + token.path("tokens").size() + " texts");
            }
        }
        for (String key : new String[] {"single", "pair"}) {
            JsonNode template = part.path(key);
            if (template.isTextual()) {
                Arrays.stream(template.textValue().split(" ")).forEach(piece -> piece(piece, special, key));
            }
            for (JsonNode piece : template) {
                if (piece.isTextual()) {
                    piece(piece.textValue(), special, key);
                } else if (piece.has("SpecialToken")) {
                    requireExplained(piece.path("SpecialToken").path("id").asText(""), special);
                } else if (key.equals("single")) {
                    requireFirst(piece.path("Sequence").path("id").asText("A"));
                }
            }
        }
        part.path("processors").forEach(this::postProcessor);
    }

    private void piece(String piece, JsonNode special, String key) {
        if (piece.startsWith("$")) {
            if (key.equals("single")) {
                requireFirst(piece.startsWith("$B") || piece.startsWith("$b") ? "B" : "A");
            }
        } else if (!special.has(piece)) {
            requireExplained(piece.replaceFirst(":\\d+$", ""), special);
        }
    }

    private void requireExplained(String id, JsonNode special) {
        if (!special.has(id)) {
            throw refuse("has a template with the token \"" + brief(id) + "\" but does not say what that is (\"special_tokens\")");
        }
    }

    private void requireFirst(String id) {
        if (!id.equals("A")) {
            throw refuse("has a template that asks for two texts where there is one");
        }
    }

    /** A base64 text of a table's length, the table, and UTF-8 text; each step in the table stays within it. */
    private void precompiled(JsonNode map) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(map.isTextual() ? map.textValue() : "?");
        } catch (IllegalArgumentException e) {
            throw refuse("has a normalizer whose table of characters is damaged");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long size = bytes.length < 4 ? -1 : in.getInt() & 0xffffffffL;
        if (size < 1024 || size > bytes.length - 4 || size % 4 != 0) {
            throw refuse("has a normalizer whose table of characters is damaged");
        }
        long units = size / 4;
        byte[] rest = Arrays.copyOfRange(bytes, 4 + (int) size, bytes.length);
        for (int i = 0; i < units; i++) {
            int unit = in.getInt();
            long offset = (unit >>> 10) << ((unit & 512) >>> 6) & 0xffffffffL;
            boolean value = unit < 0;
            if (value ? (unit & 0x7fffffff) >= Math.max(1, rest.length) : ((i ^ offset) | 255) >= (units + 255) / 256 * 256) {
                throw refuse("has a normalizer whose table of characters is damaged");
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(rest));
        } catch (CharacterCodingException e) {
            throw refuse("has a normalizer whose table of characters is damaged");
        }
    }

    /** @param second of two tokens that become one */
    void merge(String prefix, String second) {
        if (!prefix.isEmpty() && !second.startsWith(prefix)) {
            throw refuse("joins a token with \"" + brief(second) + "\", which does not begin with \"" + brief(prefix) + "\" as all that follow do");
        }
    }

    /** Tokens must be the same each time. */
    void dropout(double share) {
        if (share != 0) {
            throw refuse("chooses tokens by chance (\"dropout\" " + share + "), which is not supported; set it to null");
        }
    }

    private InvalidInputException refuse(String reason) {
        return new InvalidInputException(file + " " + reason + ". Get tokenizer.json again from where the model came from.");
    }

    private static String brief(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }
}
