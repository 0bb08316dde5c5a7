package craft.method.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.lm.CausalLm;
import craft.lm.ModelConfig;
import craft.lm.Stories;
import craft.lm.TorchThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchNumbersTest {
    @TempDir
    Path folder;

    @Test
    void theMedianDoesNotCareForOutliers() {
        assertThat(Timing.medianOf(List.of(5.0, 1.0, 100.0))).isEqualTo(5);
        assertThat(Timing.medianOf(List.of(4.0, 1.0, 100.0, 2.0))).isEqualTo(3);
        assertThat(Timing.medianOf(List.of(7.0))).isEqualTo(7);
    }

    @Test
    void loadsTakeTurnsAfterTheWarmUp() {
        List<String> order = new ArrayList<>();
        Timing timing = new Timing(1, 2, 60);
        List<Double> medians = timing.laps(List.of(new Timing.Load(() -> order.add("a"), 1),
                new Timing.Load(() -> order.add("b"), 2)));
        assertThat(order).containsExactly("a", "b", "a", "b", "b", "a", "b", "b");
        assertThat(medians).hasSize(2).allSatisfy(seconds -> assertThat(seconds).isNotNegative());
    }

    @Test
    void oneRepetitionIsMadeWhateverTheTime() {
        List<String> order = new ArrayList<>();
        new Timing(0, 50, 0).median(() -> order.add("x"));
        assertThat(order).hasSize(1);
        assertThatThrownBy(() -> new Timing(0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void operationsAreCountedByHand() throws IOException {
        ModelConfig tiny = ModelConfig.read(Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "hidden_size": 32, "intermediate_size": 48,
                "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 512,
                "max_position_embeddings": 128, "tie_word_embeddings": false}
                """));
        long weights = 3 * (2048 + 1024 + 4608 + 64) + 32;
        assertThat(Work.weights(tiny)).isEqualTo(weights);
        // 10 tokens in two sequences of 5; each token sees 3 on average, scores and values 2 x 32 multiply-adds a pair
        assertThat(Work.forward(tiny, 2, 5, 4)).isEqualTo(2.0 * weights * 10 + 3 * 10 * 3 * 4 * 32 + 2 * 32 * 512 * 4);
    }

    @Test
    void residentMemoryIsReadFromTheSystemsFile() throws IOException {
        Path status = Files.writeString(folder.resolve("status"),
                "Name:\tjava\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\nThreads:\t5\n");
        assertThat(ResidentMemory.read(status, "VmRSS:")).hasValue(102_400L * 1024);
        assertThat(ResidentMemory.read(status, "VmHWM:")).hasValue(204_800L * 1024);
        assertThat(ResidentMemory.read(status, "VmSwap:")).isEmpty();
        assertThat(ResidentMemory.read(folder.resolve("absent"), "VmRSS:")).isEmpty();
    }

    @Test
    void aTinyModelIsMeasured() {
        TorchThread.prepare();
        try (CausalLm model = Stories.load()) {
            ModelBench bench = new ModelBench(model, new Timing(1, 3, 5));
            ModelBench.Forward forward = bench.forward(2, 40);
            assertThat(forward.tokensPerSecond()).isEqualTo(2 * (40 + ModelBench.ANSWER) / forward.seconds());
            assertThat(forward.gflops()).isPositive();

            int[] layers = {1, 3};
            ModelBench.Step step = bench.step(2, 60, layers);
            assertThat(step.layers()).isEqualTo(2);
            assertThat(step.lowest()).isEqualTo(1);
            assertThat(step.plain()).isPositive();
            assertThat(step.cached()).isPositive();
            assertThat(step.ratioOver(3)).isGreaterThanOrEqualTo(step.ratio());
            // a few calls a step, however many layers are edited
            ModelBench.Step all = bench.step(2, 60, new int[] {0, 1, 2, 3, 4});
            assertThat(step.plainCalls()).isBetween(2L, 10L).isEqualTo(all.plainCalls());
            assertThat(step.cachedCalls()).isBetween(2L, 10L).isEqualTo(all.cachedCalls());
            // keys and values [3 layers, 2, 4 heads x 8, 56 tokens] and hidden states [7, 64] of each of two rows
            long kept = 4L * 2 * (3L * 2 * model.config().keyValueWidth() * 56 + 7L * model.config().hiddenSize());
            assertThat(step.cacheBytes()).isEqualTo(kept);

            ModelBench.Parts parts = bench.parts(2, 60, layers);
            assertThat(parts.step()).isGreaterThan(0);
            assertThat(parts.forward()).isGreaterThan(parts.retraction() / 100);

            ModelBench.Evaluation evaluation = bench.evaluation(4, 30, 3, layers);
            assertThat(List.of(evaluation.apart(), evaluation.packed(), evaluation.first(), evaluation.again()))
                    .allSatisfy(rate -> assertThat(rate).isPositive());

            ModelBench.Generation generation = bench.generation(3, 30, 5, layers);
            assertThat(generation.tokens()).isEqualTo(5);
            assertThat(List.of(generation.apart(), generation.plain(), generation.kept()))
                    .allSatisfy(rate -> assertThat(rate).isPositive());
        }
    }

    @Test
    void memoryIsSampledOverTheSteps() {
        TorchThread.prepare();
        try (CausalLm model = Stories.load()) {
            ModelBench.Growth growth = new ModelBench(model, new Timing(0, 1, 0)).growth(20, 2, new int[] {2});
            assertThat(growth.secondsPerStep()).isPositive();
            if (ResidentMemory.now().isPresent()) {
                assertThat(growth.samples()).hasSize(10).allSatisfy(bytes -> assertThat(bytes).isGreaterThan(10_000_000));
                assertThat(growth.bytes()).hasValue(growth.samples().get(9) - growth.samples().get(0));
            } else {
                assertThat(growth.bytes()).isEmpty();
            }
        }
    }

    @Test
    void matricesAreMultiplied() {
        TorchThread.prepare();
        assertThat(MatrixPeak.threads()).isPositive();
        assertThat(MatrixPeak.measure(List.of(64, 128), new Timing(1, 3, 1))).extracting(MatrixPeak.Speed::size)
                .containsExactly(64, 128);
    }
}
