package craft.lm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts of a {@code tokenizer.json} that mean more than they say.
 *
 * @param texts control tokens such as {@code </s>}: where one stands in a text, the tokenizer makes that token of it
 * @param unknown what stands for every text that the vocabulary cannot write, or null where there is no such token
 */
record SpecialTokens(List<String> texts, String unknown) {
    private static final JsonFactory JSON = new JsonFactory();

    SpecialTokens {
        texts = List.copyOf(texts);
    }

    /** Streamed, since the vocabulary beside it may be long. */
    static SpecialTokens read(Path file) throws IOException {
        List<String> texts = new ArrayList<>();
        String[] unknown = {null};
        try (JsonParser parser = JSON.createParser(file.toFile())) {
            parser.nextToken();
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                if (key.equals("added_tokens") && parser.currentToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        added(parser, texts);
                    }
                } else if (key.equals("model") && parser.currentToken() == JsonToken.START_OBJECT) {
                    unknown(parser, unknown);
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new SpecialTokens(texts, unknown[0]);
    }

    private static void added(JsonParser parser, List<String> texts) throws IOException {
        String content = "";
        boolean special = false;
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (key.equals("content") && value == JsonToken.VALUE_STRING) {
                content = parser.getText();
            } else if (key.equals("special")) {
                special = value == JsonToken.VALUE_TRUE;
            } else {
                parser.skipChildren();
            }
        }
        if (special && !content.isEmpty()) {
            texts.add(content);
        }
    }

    /** {@code unk_token}; a Unigram model names the place in its vocabulary instead. */
    private static void unknown(JsonParser parser, String[] into) throws IOException {
        int place = -1;
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (key.equals("unk_token") && value == JsonToken.VALUE_STRING) {
                into[0] = parser.getText();
            } else if (key.equals("unk_id") && value == JsonToken.VALUE_NUMBER_INT) {
                place = parser.getIntValue();
            } else if (key.equals("vocab") && value == JsonToken.START_ARRAY && place >= 0) {
                for (int i = 0; parser.nextToken() == JsonToken.START_ARRAY; i++) {
                    parser.nextToken();
                    into[0] = i == place ? parser.getText() : into[0];
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        continue;
                    }
                }
            } else {
                parser.skipChildren();
            }
        }
    }
}
