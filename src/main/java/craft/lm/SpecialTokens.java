package craft.lm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts of a {@code tokenizer.json} that mean more than they say.
 *
 * @param texts control tokens such as {@code </s>}: where one stands in a text, the tokenizer makes that token of it
 * @param unknown id of what stands for every text that the vocabulary cannot write, -1 where there is no such token
 */
record SpecialTokens(List<String> texts, int unknown) {
    private static final JsonFactory JSON = new JsonFactory();

    SpecialTokens {
        texts = List.copyOf(texts);
    }

    /** Streamed, since the vocabulary beside it may be long. @param tokenizer the file's text */
    static SpecialTokens read(String tokenizer) throws IOException {
        List<String> texts = new ArrayList<>();
        int unknown = -1;
        try (JsonParser parser = JSON.createParser(tokenizer)) {
            parser.nextToken();
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                if (key.equals("added_tokens") && parser.currentToken() == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        added(parser, texts);
                    }
                } else if (key.equals("model") && parser.currentToken() == JsonToken.START_OBJECT) {
                    unknown = unknown(parser);
                } else {
                    parser.skipChildren();
                }
            }
        }
        return new SpecialTokens(texts, unknown);
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

    /** By {@code unk_token}, which is written before the vocabulary; a Unigram model gives the id itself. */
    private static int unknown(JsonParser parser) throws IOException {
        String text = null;
        int id = -1;
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (key.equals("unk_token") && value == JsonToken.VALUE_STRING) {
                text = parser.getText();
            } else if (key.equals("unk_id") && value == JsonToken.VALUE_NUMBER_INT) {
                id = parser.getIntValue();
            } else if (key.equals("vocab") && value == JsonToken.START_OBJECT && text != null) {
                for (String word = parser.nextFieldName(); word != null; word = parser.nextFieldName()) {
                    parser.nextToken();
                    id = word.equals(text) ? parser.getIntValue() : id;
                }
            } else {
                parser.skipChildren();
            }
        }
        return id;
    }
}
