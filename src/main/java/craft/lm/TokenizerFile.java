package craft.lm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import craft.error.InvalidInputException;
import craft.error.JsonWords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A {@code tokenizer.json} as text, without a byte order mark, and what can be told of it before a tokenizer is made of it.
 *
 * @param largest the largest id that it can give, and {@code largestToken} that token
 * @param added ids of the added tokens by their text
 * @param template whether it says itself what goes before and behind a text
 * @param normalizer the part of that name, may be missing; likewise {@code preTokenizer}
 */
record TokenizerFile(String text, int largest, String largestToken, Map<String, Integer> added, boolean template, JsonNode normalizer,
        JsonNode preTokenizer) {
    private static final String NAME = "tokenizer.json";
    private static final long MAX_BYTES = 500_000_000;
    private static final String AGAIN = " Get " + NAME + " again from where the model came from.";
    /** The tokenizers library reads 128 floors deep and no deeper. */
    private static final int MAX_DEPTH = 100;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build()).build()).build();

    /** @throws InvalidInputException when the folder has none, or one that is damaged */
    static TokenizerFile in(Path folder) {
        Path file = folder.resolve(NAME);
        WrongContent.check(file, false);
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(folder + " has no tokenizer.json."
                    + (Files.exists(folder.resolve("tokenizer.model"))
                            ? " A tokenizer.model is not enough; save the tokenizer as a fast one"
                                    + " (in Python: AutoTokenizer.from_pretrained(folder).save_pretrained(folder))."
                            : Files.exists(folder.resolve("vocab.json")) || Files.exists(folder.resolve("vocab.txt"))
                                    ? " Its vocabulary alone is not enough; save the tokenizer as a fast one"
                                            + " (in Python: AutoTokenizer.from_pretrained(folder).save_pretrained(folder))."
                                    : " Download it."));
        }
        return read(file);
    }

    /** @throws InvalidInputException when the file is missing, no JSON, or no tokenizer by its outline */
    static TokenizerFile read(Path file) {
        WrongContent.check(file, false);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidInputException(file + " has more than 500 MB; it cannot be what its name says.");
            }
            String text = text(Files.readAllBytes(file));
            try (JsonParser json = JSON.createParser(text)) {
                new TokenizerParts(file).checkValues(text, json);
            }
            Outline outline = new Outline(file, text);
            TokenizerFile read;
            try (JsonParser json = JSON.createParser(text)) {
                read = outline.read(json);
            }
            outline.checkMerges();
            return read;
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " is not valid JSON: " + JsonWords.of(e) + "." + AGAIN, e);
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(file + " is not UTF-8 text." + AGAIN, e);
        } catch (IOException e) {
            throw WrongContent.unreadable(file, e);
        }
    }

    private static String text(byte[] bytes) throws CharacterCodingException {
        boolean big = bytes.length > 1 && bytes[0] == (byte) 0xfe && bytes[1] == (byte) 0xff;
        boolean little = bytes.length > 1 && bytes[0] == (byte) 0xff && bytes[1] == (byte) 0xfe;
        Charset charset = big ? StandardCharsets.UTF_16BE : little ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
        String text = charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes)).toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** One pass over the file. */
    private static final class Outline {
        private final Path file;
        private final String text;
        private final Map<String, Integer> added = new HashMap<>();
        private int largest = -1;
        private String largestToken = "";
        private boolean model;
        private InvalidInputException problem;
        private JsonNode normalizer = JSON.missingNode();
        private JsonNode preTokenizer = JSON.missingNode();
        private JsonNode post = JSON.missingNode();
        private String prefix = "";
        private final TokenizerParts parts;

        Outline(Path file, String text) {
            this.file = file;
            this.parts = new TokenizerParts(file);
            this.text = text;
        }

        TokenizerFile read(JsonParser json) throws IOException {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidInputException(file + " is not a JSON object. Download it again.");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                JsonToken value = json.nextToken();
                switch (key) {
                    case "added_tokens" -> added(JSON.readTree(json));
                    case "normalizer" -> normalizer = JSON.readTree(json);
                    case "pre_tokenizer" -> preTokenizer = JSON.readTree(json);
                    case "post_processor" -> post = JSON.readTree(json);
                    case "decoder" -> parts.decoder(JSON.readTree(json));
                    case "model" -> model(json, value);
                    default -> json.skipChildren();
                }
            }
            if (json.nextToken() != null) {
                throw new InvalidInputException(file + " goes on behind its closing brace." + AGAIN);
            }
            if (!model) {
                throw new InvalidInputException(file + " has no \"model\": it is not a tokenizer. Download it again.");
            }
            if (problem != null) {
                throw problem;
            }
            parts.normalizer(normalizer);
            parts.preTokenizer(preTokenizer);
            parts.postProcessor(post);
            return new TokenizerFile(text, largest, largestToken, Map.copyOf(added), template(post), normalizer, preTokenizer);
        }

        private void added(JsonNode tokens) {
            for (JsonNode token : tokens) {
                String content = token.path("content").isTextual() ? token.get("content").textValue() : "";
                if (!token.path("id").isIntegralNumber() || !token.get("id").canConvertToInt() || token.get("id").intValue() < 0) {
                    problem = new InvalidInputException(file + " gives the added token \"" + brief(content) + "\" the id "
                            + ConfigJson.brief(token.path("id")) + "; it must be a whole number from 0 on." + AGAIN);
                    return;
                }
                added.put(content, token.get("id").intValue());
                id(content, token.get("id").intValue());
            }
        }

        private void model(JsonParser json, JsonToken value) throws IOException {
            if (value != JsonToken.START_OBJECT) {
                json.skipChildren();
                return;
            }
            model = true;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                boolean vocabulary = key.equals("vocab");
                JsonToken inner = json.nextToken();
                if (key.equals("continuing_subword_prefix") && inner == JsonToken.VALUE_STRING) {
                    prefix = json.getText();
                } else if (key.equals("dropout") && inner.isNumeric()) {
                    parts.dropout(json.getDoubleValue());
                } else if (vocabulary && inner == JsonToken.START_OBJECT) {
                    byName(json);
                } else if (vocabulary && inner == JsonToken.START_ARRAY) {
                    byPlace(json);
                } else {
                    json.skipChildren();
                }
            }
        }

        /** In a pass of its own, since the prefix may stand behind the merges; most tokenizers have none. */
        void checkMerges() throws IOException {
            if (prefix.isEmpty()) {
                return;
            }
            try (JsonParser json = JSON.createParser(text)) {
                for (JsonNode merge : JSON.<JsonNode>readTree(json).path("model").path("merges")) {
                    parts.merge(prefix, merge.isArray() ? merge.path(1).asText("")
                            : merge.asText("").substring(merge.asText("").indexOf(' ') + 1));
                }
            }
        }

        private void byName(JsonParser json) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String token = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_NUMBER_INT || json.getText().startsWith("-")
                        || json.getNumberType() != JsonParser.NumberType.INT) {
                    throw new InvalidInputException(file + " gives the token \"" + brief(token)
                            + "\" an id that is no whole number from 0 to 2147483647." + AGAIN);
                }
                id(token, json.getIntValue());
            }
        }

        /** Unigram's {@code [[token, score], ...]}: a token's id is its place. */
        private void byPlace(JsonParser json) throws IOException {
            int place = 0;
            for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY && token != null; token = json.nextToken()) {
                String name = "";
                if (token == JsonToken.START_ARRAY) {
                    for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY && t != null; t = json.nextToken()) {
                        if (t == JsonToken.VALUE_STRING) {
                            name = json.getText();
                        }
                        json.skipChildren();
                    }
                } else {
                    json.skipChildren();
                }
                id(name, place++);
            }
        }

        private void id(String token, int id) {
            if (id > largest) {
                largest = id;
                largestToken = brief(token);
            }
        }

        private static boolean template(JsonNode part) {
            String type = part.path("type").asText("");
            if (type.equals("Sequence")) {
                for (JsonNode each : part.path("processors")) {
                    if (template(each)) {
                        return true;
                    }
                }
            }
            return type.equals("TemplateProcessing") || type.equals("BertProcessing") || type.equals("RobertaProcessing");
        }

        private static String brief(String token) {
            return token.length() > 60 ? token.substring(0, 60) + "..." : token;
        }
    }
}
