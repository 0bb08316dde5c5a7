package craft.task;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import java.io.IOException;

/**
 * JSON values as a row's reader wants them: a number keeps the text it is written in ({@code 1.0} is not {@code 1}), and
 * NaN, which is no JSON, harms only whoever reads it.
 */
final class JsonRow {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonRow() {
    }

    /** @param text as in the file; @param finite false for NaN and infinities */
    record Number(String text, boolean finite) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** The value whose first token is the parser's current one; the parser then stands at its last. */
    static JsonNode read(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                    parser.nextToken();
                    object.set(key, read(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                while (!parser.nextToken().isStructEnd()) {
                    array.add(read(parser));
                }
                yield array;
            }
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(parser.getBooleanValue());
            case VALUE_NULL -> NODES.nullNode();
            default -> new POJONode(new Number(parser.getText(), !parser.isNaN()));
        };
    }

    /** The number, or null where it is something else. */
    static Number number(JsonNode value) {
        return value instanceof POJONode node && node.getPojo() instanceof Number number ? number : null;
    }

    /** What a value is, in words. */
    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case NUMBER, POJO -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            case STRING -> "a text";
            default -> "something else";
        };
    }
}
