package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigTest {
    @TempDir
    Path folder;

    @Test
    void aLlamaConfigIsReadInFull() {
        ModelConfig c = read(llama().set("num_key_value_heads", "2").set("rms_norm_eps", "1e-05")
                .set("rope_theta", "500000.0").set("tie_word_embeddings", "true").set("bos_token_id", "1")
                .set("eos_token_id", "2").set("torch_dtype", "\"bfloat16\"").set("hidden_act", "\"silu\"")
                .set("pretraining_tp", "1").set("rope_scaling", "null"));
        assertThat(c.architecture()).isEqualTo("LlamaForCausalLM");
        assertThat(new int[] {c.hiddenSize(), c.intermediateSize(), c.layers(), c.heads(), c.keyValueHeads(),
            c.headDim(), c.vocabulary(), c.context()}).containsExactly(64, 172, 5, 8, 2, 8, 512, 256);
        assertThat(c.normEpsilon()).isEqualTo(1e-5);
        assertThat(c.ropeTheta()).isEqualTo(500_000);
        assertThat(c.ropeScaling()).isNull();
        assertThat(c.tied()).isTrue();
        assertThat(c.qkvBias() || c.outputBias() || c.mlpBias() || c.qkNorm()).isFalse();
        assertThat(c.bosToken()).isEqualTo(1);
        assertThat(c.eosTokens()).containsExactly(2);
        assertThat(c.torchDtype()).isEqualTo("bfloat16");
    }

    @Test
    void whatIsLeftOutHasHuggingFacesDefaults() {
        ModelConfig c = read(llama());
        assertThat(c.keyValueHeads()).isEqualTo(8);
        assertThat(c.headDim()).isEqualTo(8);
        assertThat(c.normEpsilon()).isEqualTo(1e-6);
        assertThat(c.ropeTheta()).isEqualTo(10_000);
        assertThat(c.tied()).isFalse();
        assertThat(c.bosToken()).isEqualTo(-1);
        assertThat(c.eosTokens()).isEmpty();
        assertThat(c.torchDtype()).isEmpty();
    }

    @Test
    void nullIsTheSameAsLeftOut() {
        ModelConfig c = read(llama().set("num_key_value_heads", "null").set("head_dim", "null")
                .set("eos_token_id", "null").set("tie_word_embeddings", "null").set("rope_theta", "null")
                .set("hidden_act", "null"));
        assertThat(c).isEqualTo(read(llama()));
    }

    @Test
    void llamaBiasesAreOptions() {
        ModelConfig attention = read(llama().set("attention_bias", "true"));
        assertThat(attention.qkvBias()).isTrue();
        assertThat(attention.outputBias()).isTrue();
        assertThat(attention.mlpBias()).isFalse();
        assertThat(read(llama().set("mlp_bias", "true")).mlpBias()).isTrue();
    }

    @Test
    void llama3StretchesItsFrequencies() {
        Json scaling = new Json().set("factor", "32.0").set("low_freq_factor", "1.0").set("high_freq_factor", "4.0")
                .set("original_max_position_embeddings", "8192").set("rope_type", "\"llama3\"");
        ModelConfig.RopeScaling expected = new ModelConfig.RopeScaling(32, 1, 4, 8192);
        assertThat(read(llama().set("rope_scaling", scaling.toString())).ropeScaling()).isEqualTo(expected);
        // the newer layout: all of the rotation in one object
        ModelConfig newer = read(llama().set("rope_parameters", scaling.set("rope_theta", "500000.0").toString()));
        assertThat(newer.ropeScaling()).isEqualTo(expected);
        assertThat(newer.ropeTheta()).isEqualTo(500_000);
        for (String key : new String[] {"factor", "low_freq_factor", "high_freq_factor",
            "original_max_position_embeddings"}) {
            refused(llama().set("rope_scaling", scaling.copy().without(key).toString()), "\"" + key + "\" is missing");
        }
        refused(llama().set("rope_scaling", scaling.copy().set("high_freq_factor", "1").toString()), "high_freq_factor",
                "greater");
        refused(llama().set("rope_scaling", scaling.copy().set("factor", "-8").toString()), "\"factor\" is -8");
    }

    @Test
    void rotationsOfOtherKindsAreRefused() {
        refused(llama().set("rope_scaling", "{\"type\":\"yarn\",\"factor\":4}"), "rope_scaling", "yarn", "llama3");
        refused(llama().set("rope_scaling", "{\"rope_type\":\"linear\",\"factor\":2}"), "rope_scaling", "linear");
        refused(llama().set("rope_scaling", "{\"factor\":2}"), "rope_scaling");
        refused(llama().set("rope_scaling", "2"), "rope_scaling", "not an object");
        refused(llama().set("partial_rotary_factor", "0.5"), "partial_rotary_factor");
        assertThat(read(llama().set("rope_scaling", "{\"rope_type\":\"default\"}")).ropeScaling()).isNull();
        assertThat(read(llama().set("rope_parameters", "{\"rope_theta\":1e6}")).ropeTheta()).isEqualTo(1e6);
    }

    @Test
    void mistralHasNoBiasesAndMayHaveOtherHeads() {
        ModelConfig c = read(llama().set("architectures", "[\"MistralForCausalLM\"]").set("head_dim", "12")
                .set("attention_bias", "true").set("sliding_window", "null"));
        assertThat(c.qkvBias() || c.outputBias()).isFalse();
        assertThat(c.headDim()).isEqualTo(12);
        assertThat(c.queryWidth()).isEqualTo(96);
        assertThat(c.context()).isEqualTo(256);
    }

    @Test
    void qwen2HasBiasesOnQueriesKeysAndValues() {
        ModelConfig c = read(llama().set("architectures", "[\"Qwen2ForCausalLM\"]"));
        assertThat(c.qkvBias()).isTrue();
        assertThat(c.outputBias() || c.mlpBias() || c.qkNorm()).isFalse();
    }

    @Test
    void qwen3NormsQueriesAndKeysAndHasHeadsOf128() {
        ModelConfig c = read(llama().set("architectures", "[\"Qwen3ForCausalLM\"]"));
        assertThat(c.qkNorm()).isTrue();
        assertThat(c.qkvBias() || c.outputBias()).isFalse();
        assertThat(c.headDim()).isEqualTo(128);
        ModelConfig biased = read(llama().set("architectures", "[\"Qwen3ForCausalLM\"]").set("attention_bias", "true")
                .set("head_dim", "16"));
        assertThat(biased.qkvBias() && biased.outputBias()).isTrue();
        assertThat(biased.headDim()).isEqualTo(16);
    }

    /** Up to the window's length sliding and full attention are the same. */
    @ParameterizedTest
    @CsvSource({"Mistral, 64, , 64", "Mistral, 512, , 256", "Qwen2, 64, , 256", "Qwen2, 64, false, 256",
        "Qwen2, 64, true, 64", "Qwen3, 64, true, 64", "Llama, 64, , 256"})
    void aSlidingWindowBecomesTheContext(String family, String window, String use, int context) {
        Json json = llama().set("architectures", "[\"" + family + "ForCausalLM\"]").set("sliding_window", window);
        assertThat(read(use == null ? json : json.set("use_sliding_window", use)).context()).isEqualTo(context);
    }

    @Test
    void severalEndingsAreKept() {
        assertThat(read(llama().set("eos_token_id", "[7, 9]")).eosTokens()).containsExactly(7, 9);
    }

    @Test
    void anUnknownArchitectureIsRefusedWithTheKnownOnes() {
        refused(llama().set("architectures", "[\"GPT2LMHeadModel\"]"), "architectures", "GPT2LMHeadModel",
                "LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM");
        refused(llama().without("architectures"), "architectures", "LlamaForCausalLM");
        refused(llama().set("architectures", "[]"), "architectures", "LlamaForCausalLM");
        refused(llama().set("architectures", "[7]"), "architectures", "LlamaForCausalLM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
        "vocab_size", "max_position_embeddings"})
    void sizesMustBeThereAndSensible(String key) {
        refused(llama().without(key), "\"" + key + "\" is missing");
        for (String value : new String[] {"-1", "0", "1000000000", "1000.0", "99999999999999999999", "\"8\"", "true",
            "[8]", "2.5"}) {
            refused(llama().set(key, value), "\"" + key + "\" is " + value, "whole number");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "num_key_value_heads | 3 | does not divide num_attention_heads", "num_key_value_heads | 0 | whole number",
        "num_key_value_heads | -8 | whole number", "num_attention_heads | 7 | does not divide hidden_size",
        "num_attention_heads | 64 | even width", "head_dim | 7 | even width", "head_dim | 0 | whole number",
        "hidden_act | \"gelu\" | only \"silu\"", "hidden_act | 1 | must be a string",
        "rms_norm_eps | -1e-6 | number from", "rms_norm_eps | \"x\" | number from",
        "rms_norm_eps | 1e400 | number from",
        "rope_theta | 0 | number from", "rope_theta | -10000 | number from",
        "tie_word_embeddings | \"no\" | true or false",
        "attention_bias | 0 | true or false", "bos_token_id | 512 | token id from 0 to 511",
        "eos_token_id | -1 | token id from 0 to 511", "eos_token_id | [1, 600] | token id from 0 to 511",
        "eos_token_id | 1.5 | token id from 0 to 511", "torch_dtype | 16 | must be a string"})
    void badValuesAreRefusedByKey(String key, String value, String reason) {
        refused(llama().set(key, value), "\"" + key + "\"", reason);
    }

    @Test
    void quantisedWeightsAreRefused() {
        refused(llama().set("quantization_config", "{\"quant_method\":\"gptq\"}"), "quantization_config", "quantised");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"hidden_size\": 1,}", "{} {}", "{\"a\":1,\"a\":2}"})
    void brokenJsonIsRefused(String text) {
        assertThatThrownBy(() -> ModelConfig.read(write(text))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("config.json").hasMessageContaining("JSON");
    }

    @Test
    void whatIsNoObjectIsRefused() {
        assertThatThrownBy(() -> ModelConfig.read(write("[1]"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("not a JSON object");
        assertThatThrownBy(() -> ModelConfig.read(write("[".repeat(10_000)))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ModelConfig.read(folder.resolve("none.json")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("none.json");
    }

    @Test
    void parametersAreTheSumOfTheExpectedTensors() {
        for (Json json : new Json[] {llama(), llama().set("tie_word_embeddings", "true"),
            llama().set("attention_bias", "true").set("mlp_bias", "true").set("num_key_value_heads", "2"),
            llama().set("architectures", "[\"Qwen2ForCausalLM\"]"),
            llama().set("architectures", "[\"Qwen3ForCausalLM\"]").set("num_key_value_heads", "1")}) {
            ModelConfig c = read(json);
            long sum = 0;
            for (long[] shape : c.expectedTensors().values()) {
                long product = 1;
                for (long size : shape) {
                    product *= size;
                }
                sum += product;
            }
            assertThat(c.parameters()).isEqualTo(sum);
        }
    }

    @Test
    void knownModelsHaveTheirPublishedSizes() {
        assertThat(ModelConfig.read(Path.of("src/test/resources/models/stories260k/config.json")).parameters())
                .isEqualTo(260_032);
        assertThat(read(new Json().set("architectures", "[\"LlamaForCausalLM\"]").set("hidden_size", "4096")
                .set("intermediate_size", "11008").set("num_hidden_layers", "32").set("num_attention_heads", "32")
                .set("vocab_size", "32000").set("max_position_embeddings", "4096")).parameters())
                .isEqualTo(6_738_415_616L); // Llama 2 7B
        assertThat(read(new Json().set("architectures", "[\"Qwen2ForCausalLM\"]").set("hidden_size", "896")
                .set("intermediate_size", "4864").set("num_hidden_layers", "24").set("num_attention_heads", "14")
                .set("num_key_value_heads", "2").set("vocab_size", "151936").set("max_position_embeddings", "32768")
                .set("tie_word_embeddings", "true")).parameters()).isEqualTo(494_032_768L); // Qwen2.5 0.5B
        assertThat(read(new Json().set("architectures", "[\"Qwen3ForCausalLM\"]").set("hidden_size", "1024")
                .set("intermediate_size", "3072").set("num_hidden_layers", "28").set("num_attention_heads", "16")
                .set("num_key_value_heads", "8").set("head_dim", "128").set("vocab_size", "151936")
                .set("max_position_embeddings", "40960").set("tie_word_embeddings", "true")).parameters())
                .isEqualTo(596_049_920L); // Qwen3 0.6B
    }

    private ModelConfig read(Json json) {
        return ModelConfig.read(write(json.toString()));
    }

    private void refused(Json json, String... fragments) {
        Path file = write(json.toString());
        assertThatThrownBy(() -> ModelConfig.read(file)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("config.json").hasMessageContainingAll(fragments);
    }

    private Path write(String text) {
        try {
            return Files.write(folder.resolve("config.json"), text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Json llama() {
        return new Json().set("architectures", "[\"LlamaForCausalLM\"]").set("hidden_size", "64")
                .set("intermediate_size", "172").set("num_hidden_layers", "5").set("num_attention_heads", "8")
                .set("vocab_size", "512").set("max_position_embeddings", "256");
    }

    /** A JSON object whose values are written as they stand, so that they can be wrong. */
    private static final class Json {
        private final Map<String, String> values = new LinkedHashMap<>();

        Json set(String key, String value) {
            values.put(key, value);
            return this;
        }

        Json without(String key) {
            values.remove(key);
            return this;
        }

        Json copy() {
            Json copy = new Json();
            copy.values.putAll(values);
            return copy;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            values.forEach((k, v) -> text
                    .append(text.isEmpty() ? "{" : ",").append('"').append(k).append("\":").append(v));
            return text.append(text.isEmpty() ? "{}" : "}").toString();
        }
    }
}
