package craft.method.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import craft.error.InvalidInputException;
import craft.intervention.LoraSet;
import craft.lm.FloatTensor;
import craft.lm.ModelConfig;
import craft.lm.Projection;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraOptionsTest {
    @TempDir
    Path temp;

    private ModelConfig config(TinyModels model) throws IOException {
        return ModelConfig.read(model.write(temp.resolve("model")).resolve("config.json"));
    }

    private static LoraOptions targets(String targets) {
        return new LoraOptions(targets, "all", 8, 16);
    }

    @Test
    void projectionsInAnyOrderAndCase() throws IOException {
        ModelConfig llama = config(TinyModels.llama());
        assertThat(targets(" V, q").projectionsOf(llama, "lora")).containsExactly(Projection.Q, Projection.V);
        assertThat(targets("all").projectionsOf(llama, "lora")).containsExactly(Projection.values());
    }

    @Test
    void allMeansAllThatTheModelHas() throws IOException {
        assertThat(targets("all").projectionsOf(config(TinyModels.gpt2()), "lora")).hasSize(6).doesNotContain(Projection.GATE);
    }

    @Test
    void whatIsWrongIsSaidWithItsOption() throws IOException {
        ModelConfig gpt2 = config(TinyModels.gpt2());
        assertThatThrownBy(() -> targets("q,x").check("method.lora")).isInstanceOf(InvalidInputException.class)
                .hasMessage("Option method.lora.targets is \"q,x\"; write all, or some of q, k, v, o, gate, up, down with commas between.");
        assertThatThrownBy(() -> targets("").check("method.lora")).hasMessageContaining("method.lora.targets is \"\"");
        assertThatThrownBy(() -> targets("q,gate").projectionsOf(gpt2, "method.lora")).isInstanceOf(InvalidInputException.class)
                .hasMessage("Option method.lora.targets names gate, but the model's blocks have no such projection (GPT2LMHeadModel). "
                        + "Choose among q, k, v, o, up, down.");
        assertThatThrownBy(() -> new LoraOptions("q", "3", 8, 16).layersOf(gpt2, "method.lora"))
                .hasMessage("Option method.lora.layers names layer 3, but the model has layers 0 to 2.");
        assertThatThrownBy(() -> new LoraOptions("q", "all", 0, 16).check("method.lora")).hasMessageContaining("method.lora.rank is 0");
        assertThatThrownBy(() -> new LoraOptions("q", "all", 8, 0).check("method.lora")).hasMessageContaining("method.lora.alpha is 0");
        assertThatThrownBy(() -> new LoraOptions("q", "all", 8, Double.NaN).check("method.lora")).hasMessageContaining("alpha is not a number");
    }

    /** Hidden size 32, keys and values 16 wide, 3 blocks. */
    @Test
    void parametersAndBeginning() throws IOException {
        ModelConfig llama = config(TinyModels.llama());
        LoraTrainable trainable = LoraTrainable.of(targets("q,v"), llama, 1, "lora");
        List<FloatTensor> fresh = trainable.fresh(llama, new Random(1));
        LoraSet set = trainable.adapter(fresh);
        assertThat(set.parameters()).isEqualTo(3 * (8 * (32 + 32) + 8 * (32 + 16)));
        assertThat(set.scale()).isEqualTo(2);
        assertThat(fresh.get(1).data()).containsOnly(0);
        double bound = 1 / Math.sqrt(32);
        double sum = 0;
        for (float a : fresh.get(0).data()) {
            assertThat((double) a).isBetween(-bound, bound);
            sum += (double) a * a;
        }
        assertThat(sum / fresh.get(0).data().length).as("variance of a uniform number").isCloseTo(bound * bound / 3, within(0.1 * bound * bound));
        assertThat(set.tensors()).containsKeys("layer.2.v.lora_A", "layer.0.q.lora_B", "scale").hasSize(13);
        assertThat(set.tensors().get("layer.1.v.lora_B").shape()).containsExactly(16, 8);
    }
}
