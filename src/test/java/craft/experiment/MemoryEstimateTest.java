package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.experiment.MemoryEstimate.Workload;
import craft.lm.EngineSettings;
import craft.lm.ModelConfig;
import craft.lm.Precision;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes counted by hand, in numbers of 4 bytes. */
class MemoryEstimateTest {
    @TempDir
    Path folder;

    /** d 32, f 48, 3 layers, 4 heads of 8, 2 for keys and values, vocabulary 512, untied. */
    private ModelConfig tiny() throws IOException {
        return config(32, 48, 3, 4, 2, 512);
    }

    private ModelConfig config(int hidden, int inner, int layers, int heads, int keyHeads, int vocabulary) throws IOException {
        return ModelConfig.read(Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "hidden_size": %d, "intermediate_size": %d,
                "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d, "vocab_size": %d,
                "max_position_embeddings": 8192, "tie_word_embeddings": false}
                """.formatted(hidden, inner, layers, heads, keyHeads, vocabulary)));
    }

    private static Workload work(int batch, int past, int fresh, long cache) {
        return new Workload(batch, past, fresh, 2, 12, 0, 3, 4, 0, cache);
    }

    @Test
    void aTinyModelIsCountedByHand() throws IOException {
        MemoryEstimate e = new MemoryEstimate("tiny", tiny(), work(2, 10, 5, 1000), EngineSettings.EXACT);
        // layers x (q, o 1024 each; k, v 512 each; gate, up, down 1536 each; 2 norms of 32) + norm + 2 x 32 x 512
        assertThat(e.weights()).isEqualTo(4 * (3 * (2048 + 1024 + 4608 + 64) + 32 + 32_768));
        assertThat(e.loading()).isEqualTo(4 * 2 * 32 * 512);
        assertThat(e.optimiser()).isEqualTo(4 * 10 * 3 * (2 * 4 * 32 + 4));
        // 10 tokens x (3 d + 2 q + 3 f + 4 heads), keys and values of 30 tokens, both in 2 layers above the lowest;
        // the joined past, the mask and its copy for 2 heads, the widest gradients, the edit, 8 rows of logits
        assertThat(e.step()).isEqualTo(4 * (2 * (3080 + 960) + 1280 + 450 + 3200 + 960 + 8 * 4 * 512));
        // 2048 tokens of working width 400, their keys and values, the mask, logits and log-probabilities of 12
        assertThat(e.evaluation()).isEqualTo(4 * (2048 * 400 + 196_608 + 92_160 + 2 * 12 * 512));
        assertThat(e.total()).isEqualTo(MemoryEstimate.PROCESS + e.weights() + 1000 + 31_200 + e.evaluation());
    }

    @Test
    void generatedAnswersAreCountedWhereThereAreAny() throws IOException {
        MemoryEstimate none = new MemoryEstimate("tiny", tiny(), work(2, 10, 5, 1000), EngineSettings.EXACT);
        assertThat(none.generation()).isZero();
        assertThat(none.parts()).doesNotContain("generated");
        Workload writing = new Workload(2, 10, 5, 2, 12, 0, 3, 4, 6000, 1000);
        MemoryEstimate e = new MemoryEstimate("tiny", tiny(), writing, EngineSettings.EXACT);
        // 3 layers, keys and values of 16: room for 4 rows, a fifth and sixth time while a prompt is read at width 400, logits
        long keys = 3 * 2 * 16 * 6000;
        assertThat(e.generation()).isEqualTo(4 * (4 * keys + 2 * keys + 6000 * 400 + 2 * 4 * 512));
        assertThat(e.total()).isEqualTo(MemoryEstimate.PROCESS + e.weights() + 1000 + 31_200 + e.generation());
        assertThat(e.parts()).contains("generated answers 23 MB");
        MemoryEstimate half = e.with(new EngineSettings(Precision.BFLOAT16, false, 2));
        assertThat(half.generation()).isEqualTo(2 * (2 * (4 * keys + 6000 * 400) + 4 * (2 * keys + 2 * 4 * 512)));
    }

    @Test
    void withoutAPastKeysAreRepeatedAndThereIsNoMask() throws IOException {
        MemoryEstimate grouped = new MemoryEstimate("tiny", tiny(), work(2, 0, 5, 0), EngineSettings.EXACT);
        assertThat(grouped.step()).isEqualTo(4 * (2 * (3080 + 640) + 3200 + 960 + 8 * 4 * 512));
        MemoryEstimate alike = new MemoryEstimate("tiny", config(32, 48, 3, 4, 4, 512), work(2, 0, 5, 0), EngineSettings.EXACT);
        assertThat(alike.step()).isEqualTo(4 * (2 * (3080 + 1280) + 3200 + 960 + 8 * 4 * 512));
    }

    @Test
    void whatFitsIsAccepted() throws IOException {
        MemoryEstimate e = new MemoryEstimate("tiny", tiny(), work(2, 10, 5, 1000), EngineSettings.EXACT);
        assertThatCode(() -> e.requireFits(e.total())).doesNotThrowAnyException();
        assertThatThrownBy(() -> e.requireFits(e.total() - 1)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("What would fit: ");
    }

    @Test
    void aSmallerCacheIsProposedBeforeASmallerBatch() throws IOException {
        MemoryEstimate e = new MemoryEstimate("tiny", tiny(), work(8, 10, 5, 8L << 30), EngineSettings.EXACT);
        assertThatThrownBy(() -> e.requireFits(e.total() - (3L << 30))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Model tiny needs about 9.2 GB").hasMessageContaining("this machine has 6.0 GB")
                .hasMessageContaining("(engine.cacheMegabytes=4096)").hasMessageNotContaining("batchSize");
    }

    @Test
    void aSmallerBatchIsProposedWhenTheCacheIsNotEnough() throws IOException {
        Workload large = work(4096, 1000, 40, 256L << 20);
        MemoryEstimate e = new MemoryEstimate("tiny", tiny(), large, EngineSettings.EXACT);
        long fits = new MemoryEstimate("tiny", tiny(), work(512, 1000, 40, 256L << 20), EngineSettings.EXACT).total();
        assertThatThrownBy(() -> e.requireFits(fits)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("(training.batchSize=512)").hasMessageNotContaining("cacheMegabytes");
    }

    @Test
    void bfloat16HalvesTheBlocksAndIsProposedLast() throws IOException {
        MemoryEstimate e = new MemoryEstimate("tiny", tiny(), work(1, 10, 5, 1000), EngineSettings.EXACT);
        MemoryEstimate half = e.with(new EngineSettings(Precision.BFLOAT16, false, 1));
        assertThat(e.weights() - half.weights()).isEqualTo(2 * 3 * (2048 + 1024 + 4608 + 64));
        assertThat(e.step() - half.step()).isEqualTo(2 * (2 * (1540 + 480) + 225 + 1600));
        MemoryEstimate large = new MemoryEstimate("large", config(1024, 4096, 24, 16, 16, 512), work(1, 10, 5, 1000),
                EngineSettings.EXACT);
        assertThatThrownBy(() -> large.requireFits(2_000_000_000)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("What would fit: weights and activations of half the size (engine.precision=bfloat16).");
    }

    @Test
    void a70BModelIsRefusedFromItsConfigAlone() throws IOException {
        config(8192, 28_672, 80, 64, 8, 128_256);
        MemoryEstimate e = MemoryEstimate.ofModel(folder);
        assertThat(e.weights()).isEqualTo(4 * 70_553_706_496L);
        assertThatThrownBy(() -> e.requireFits(24_000_000_000L)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("weights in float32 282.2 GB").hasMessageContaining("this machine has 24.0 GB")
                .hasMessageContaining("this one has 70.6 billion").satisfies(refusal -> {
                    Matcher most = Pattern.compile("at most about ([0-9.]+) billion").matcher(refusal.getMessage());
                    assertThat(most.find()).isTrue();
                    assertThat(Double.parseDouble(most.group(1))).isBetween(8.0, 14.0);
                });
        assertThatCode(() -> e.requireFits(400_000_000_000L)).doesNotThrowAnyException();
    }

    @Test
    void theSizesOfTheTwoStandardShapes() throws IOException {
        // a random 135M model with 8192 tokens more or less: what was measured after loading was 0.88 GB
        MemoryEstimate small = new MemoryEstimate("135m", config(576, 1536, 30, 9, 3, 49_152), work(4, 252, 7, 0), EngineSettings.EXACT);
        assertThat(small.total()).isBetween(900_000_000L, 2_500_000_000L);
        MemoryEstimate longer = new MemoryEstimate("135m", small.config(), work(4, 1020, 7, 0), EngineSettings.EXACT);
        assertThat(longer.step()).isGreaterThan(small.step());
        assertThat(new MemoryEstimate("135m", small.config(), work(8, 252, 7, 0), EngineSettings.EXACT).step()).isEqualTo(2 * small.step());
    }

    @Test
    void aRecipeThatDoesNotFitIsRefusedBeforeItRuns() throws URISyntaxException {
        Path tasks = Path.of(MemoryEstimateTest.class.getResource("/tasks/tiny").toURI());
        Recipe recipe = RecipeReader.read(tasks, Map.of());
        MemoryEstimate memory = Preflight.check(recipe).memory();
        assertThat(memory.work().batchSize()).isLessThanOrEqualTo(recipe.training().batchSize());
        assertThat(memory.work().cache()).isPositive().isLessThan(1 << 30);
        assertThat(memory.work().past() + memory.work().fresh()).isBetween(4, memory.config().context());
        assertThatThrownBy(() -> Preflight.check(recipe, 300_000_000)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("this machine has 300 MB").hasMessageContaining("What would fit");
    }

    @Test
    void thisMachineHasMemory() {
        assertThat(MemoryEstimate.machineBytes()).isGreaterThan(100_000_000L);
        assertThat(MemoryEstimate.size(1_540_000_000)).isEqualTo("1.5 GB");
        assertThat(MemoryEstimate.size(12_400_000)).isEqualTo("12 MB");
    }
}
