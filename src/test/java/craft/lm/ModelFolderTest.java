package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {
    @TempDir
    Path temp;
    private Path folder;

    @BeforeEach
    void aGoodModel() throws IOException {
        folder = TinyModels.llama().seed(1).write(temp.resolve("tiny"));
    }

    @Test
    void aGoodFolderIsRead() throws IOException {
        try (ModelFolder model = ModelFolder.open(folder)) {
            model.checkTensors();
            assertThat(model.names()).isEqualTo(model.expectedTensors().keySet());
            assertThat(model.dtype()).isEqualTo(DType.F32);
            assertThat(model.bytes()).isEqualTo(Files.size(folder.resolve("model.safetensors")));
            assertThat(model.weightFiles()).containsExactly(folder.resolve("model.safetensors"));
            assertThat(model.tokenizer()).isEqualTo(folder.resolve("tokenizer.json"));
            float[] norm = model.floats("model.norm.weight");
            assertThat(norm).hasSize(model.config().hiddenSize());
            assertThat(model.buffer("model.norm.weight").getFloat()).isEqualTo(norm[0]);
            assertThat(model.buffer("model.norm.weight", 4, 4).getFloat()).isEqualTo(norm[1]);
            assertThat(model.entry("model.norm.weight").shape()).containsExactly(model.config().hiddenSize());
        }
    }

    @Test
    void shardsAreReadAsOne() throws IOException {
        Path sharded = TinyModels.llama().seed(1).shards(3).write(temp.resolve("sharded"));
        assertThat(sharded.resolve("model.safetensors")).doesNotExist();
        try (ModelFolder one = ModelFolder.open(folder); ModelFolder three = ModelFolder.open(sharded)) {
            three.checkTensors();
            assertThat(three.weightFiles()).hasSize(3);
            assertThat(three.names()).isEqualTo(one.names());
            for (String name : one.names()) {
                assertThat(three.floats(name)).isEqualTo(one.floats(name));
            }
        }
    }

    @Test
    void theTypeIsThatOfMostWeights() throws IOException {
        try (ModelFolder half = ModelFolder.open(TinyModels.llama().dtype(DType.F16).write(temp.resolve("half")))) {
            assertThat(half.dtype()).isEqualTo(DType.F16);
        }
        try (ModelFolder brain = ModelFolder.open(TinyModels.llama().dtype(DType.BF16).write(temp.resolve("brain")))) {
            assertThat(brain.dtype()).isEqualTo(DType.BF16);
        }
    }

    @Test
    void aMissingFolderOrFileIsNamed() throws IOException {
        refused(temp.resolve("nowhere"), "There is no model folder", "nowhere");
        refused(folder.resolve("config.json"), "is a file", "Name the folder");
        refused(Files.createDirectory(temp.resolve("empty")), "no config.json");
        Files.delete(folder.resolve("model.safetensors"));
        refused(folder, "no weights", "model.safetensors");
    }

    @Test
    void otherWeightFilesAreMentioned() throws IOException {
        Files.move(folder.resolve("model.safetensors"), folder.resolve("weights.gguf"));
        refused(folder, "no weights", "only weights.gguf");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "model.pt", "consolidated.00.pth", "last.ckpt", "MODEL.BIN"})
    void picklesAreRefusedWithTheReason(String name) throws IOException {
        Files.move(folder.resolve("model.safetensors"), folder.resolve(name));
        refused(folder, name, "is refused", "pickle", "run any program", "Convert the model to safetensors");
        refused(folder.resolve(name), name, "is refused", "pickle");
    }

    @Test
    void aPickleBesideSafetensorsDoesNoHarm() throws IOException {
        Files.writeString(folder.resolve("pytorch_model.bin"), "never opened");
        ModelFolder.open(folder).close();
    }

    @Test
    void aTokenizerMustBeThereAndBeOne() throws IOException {
        Path tokenizer = folder.resolve("tokenizer.json");
        Files.writeString(tokenizer, "{\"version\": \"1.0\", \"added_tokens\": []}");
        refused(folder, "tokenizer.json", "no \"model\"");
        Files.writeString(tokenizer, "{\"model\": null}");
        refused(folder, "tokenizer.json", "no \"model\"");
        Files.writeString(tokenizer, "{\"added_tokens\": [{\"model\": {}}]}");
        refused(folder, "tokenizer.json", "no \"model\"");
        Files.writeString(tokenizer, "[]");
        refused(folder, "tokenizer.json", "not a JSON object");
        Files.writeString(tokenizer, "");
        refused(folder, "tokenizer.json", "not a JSON object");
        Files.writeString(tokenizer, "{\"model\": {\"vocab\": {\"a\": 1");
        refused(folder, "tokenizer.json", "not valid JSON");
        Files.delete(tokenizer);
        refused(folder, "no tokenizer.json", "Download it");
        Files.writeString(folder.resolve("tokenizer.model"), "x");
        refused(folder, "no tokenizer.json", "tokenizer.model is not enough");
    }

    @Test
    void damagedWeightsAreRefusedByFile() throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve("model.safetensors"));
        Files.write(folder.resolve("model.safetensors"), java.util.Arrays.copyOf(bytes, bytes.length - 1));
        refused(folder, "model.safetensors", "cut off");
    }

    @Test
    void aMissingTensorIsNamed() throws IOException {
        rewrite(folder, t -> t.remove("model.layers.1.mlp.up_proj.weight"));
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThatThrownBy(model::checkTensors).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("lack the tensor \"model.layers.1.mlp.up_proj.weight\"");
        }
    }

    @Test
    void aTensorOfAnotherShapeIsNamedWithBothShapes() throws IOException {
        rewrite(folder, t -> t.put("model.norm.weight", new FloatTensor(new long[] {3}, new float[3])));
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThatThrownBy(model::checkTensors).isInstanceOf(InvalidInputException.class)
                    .hasMessageContainingAll("\"model.norm.weight\"", "[3]", "[" + model.config().hiddenSize() + "]");
        }
    }

    @Test
    void aTensorThatIsNoWeightIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve("model.safetensors"));
        String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
        text = text.replaceFirst("(\"model.norm.weight\":\\{\"dtype\":)\"F32\"", "$1\"I32\"");
        Files.write(folder.resolve("model.safetensors"), text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        try (ModelFolder model = ModelFolder.open(folder)) {
            assertThatThrownBy(model::checkTensors).isInstanceOf(InvalidInputException.class)
                    .hasMessageContainingAll("\"model.norm.weight\"", "I32");
        }
    }

    @Test
    void shardsMustHoldWhatTheIndexSays() throws IOException {
        Path sharded = TinyModels.llama().shards(2).write(temp.resolve("sharded"));
        Path index = sharded.resolve("model.safetensors.index.json");
        String good = Files.readString(index);
        String second = "model-00002-of-00002.safetensors";

        Files.writeString(index, good.replaceFirst("(\"model.layers.2.mlp.down_proj.weight\" ?: ?)\"[^\"]*\"",
                "$1\"model-00001-of-00002.safetensors\""));
        refused(sharded, "model-00001-of-00002.safetensors",
                "no tensor \"model.layers.2.mlp.down_proj.weight\"", "index.json");

        Files.writeString(index, good.replaceFirst("\"weight_map\"", "\"weights\""));
        refused(sharded, "index.json", "no \"weight_map\"");

        Files.writeString(index, good.substring(0, good.length() / 2));
        refused(sharded, "index.json", "not valid JSON");

        for (String escape : new String[] {"\"../" + second + "\"", "\"/etc/" + second + "\"",
            "\"..\\\\" + second + "\"", "\"model.bin\"", "7"}) {
            Files.writeString(index, good.replace("\"" + second + "\"", escape));
            refused(sharded, "index.json", "of the same folder");
        }

        Files.writeString(index, good);
        Files.delete(sharded.resolve(second));
        refused(sharded, "lacks the weight file " + second, "Download it");
    }

    /** GPT-2's own file names its tensors without the prefix, and holds masks that are no weights. */
    @Test
    void bothSpellingsOfGpt2AreOne() throws IOException {
        Path bare = TinyModels.gpt2().bare().dtype(DType.F16).write(temp.resolve("bare"));
        try (ModelFolder model = ModelFolder.open(bare)) {
            model.checkTensors();
            assertThat(model.names()).containsAll(model.expectedTensors().keySet());
            assertThat(model.entry("transformer.wte.weight").shape()).containsExactly(512, 32);
            assertThat(model.buffer("transformer.ln_f.bias").remaining()).isEqualTo(64);
            assertThat(model.buffer("transformer.ln_f.bias", 2, 4).remaining()).isEqualTo(4);
            assertThat(model.dtype()).isEqualTo(DType.F16);
        }
        rewrite(bare, t -> t.put("transformer.ln_f.bias", t.get("ln_f.bias")));
        refused(bare, "twice", "\"ln_f.bias\"", "\"transformer.ln_f.bias\"");
        rewrite(bare, t -> t.keySet().removeIf(name -> name.endsWith("ln_f.bias")));
        try (ModelFolder model = ModelFolder.open(bare)) {
            assertThatThrownBy(model::checkTensors).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("lack the tensor \"transformer.ln_f.bias\"");
        }
    }

    private static void rewrite(Path folder, java.util.function.Consumer<Map<String, FloatTensor>> change)
            throws IOException {
        Path file = folder.resolve("model.safetensors");
        TreeMap<String, FloatTensor> tensors = new TreeMap<>();
        try (SafeTensors read = SafeTensors.open(file)) {
            read.names().forEach(n -> tensors.put(n, new FloatTensor(read.entry(n).shape(), read.floats(n))));
        }
        change.accept(tensors);
        Path beside = folder.resolve("model.new"); // never write into a mapped file
        SafeTensors.write(beside, tensors, Map.of());
        Files.move(beside, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private static void refused(Path folder, String... fragments) {
        assertThatThrownBy(() -> ModelFolder.open(folder)).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(fragments);
    }
}
