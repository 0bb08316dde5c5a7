package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** tokenizer_config.json beside tokenizer.json, as transformers reads the two. {@code <s>} is token 1. */
class TokenizerSettingsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "Once upon a time";

    @TempDir
    Path folder;
    private int[] bare;

    @BeforeEach
    void aTokenizer() throws IOException {
        Files.copy(Path.of("src/test/resources/models/stories260k/tokenizer.json"), folder.resolve("tokenizer.json"));
        try (Tokens tokens = Tokens.load(folder.resolve("tokenizer.json"))) {
            bare = java.util.Arrays.copyOfRange(tokens.prompt(TEXT), 1, tokens.prompt(TEXT).length);
            assertThat(tokens.opening()).containsExactly(1);
        }
    }

    /** Columns: does tokenizer.json have a template, what tokenizer_config.json says, is a token put before, is it remarked. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "true  |                                                                                            | true  | false",
        "false |                                                                                            | false | false",
        "false | {\"add_bos_token\":true,\"bos_token\":\"<s>\",\"tokenizer_class\":\"LlamaTokenizerFast\"}  | true  | true",
        "false | {\"add_bos_token\":true,\"bos_token\":{\"content\":\"<s>\"}}                               | true  | true",
        "false | {\"add_bos_token\":false,\"bos_token\":\"<s>\",\"tokenizer_class\":\"LlamaTokenizer\"}     | false | false",
        "false | {\"bos_token\":\"<s>\",\"tokenizer_class\":\"LlamaTokenizer\"}                             | true  | true",
        "false | {\"bos_token\":\"<s>\",\"tokenizer_class\":\"Qwen2Tokenizer\",\"add_bos_token\":false}     | false | false",
        "false | {\"bos_token\":\"<s>\",\"tokenizer_class\":\"GPT2Tokenizer\"}                              | false | false",
        "true  | {\"add_bos_token\":true,\"bos_token\":\"<s>\",\"tokenizer_class\":\"LlamaTokenizer\"}      | true  | false",
        "true  | {\"add_bos_token\":false,\"bos_token\":\"<s>\",\"tokenizer_class\":\"LlamaTokenizer\"}     | false | true",
        "true  | {\"add_bos_token\":false,\"tokenizer_class\":\"PreTrainedTokenizerFast\"}                  | true  | true",
        "true  | {\"tokenizer_class\":\"LlamaTokenizer\"}                                                   | true  | false"})
    void aTextBeginsAsTransformersBeginsIt(boolean template, String settings, boolean begins, boolean remarked) throws IOException {
        if (!template) {
            withoutTemplate();
        }
        if (settings != null) {
            Files.writeString(folder.resolve("tokenizer_config.json"), settings);
        }
        try (Tokens tokens = load()) {
            int[] expected = bare;
            if (begins) {
                expected = new int[bare.length + 1];
                expected[0] = 1;
                System.arraycopy(bare, 0, expected, 1, bare.length);
            }
            assertThat(tokens.prompt(TEXT)).isEqualTo(expected);
            assertThat(tokens.opening()).hasSize(begins ? 1 : 0);
            assertThat(tokens.remarks()).hasSize(remarked ? 1 : 0);
        }
    }

    @Test
    void theTokensMapNamesTheTokenWhereTheConfigDoesNot() throws IOException {
        withoutTemplate();
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\": true}");
        assertThatThrownBy(this::load).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("tokenizer_config.json", "names none", "bos_token");
        Files.writeString(folder.resolve("special_tokens_map.json"), "{\"bos_token\": {\"content\": \"<s>\"}}");
        try (Tokens tokens = load()) {
            assertThat(tokens.prompt(TEXT)).startsWith(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"add_bos_token\":true,\"bos_token\":\"<gone>\"} | \"<gone>\", is not in tokenizer.json",
        "{\"add_bos_token\":\"yes\"} | it must be true or false", "[] | not a JSON object", "{\"add_bos_token\": | ends too early"})
    void settingsThatCannotBeFollowedAreRefused(String settings, String said) throws IOException {
        withoutTemplate();
        Files.writeString(folder.resolve("tokenizer_config.json"), settings);
        assertThatThrownBy(this::load).isInstanceOf(InvalidInputException.class).hasMessageContainingAll("tokenizer_config.json", said);
    }

    @Test
    void tokensThatOnlyTheConfigHasAreTold() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_eos_token\": true, \"added_tokens_decoder\": "
                + "{\"1\": {\"content\": \"<s>\"}, \"512\": {\"content\": \"<|new|>\"}}}");
        try (Tokens tokens = load()) {
            assertThat(tokens.remarks()).hasSize(2);
            assertThat(tokens.remarks().toString()).contains("\"<|new|>\"", "add_eos_token").doesNotContain("\"<s>\"");
        }
    }

    private Tokens load() {
        return Tokens.load(folder.resolve("tokenizer.json"));
    }

    private void withoutTemplate() throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(folder.resolve("tokenizer.json").toFile());
        root.putNull("post_processor");
        Files.write(folder.resolve("tokenizer.json"), JSON.writeValueAsBytes(root));
    }
}
