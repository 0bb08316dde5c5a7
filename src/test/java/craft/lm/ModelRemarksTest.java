package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing of a model's folder is ignored without a word, and nothing harmless makes one. */
class ModelRemarksTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path temp;

    @Test
    void ordinaryModelsHaveNone() throws IOException {
        for (TinyModels model : List.of(TinyModels.llama(), TinyModels.llama3(), TinyModels.mistral(), TinyModels.qwen2(), TinyModels.qwen3(),
                TinyModels.gpt2(), TinyModels.gpt2().bare(), TinyModels.neox(), TinyModels.bert(), TinyModels.bert().bare(),
                TinyModels.llama().shards(3))) {
            Path folder = model.write(temp.resolve("m" + Files.list(temp).count()));
            assertThat(remarks(folder)).as(Files.readString(folder.resolve("config.json"))).isEmpty();
        }
        assertThat(remarks(Path.of("assets/models/seedling"))).isEmpty();
        assertThat(remarks(Path.of("src/test/resources/models/stories260k"))).isEmpty();
    }

    @Test
    void biasesThatTheConfigDoesNotKnowAreNamed() throws IOException {
        Path folder = TinyModels.llama().write(temp.resolve("m"));
        weights(folder, t -> {
            for (int i = 0; i < 3; i++) {
                t.put("model.layers." + i + ".self_attn.q_proj.bias", vector(32));
            }
            t.put("model.layers.1.self_attn.o_proj.bias", vector(32));
            t.put("extra.weight", vector(4));
        });
        assertThat(remarks(folder)).singleElement().asString().contains("5 tensors", "\"model.layers.*.self_attn.q_proj.bias\" in layers 0 to 2",
                "\"model.layers.1.self_attn.o_proj.bias\"", "\"extra.weight\"");
    }

    @Test
    void layersBeyondTheConfigsAreNamedByTheirNumbers() throws IOException {
        Path folder = TinyModels.llama().set("num_hidden_layers", 5).write(temp.resolve("m"));
        config(folder, c -> c.put("num_hidden_layers", 3));
        assertThat(remarks(folder)).singleElement().asString().contains("18 tensors", "layers 3 and 4 (18 tensors)");
        config(folder, c -> c.put("num_hidden_layers", 4));
        assertThat(remarks(folder)).singleElement().asString().contains("layer 4 (9 tensors)");
    }

    @Test
    void tablesAndCopiesAreNoWeights() throws IOException {
        Path folder = TinyModels.llama().set("tie_word_embeddings", true).write(temp.resolve("m"));
        weights(folder, t -> {
            t.put("lm_head.weight", t.get("model.embed_tokens.weight"));
            t.put("model.layers.0.self_attn.rotary_emb.inv_freq", vector(4));
            t.put("model.rotary_emb.inv_freq", vector(4));
            t.put("empty", vector(0));
        });
        assertThat(remarks(folder)).isEmpty();
        weights(folder, t -> t.put("lm_head.weight", new FloatTensor(new long[] {512, 32}, new float[512 * 32])));
        assertThat(remarks(folder)).singleElement().asString().contains("\"lm_head.weight\"", "tie_word_embeddings", "the two differ");
    }

    @Test
    void aMaskOfGpt2IsNoBias() throws IOException {
        Path folder = TinyModels.gpt2().write(temp.resolve("m"));
        weights(folder, t -> t.put("transformer.h.0.attn.bias", vector(32)));
        assertThat(remarks(folder)).singleElement().asString().contains("\"transformer.h.0.attn.bias\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"final_logit_softcapping | 30.0", "attention_multiplier | 0.5", "sliding_window | 64",
        "use_qk_norm | true", "num_local_experts | 8", "layer_types | [\"full_attention\",\"chunked_attention\",\"full_attention\"]",
        "no_rope_layers | [1,1,0]", "rope_scaling | {\"rope_type\":\"default\",\"mrope_section\":[1,2]}", "alibi | true",
        "scale_attention | false"})
    void keysThatMayChangeWhatIsComputedAreNamed(String key, String value) throws IOException {
        Path folder = TinyModels.llama().write(temp.resolve("m"));
        config(folder, c -> c.set(key, JSON.readTree(value)));
        String named = key.equals("rope_scaling") ? "rope_scaling.mrope_section" : key;
        assertThat(remarks(folder)).singleElement().asString().contains("\"" + named + "\"", "LlamaForCausalLM");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"transformers_version | \"4.57\"", "_name_or_path | \"a/b\"", "use_cache | true", "attention_dropout | 0.1",
        "initializer_range | 0.02", "pad_token_id | 3", "pretraining_tp | 1", "rope_interleaved | false", "final_logit_softcapping | null",
        "attention_multiplier | 1.0", "num_experts | 0", "id2label | {\"0\":\"a\"}", "head_scale | 1", "is_llama_config | true",
        "layer_types | [\"full_attention\",\"full_attention\",\"full_attention\"]", "transformers.js_config | {\"dtype\":\"q4\"}"})
    void bookkeepingIsLetBe(String key, String value) throws IOException {
        Path folder = TinyModels.llama().write(temp.resolve("m"));
        config(folder, c -> c.set(key, JSON.readTree(value)));
        assertThat(remarks(folder)).isEmpty();
    }

    @Test
    void programCodeOfTheModelsOwnIsTold() throws IOException {
        Path folder = TinyModels.llama().set("auto_map", Map.of("AutoModelForCausalLM", "modeling_x.X")).write(temp.resolve("m"));
        assertThat(remarks(folder)).singleElement().asString().contains("auto_map", "not run");
    }

    @Test
    void anOldSingleFileBesideShardsIsTold() throws IOException {
        Path folder = TinyModels.llama().seed(1).write(temp.resolve("m"));
        TinyModels.llama().seed(2).shards(2).write(folder);
        assertThat(remarks(folder)).singleElement().asString().contains("read from model.safetensors",
                "model-00001-of-00002.safetensors, model-00002-of-00002.safetensors", "move model.safetensors away");
        try (ModelFolder opened = ModelFolder.open(folder)) { // as transformers does
            assertThat(opened.weightFiles()).containsExactly(folder.resolve("model.safetensors"));
        }
    }

    @Test
    void shardsThatTheIndexDoesNotNameAreTold() throws IOException {
        Path folder = TinyModels.llama().shards(2).write(temp.resolve("m"));
        Files.copy(folder.resolve("model-00001-of-00002.safetensors"), folder.resolve("model-00001-of-00003.safetensors"));
        assertThat(remarks(folder)).singleElement().asString().contains("not read: model-00001-of-00003.safetensors");
        Files.delete(folder.resolve("model-00001-of-00003.safetensors"));

        Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
        refused(folder, "lacks the weight file model-00002-of-00002.safetensors", "1 of 2 are missing");
        Files.delete(folder.resolve("model.safetensors.index.json"));
        refused(folder, "model-00001-of-00002.safetensors", "lacks model.safetensors.index.json");
    }

    @Test
    void tensorsThatTheIndexLeavesOutAreTold() throws IOException {
        Path folder = TinyModels.llama().set("tie_word_embeddings", true).shards(2).write(temp.resolve("m"));
        Path shard = folder.resolve("model-00002-of-00002.safetensors");
        rewrite(shard, t -> t.put("model.layers.0.self_attn.q_proj.bias", vector(32)));
        assertThat(remarks(folder)).singleElement().asString().contains("leaves out 1 tensor", "model.layers.0.self_attn.q_proj.bias");
    }

    @Test
    void anAdapterBesideTheModelIsTold() throws IOException {
        Path folder = TinyModels.llama().write(temp.resolve("m"));
        Files.writeString(folder.resolve("adapter_config.json"), "{}");
        assertThat(remarks(folder)).singleElement().asString().contains("adapter_config.json", "not used");
    }

    @Test
    void tokensBeyondTheEmbeddingAreTold() throws IOException {
        Path folder = TinyModels.llama().write(temp.resolve("m"));
        tokenizer(folder, t -> t.withArray("added_tokens").addObject().put("id", 512).put("content", "<|user|>").put("single_word", false)
                .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true));
        assertThat(remarks(folder)).singleElement().asString().contains("up to number 512 (\"<|user|>\")", "512 rows");
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void weightsThatAreNoNumbersAreRefusedByNameAndCount(DType type) throws IOException {
        Path folder = TinyModels.llama().dtype(type).write(temp.resolve("m"));
        try (ModelFolder opened = ModelFolder.open(folder)) {
            opened.checkNumbers();
        }
        spoil(folder, "model.layers.2.mlp.up_proj.weight", 3);
        String[] said = {"model.layers.2.mlp.up_proj.weight", "(3 of 1536)", "NaN or infinite"};
        try (ModelFolder opened = ModelFolder.open(folder)) {
            assertThatThrownBy(opened::checkNumbers).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(said);
        }
        TorchThread.prepare();
        assertThatThrownBy(() -> CausalLm.load(folder)).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(said);
    }

    @Test
    void whatNoLayerUsesNeedNotBeFinite() throws IOException {
        Path folder = TinyModels.llama().write(temp.resolve("m"));
        weights(folder, t -> t.put("extra", new FloatTensor(new long[] {1}, new float[] {Float.NaN})));
        try (ModelFolder opened = ModelFolder.open(folder)) {
            opened.checkNumbers();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gptq", "awq", "bitsandbytes", "fp8"})
    void quantisedModelsAreRefusedByTheirMaker(String maker) throws IOException {
        Path folder = TinyModels.llama().write(temp.resolve("m"));
        config(folder, c -> c.putObject("quantization_config").put("quant_method", maker).put("bits", 4));
        refused(folder, "quantization_config", "quantised by", "use the unquantised model");
        assertThatThrownBy(() -> ModelFolder.open(folder)).hasMessageMatching("(?i).*by " + maker + ".*");
    }

    @Test
    void quantisedTensorsAreKnownWithoutTheConfig() throws IOException {
        Path folder = TinyModels.llama().write(temp.resolve("m"));
        weights(folder, t -> t.put("model.layers.0.mlp.up_proj.qweight", t.remove("model.layers.0.mlp.up_proj.weight")));
        unfit(folder, "quantised by GPTQ or AWQ");
        weights(folder, t -> {
            t.put("model.layers.0.mlp.up_proj.weight", vector(5));
            t.remove("model.layers.0.mlp.up_proj.qweight");
            t.put("model.layers.0.mlp.up_proj.scales", vector(5));
            t.put("model.layers.0.mlp.up_proj.biases", vector(5));
        });
        unfit(folder, "quantised by MLX");
        config(folder, c -> c.putObject("quantization").put("bits", 4));
        refused(folder, "quantised by MLX");
    }

    private void unfit(Path folder, String part) {
        try (ModelFolder opened = ModelFolder.open(folder)) {
            assertThatThrownBy(opened::checkTensors).isInstanceOf(InvalidInputException.class)
                    .hasMessageContainingAll(part, "use the unquantised model");
        }
    }

    /** Writes infinity over the first numbers of a tensor, in the file itself. */
    private static void spoil(Path folder, String name, int count) throws IOException {
        Path file = folder.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        TensorEntry entry;
        try (SafeTensors opened = SafeTensors.open(file)) {
            entry = opened.entry(name);
        }
        int data = 8 + bytes[0] + (bytes[1] & 0xff) * 256 + (bytes[0] < 0 ? 256 : 0);
        int each = entry.dtype().bytes();
        for (int i = 0; i < count; i++) {
            int at = (int) (data + entry.offset()) + i * each;
            Arrays.fill(bytes, at, at + each, (byte) 0);
            bytes[at + each - 1] = 0x7f; // the last byte is the highest
            bytes[at + each - 2] = (byte) (entry.dtype() == DType.F16 ? 0 : 0x80);
            if (entry.dtype() == DType.F16) {
                bytes[at + each - 1] = 0x7c;
            }
        }
        Files.delete(file); // a file that is still mapped keeps its old content
        Files.write(file, bytes);
    }

    private static FloatTensor vector(int length) {
        float[] data = new float[length];
        Arrays.fill(data, 0.5f);
        return new FloatTensor(new long[] {length}, data);
    }

    private static List<String> remarks(Path folder) {
        try (ModelFolder opened = ModelFolder.open(folder); Tokens tokens = Tokens.load(opened.tokenizer())) {
            return ModelRemarks.of(opened, tokens);
        }
    }

    private interface Change {
        void make(ObjectNode json) throws IOException;
    }

    private static void config(Path folder, Change change) throws IOException {
        json(folder.resolve("config.json"), change);
    }

    private static void tokenizer(Path folder, Change change) throws IOException {
        json(folder.resolve("tokenizer.json"), change);
    }

    private static void json(Path file, Change change) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(file.toFile());
        change.make(root);
        Files.write(file, JSON.writeValueAsBytes(root));
    }

    private static void weights(Path folder, Consumer<Map<String, FloatTensor>> change) throws IOException {
        rewrite(folder.resolve("model.safetensors"), change);
    }

    private static void rewrite(Path file, Consumer<Map<String, FloatTensor>> change) throws IOException {
        TreeMap<String, FloatTensor> tensors = new TreeMap<>();
        try (SafeTensors read = SafeTensors.open(file)) {
            read.names().forEach(n -> tensors.put(n, new FloatTensor(read.entry(n).shape(), read.floats(n))));
        }
        change.accept(tensors);
        Path beside = file.resolveSibling("new"); // never write into a mapped file
        SafeTensors.write(beside, tensors, Map.of());
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void refused(Path folder, String... parts) {
        assertThatThrownBy(() -> ModelFolder.open(folder)).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(parts);
    }
}
