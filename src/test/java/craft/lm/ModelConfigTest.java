package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
        assertThat(options(c).normEpsilon()).isEqualTo(1e-5);
        assertThat(options(c).rotary()).isEqualTo(new Rotary(8, 500_000, null));
        assertThat(c.tied()).isTrue();
        assertThat(options(c)).isEqualTo(new LlamaFamily(1e-5, options(c).rotary(), false, false, false, false));
        assertThat(c.bosToken()).isEqualTo(1);
        assertThat(c.eosTokens()).containsExactly(2);
        assertThat(c.torchDtype()).isEqualTo("bfloat16");
    }

    @Test
    void whatIsLeftOutHasHuggingFacesDefaults() {
        ModelConfig c = read(llama());
        assertThat(c.keyValueHeads()).isEqualTo(8);
        assertThat(c.headDim()).isEqualTo(8);
        assertThat(options(c).normEpsilon()).isEqualTo(1e-6);
        assertThat(options(c).rotary().theta()).isEqualTo(10_000);
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
        LlamaFamily attention = options(read(llama().set("attention_bias", "true")));
        assertThat(attention.qkvBias()).isTrue();
        assertThat(attention.outputBias()).isTrue();
        assertThat(attention.mlpBias()).isFalse();
        assertThat(options(read(llama().set("mlp_bias", "true"))).mlpBias()).isTrue();
    }

    @Test
    void llama3StretchesItsFrequencies() {
        Json scaling = new Json().set("factor", "32.0").set("low_freq_factor", "1.0").set("high_freq_factor", "4.0")
                .set("original_max_position_embeddings", "8192").set("rope_type", "\"llama3\"");
        Rotary.Scaling expected = new Rotary.Scaling(32, 1, 4, 8192);
        assertThat(options(read(llama().set("rope_scaling", scaling.toString()))).rotary().scaling())
                .isEqualTo(expected);
        // the newer layout: all of the rotation in one object
        ModelConfig newer = read(llama().set("rope_parameters", scaling.set("rope_theta", "500000.0").toString()));
        assertThat(options(newer).rotary()).isEqualTo(new Rotary(8, 500_000, expected));
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
        assertThat(options(read(llama().set("rope_scaling", "{\"rope_type\":\"default\"}"))).rotary().scaling())
                .isNull();
        assertThat(options(read(llama().set("rope_parameters", "{\"rope_theta\":1e6}"))).rotary().theta())
                .isEqualTo(1e6);
    }

    /** As newer files name them where layers may differ; one rotation for all layers that there are is one rotation. */
    @Test
    void rotationsByKindOfLayerAreReadWhereTheyAreOne() {
        String full = "{\"rope_type\":\"default\",\"rope_theta\":500000.0}";
        String other = "{\"rope_type\":\"default\",\"rope_theta\":10000.0}";
        Rotary expected = new Rotary(8, 500_000, null);
        assertThat(options(read(llama().set("rope_parameters", "{\"full_attention\":" + full + "}"))).rotary()).isEqualTo(expected);
        assertThat(options(read(llama().set("rope_parameters", "{\"full_attention\":" + full + ",\"sliding_attention\":" + full + "}")))
                .rotary()).isEqualTo(expected);
        String two = "{\"full_attention\":" + full + ",\"sliding_attention\":" + other + "}";
        refused(llama().set("rope_parameters", two), "\"rope_parameters\"", "full_attention and sliding_attention");
        String all = "[\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\",\"full_attention\"]";
        assertThat(options(read(llama().set("rope_parameters", two).set("layer_types", all))).rotary()).isEqualTo(expected);
        refused(llama().set("rope_parameters", "{\"full_attention\":" + full + ",\"rope_theta\":7}"), "rope_parameters", "one or the other");
    }

    @Test
    void rotationsThatContradictEachOtherAreRefused() {
        refused(llama().set("rope_theta", "500").set("rope_parameters", "{\"rope_theta\":600}"), "\"rope_theta\" is 500.0", "600.0");
        refused(llama().set("rope_scaling", "{\"rope_type\":\"default\"}").set("rope_parameters", "{\"rope_theta\":600}"), "rope_scaling",
                "rope_parameters");
        refused(llama().set("rope_scaling", "{\"rope_type\":\"default\",\"type\":\"llama3\"}"), "rope_type", "llama3");
        refused(neox().set("rotary_pct", "0.5").set("rope_parameters", "{\"partial_rotary_factor\":0.25}"), "rotary_pct", "0.25");
    }

    @Test
    void kindsOfLayersOfQwenAreHeard() {
        Json qwen = llama().set("architectures", "[\"Qwen3ForCausalLM\"]").set("sliding_window", "64").set("num_hidden_layers", "2");
        assertThat(read(qwen.set("layer_types", "[\"full_attention\",\"full_attention\"]")).context()).isEqualTo(256);
        assertThat(read(qwen.set("layer_types", "[\"full_attention\",\"sliding_attention\"]")).context()).isEqualTo(64);
        refused(qwen.set("layer_types", "[\"full_attention\",\"linear_attention\"]"), "layer_types", "linear_attention");
        refused(qwen.set("layer_types", "[\"full_attention\"]"), "layer_types", "names 1 layers");
        refused(qwen.set("layer_types", "7"), "layer_types", "list of names");
    }

    @Test
    void aTypeThatIsAnothersIsRefused() {
        assertThat(read(llama().set("model_type", "\"llama\"")).layers()).isEqualTo(5);
        refused(llama().set("model_type", "\"granite\""), "\"model_type\" is \"granite\"", "LlamaForCausalLM");
        refused(llama().set("pruned_heads", "{\"0\":[1]}"), "pruned_heads");
    }

    @Test
    void mistralHasNoBiasesAndMayHaveOtherHeads() {
        ModelConfig c = read(llama().set("architectures", "[\"MistralForCausalLM\"]").set("head_dim", "12")
                .set("attention_bias", "true").set("sliding_window", "null"));
        assertThat(options(c).qkvBias() || options(c).outputBias()).isFalse();
        assertThat(c.headDim()).isEqualTo(12);
        assertThat(c.queryWidth()).isEqualTo(96);
        assertThat(c.context()).isEqualTo(256);
    }

    @Test
    void qwen2HasBiasesOnQueriesKeysAndValues() {
        LlamaFamily c = options(read(llama().set("architectures", "[\"Qwen2ForCausalLM\"]")));
        assertThat(c.qkvBias()).isTrue();
        assertThat(c.outputBias() || c.mlpBias() || c.qkNorm()).isFalse();
    }

    @Test
    void qwen3NormsQueriesAndKeysAndHasHeadsOf128() {
        ModelConfig c = read(llama().set("architectures", "[\"Qwen3ForCausalLM\"]"));
        assertThat(options(c).qkNorm()).isTrue();
        assertThat(options(c).qkvBias() || options(c).outputBias()).isFalse();
        assertThat(c.headDim()).isEqualTo(128);
        ModelConfig biased = read(llama().set("architectures", "[\"Qwen3ForCausalLM\"]").set("attention_bias", "true")
                .set("head_dim", "16"));
        assertThat(options(biased).qkvBias() && options(biased).outputBias()).isTrue();
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
    void endingsOfTheGenerationConfigAreAdded() throws IOException {
        Path file = write(llama().set("eos_token_id", "7").toString());
        Path generation = Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [9, 7, 3]}");
        assertThat(ModelConfig.read(file).eosTokens()).containsExactly(7, 9, 3);
        Files.writeString(generation, "{\"do_sample\": true}");
        assertThat(ModelConfig.read(file).eosTokens()).containsExactly(7);
        Files.writeString(generation, "{\"eos_token_id\": 512}");
        assertThatThrownBy(() -> ModelConfig.read(file)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("generation_config.json").hasMessageContaining("eos_token_id");
        Files.delete(generation);
    }

    @Test
    void anUnknownArchitectureIsRefusedWithTheKnownOnes() {
        refused(llama().set("architectures", "[\"BloomForCausalLM\"]"), "architectures", "BloomForCausalLM",
                "LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM, GPT2LMHeadModel, "
                        + "GPTNeoXForCausalLM");
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
    void aGpt2ConfigIsReadInFull() {
        ModelConfig c = read(gpt2().set("n_inner", "100").set("layer_norm_epsilon", "1e-6")
                .set("activation_function", "\"gelu\"").set("tie_word_embeddings", "false").set("bos_token_id", "511")
                .set("eos_token_id", "511").set("torch_dtype", "\"float16\""));
        assertThat(c).isEqualTo(new ModelConfig("GPT2LMHeadModel", 64, 100, 5, 8, 8, 8, 512, 256, false, 511,
                List.of(511), "float16", new Gpt2Family(1e-6, Activation.GELU)));
        ModelConfig plain = read(gpt2().set("n_inner", "null"));
        assertThat(plain.intermediateSize()).isEqualTo(256);
        assertThat(plain.tied()).isTrue();
        assertThat(plain.family()).isEqualTo(new Gpt2Family(1e-5, Activation.TANH_GELU));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"n_embd | -1 | whole number",
        "n_layer | 1000000000 | whole number", "n_head | 7 | does not divide n_embd, 64",
        "n_positions | 0 | whole number", "n_inner | 0 | whole number", "activation_function | \"silu\" | gelu_new",
        "scale_attn_weights | false | not supported", "scale_attn_by_inverse_layer_idx | true | not supported",
        "add_cross_attention | true | not supported", "layer_norm_epsilon | 2 | number from",
        "quantization_config | {} | quantised"})
    void badValuesOfGpt2AreRefusedByKey(String key, String value, String reason) {
        refused(gpt2().set(key, value), "\"" + key + "\"", reason);
    }

    @Test
    void aNeoXConfigIsReadInFull() {
        ModelConfig c = read(neox().set("rotary_pct", "0.5").set("rotary_emb_base", "500").set("layer_norm_eps", "1e-6")
                .set("hidden_act", "\"gelu_fast\"").set("use_parallel_residual", "false")
                .set("attention_bias", "false").set("tie_word_embeddings", "true").set("eos_token_id", "0"));
        assertThat(c).isEqualTo(new ModelConfig("GPTNeoXForCausalLM", 64, 172, 5, 8, 8, 8, 512, 256, true, -1,
                List.of(0), "", new NeoXFamily(1e-6, new Rotary(4, 500, null), Activation.TANH_GELU, false, false)));
        ModelConfig plain = read(neox());
        assertThat(plain.tied()).isFalse();
        assertThat(plain.family())
                .isEqualTo(new NeoXFamily(1e-5, new Rotary(2, 10_000, null), Activation.GELU, true, true));
        // the newer layout
        assertThat(read(neox().set("rope_parameters",
                "{\"rope_type\":\"default\",\"rope_theta\":500,\"partial_rotary_factor\":0.5}")).family())
                .isEqualTo(new NeoXFamily(1e-5, new Rotary(4, 500, null), Activation.GELU, true, true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"rotary_pct | 0.1 | even number",
        "rotary_pct | 0.4 | even number", "rotary_pct | 1.5 | number from", "rotary_emb_base | 0 | number from",
        "num_attention_heads | 7 | does not divide hidden_size, 64", "hidden_act | \"silu\" | gelu_new",
        "use_parallel_residual | 1 | true or false", "hidden_size | -1 | whole number",
        "rope_scaling | {\"type\":\"linear\",\"factor\":2} | linear"})
    void badValuesOfNeoXAreRefusedByKey(String key, String value, String reason) {
        refused(neox().set(key, value), "\"" + key + "\"", reason);
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
        assertThat(read(new Json().set("architectures", "[\"GPT2LMHeadModel\"]").set("n_embd", "768")
                .set("n_layer", "12").set("n_head", "12").set("n_positions", "1024").set("vocab_size", "50257"))
                .parameters()).isEqualTo(124_439_808L); // GPT-2
        assertThat(read(new Json().set("architectures", "[\"GPTNeoXForCausalLM\"]").set("hidden_size", "512")
                .set("intermediate_size", "2048").set("num_hidden_layers", "6").set("num_attention_heads", "8")
                .set("vocab_size", "50304").set("max_position_embeddings", "2048")).parameters())
                .isEqualTo(70_426_624L); // Pythia 70M
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

    private static LlamaFamily options(ModelConfig config) {
        return (LlamaFamily) config.family();
    }

    private static Json gpt2() {
        return new Json().set("architectures", "[\"GPT2LMHeadModel\"]").set("n_embd", "64").set("n_layer", "5")
                .set("n_head", "8").set("n_positions", "256").set("vocab_size", "512");
    }

    private static Json neox() {
        return llama().set("architectures", "[\"GPTNeoXForCausalLM\"]");
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
