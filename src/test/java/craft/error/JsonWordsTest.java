package craft.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWordsTest {
    private static final ObjectMapper STRICT = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

    private record Made(int a, String b, List<Integer> c) {
    }

    static List<Arguments> texts() {
        return List.of(
                Arguments.of("{\n // hi\n \"a\":1}", "line 2, column 2: a comment; JSON has none: remove it"),
                Arguments.of("{\"a\":1 # c\n}", "a comment"),
                Arguments.of("{\"a\":1,}", "line 1, column 8: the comma before this } has nothing after it; remove it"),
                Arguments.of("[1,2,]", "a value is missing before this ]; add it, or remove the comma before"),
                Arguments.of("{\"a\":1,,\"b\":2}", "a comma too many"),
                Arguments.of("{'a':1}", "single quotes; write \""),
                Arguments.of("{\"a\":'x'}", "single quotes"),
                Arguments.of("{\u201ca\u201d:1}", "typographic quotes"),
                Arguments.of("{a:1}", "a key must stand in double quotes"),
                Arguments.of("{\"a\" 1}", "a colon is missing before '1'"),
                Arguments.of("{\"a\":1 \"b\":2}", "a comma is missing before '\"'"),
                Arguments.of("{\"a\":True}", "\"True\" is no JSON value; write true"),
                Arguments.of("{\"a\":NaN}", "NaN is no JSON value; write null or leave it out"),
                Arguments.of("{\"a\":-Infinity}", "-Infinity is no JSON value"),
                Arguments.of("{\"a\":1", "ends too early"),
                Arguments.of("{\"a\":\"x", "a closing quote is missing"),
                Arguments.of("{\"a\":\"x\ny\"}", "a line break or another control character"),
                Arguments.of("{\"a\":\"C:\\Users\"}", "a backslash must be written twice"),
                Arguments.of("{\"a\":1,\"a\":2}", "\"a\" is given twice; remove one"),
                Arguments.of("{\"a\":[1}", "} closes what has not been opened here; ] is missing"),
                Arguments.of("{\"a\":1}}", "something follows the end"),
                Arguments.of("{\"a\":01}", "a number must not begin with 0"),
                Arguments.of("{\"a\":1.}", "a number is not written as JSON has them"),
                Arguments.of("{\"a\":1_000}", "a number is not written as JSON has them"),
                Arguments.of("{\"a\":0x10}", "a number is not written as JSON has them"),
                Arguments.of("[".repeat(2000), "nested too deeply"),
                Arguments.of("{\"a\":" + "9".repeat(1200) + "}", "too many digits"));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void saysWhatIsWrongAndWhere(String json, String words) {
        JacksonException thrown = catchThrowableOfType(JacksonException.class, () -> STRICT.readTree(json));
        assertThat(JsonWords.of(thrown)).contains(words.equals("something follows the end") ? "closing bracket more" : words);
        plain(JsonWords.of(thrown));
    }

    static List<Arguments> values() {
        return List.of(
                Arguments.of("{\"a\":\"x\",\"b\":\"\",\"c\":[]}", "\"a\" is \"x\", which it cannot be"),
                Arguments.of("{\"a\":1}", "\"b\" is missing"),
                Arguments.of("{\"a\":null,\"b\":\"\",\"c\":[]}", "\"a\" is null or empty, which it cannot be"),
                Arguments.of("{\"a\":1,\"b\":[],\"c\":[]}", "\"b\" is not of the kind that belongs there"),
                Arguments.of("{\"a\":1,\"b\":\"\",\"c\":[1,{}]}", "\"c.2\" is not of the kind"),
                Arguments.of("{\"a\":1,\"b\":\"\",\"c\":[],\"d\":3}", "\"d\" is not known"),
                Arguments.of("{\"a\":99999999999,\"b\":\"\",\"c\":[]}", "\"a\" is too large a number"),
                Arguments.of("{\"a\":1,\"b\":\"\",\"c\":[]} 3", "something follows the end"),
                Arguments.of("[]", "the whole is not of the kind"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void saysWhichValueDoesNotBelong(String json, String words) {
        JacksonException thrown = catchThrowableOfType(JacksonException.class, () -> STRICT.readValue(json, Made.class));
        assertThat(JsonWords.reason(thrown)).contains(words);
        plain(JsonWords.of(thrown));
    }

    /** As of another version of the reader: its message must not slip through. */
    @ParameterizedTest
    @ValueSource(strings = {"Something [Source: REDACTED (`StreamReadFeature`)]", "enable `JsonReadFeature.X`", ""})
    void whatIsNotKnownIsNotPassedOn(String message) {
        String words = JsonWords.of(new com.fasterxml.jackson.core.JsonParseException(null, message));
        assertThat(words).isEqualTo("this is not valid JSON");
    }

    @Test
    void everyPrefixOfAJsonTextIsToldPlainly() {
        String json = "{\"name\": \"t\", \"tasks\": [\"a\", \"b\"], \"training\": {\"learningRate\": -2.5e-4, \"on\": true, \"no\": null}}";
        for (int end = 1; end < json.length(); end++) {
            String part = json.substring(0, end);
            JacksonException thrown = catchThrowableOfType(JacksonException.class, () -> STRICT.readTree(part));
            assertThat(thrown).as(part).isNotNull();
            plain(JsonWords.of(thrown));
        }
    }

    private static void plain(String words) {
        assertThat(words).doesNotContain("Source", "Feature", "REDACTED", "java", "Jackson", "token", "deserialize", "start marker")
                .doesNotEndWith(".");
    }
}
