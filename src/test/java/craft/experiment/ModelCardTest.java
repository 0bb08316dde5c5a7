package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.lm.DType;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {
    @TempDir
    Path temp;

    @Test
    void theBundledModelHasACard() throws IOException {
        ModelCard card = ModelCard.read("bundled:seedling");
        assertThat(card.name()).isEqualTo("seedling");
        assertThat(card.family()).isEqualTo("LlamaForCausalLM");
        assertThat(card.parameters()).isEqualTo(6_524_160);
        assertThat(new int[] {card.layers(), card.hiddenSize(), card.heads(), card.keyValueHeads(), card.vocabulary(),
            card.context()}).containsExactly(6, 256, 4, 2, 8192, 1024);
        assertThat(card.dtype()).isEqualTo("F16");
        assertThat(card.bytes()).isEqualTo(Files.size(card.folder().resolve("model.safetensors")));
        assertThat(card.about()).contains("English and Korean", "Apache-2.0", "its prose is poor");
    }

    @Test
    void aFolderHasACardNamedAfterIt() throws IOException {
        Path folder = TinyModels.qwen2().dtype(DType.BF16).shards(2).write(temp.resolve("tiny-qwen"));
        ModelCard card = ModelCard.read(folder + "/../tiny-qwen/");
        assertThat(card.name()).isEqualTo("tiny-qwen");
        assertThat(card.family()).isEqualTo("Qwen2ForCausalLM");
        assertThat(card.dtype()).isEqualTo("BF16");
        assertThat(card.about()).isEmpty();
    }

    @Test
    void whatCannotBeUsedIsRefused() throws IOException {
        refused("", "No model is named");
        refused("a\0b", "no path");
        refused(temp.resolve("nowhere").toString(), "There is no model folder");
        refused("bundled:nothing-of-this-name", "nothing-of-this-name");

        Path folder = TinyModels.llama().write(temp.resolve("tiny"));
        Files.writeString(folder.resolve("about.json"), "{");
        refused(folder.toString(), "about.json", "not valid JSON");
        Files.delete(folder.resolve("about.json"));

        Files.copy(TinyModels.llama().set("intermediate_size", 50).write(temp.resolve("other")).resolve("config.json"),
                folder.resolve("config.json"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        refused(folder.toString(), "model.layers.0.mlp.gate_proj.weight", "[48, 32]", "[50, 32]");
    }

    private static void refused(String model, String... fragments) {
        assertThatThrownBy(() -> ModelCard.read(model)).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(fragments);
    }
}
