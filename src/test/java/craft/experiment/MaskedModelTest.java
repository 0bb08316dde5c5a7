package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.lm.EngineSettings;
import craft.lm.ModelConfig;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on a tiny random masked language model. */
@Timeout(240)
class MaskedModelTest {
    @TempDir
    Path temp;
    private Path model;
    private Path sequence;

    @BeforeEach
    void write() throws IOException {
        model = TinyModels.bert().write(temp.resolve("tiny-bert"));
        sequence = TinySequence.write(temp.resolve("tiny"));
    }

    private Recipe recipe(Map<String, String> set) {
        Map<String, String> all = new HashMap<>(Map.of("model", model.toString(), "sites.layers", "1,2"));
        all.putAll(set);
        return RecipeReader.read(sequence, all);
    }

    /** Labels of one and of several tokens ("u" "##p"), as known tasks and in the union; the loss goes down. */
    @Test
    void craftRunsThroughAllStages() throws InterruptedException {
        List<RunEvent> events = new ArrayList<>();
        ExperimentRunner runner = new ExperimentRunner(recipe(Map.of("training.epochs", "8", "tasks", "where,who")),
                events::add, RunArtifacts.NONE);
        runner.start();
        runner.await();
        RunState state = new RunState();
        events.forEach(state::apply);
        assertThat(state.endReason()).isEmpty();
        assertThat(state.status()).isEqualTo(RunState.Status.FINISHED);
        assertThat(state.matrix().get(2, 1)).isBetween(0.0, 1.0);
        assertThat(state.unionMatrix().get(2, 1)).isBetween(0.0, 1.0);
        List<Double> losses = events.stream().filter(e -> e instanceof RunEvent.StepDone)
                .map(e -> ((RunEvent.StepDone) e).loss()).toList();
        assertThat(losses.get(losses.size() - 1)).isLessThan(0.5 * losses.get(0));
    }

    @Test
    void aTaskWithoutLabelsIsRefusedBeforeAnythingIsLoaded() throws IOException {
        Path task = Files.createDirectory(temp.resolve("sums"));
        Files.writeString(task.resolve("train.jsonl"), "{\"prompt\": \"1 and 1 is \", \"answer\": \"2\"}\n");
        Files.writeString(task.resolve("test.jsonl"), "{\"prompt\": \"3 and 3 is \", \"answer\": \"6\"}\n");
        Recipe recipe = recipe(Map.of("tasks", task.toString()));
        assertThatThrownBy(() -> Preflight.check(recipe)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Task sums has no labels").hasMessageContaining("choose among labels");
    }

    /** The context holds [SEP] as well. */
    @Test
    void aPromptThatFillsTheContextIsRefused() throws IOException {
        Path task = Files.createDirectory(temp.resolve("long"));
        Files.writeString(task.resolve("about.json"), "{\"instruction\": \"\", \"labels\": [\"a\", \"b\"]}");
        for (int letters : new int[] {125, 126}) {
            String row = "{\"prompt\": \"" + "a ".repeat(letters).strip() + "\", \"answer\": \"b\"}\n";
            Files.writeString(task.resolve("train.jsonl"), row);
            Files.writeString(task.resolve("test.jsonl"), row);
            Recipe recipe = recipe(Map.of("tasks", task.toString(), "data.maxPromptTokens", "0"));
            if (letters == 125) { // [CLS] a x 125 [MASK] [SEP]
                assertThat(Preflight.check(recipe).tasks()).hasSize(1);
            } else {
                assertThatThrownBy(() -> Preflight.check(recipe)).isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("127 tokens").hasMessageContaining("context is 128");
            }
        }
    }

    /** Nothing is past, each row is a whole text, and what is kept are hidden states alone. */
    @Test
    void memoryIsEstimatedForWholeRows() {
        MemoryEstimate memory = Preflight.check(recipe(Map.of("data.unionScores", "false"))).memory();
        assertThat(memory.work().past()).isZero();
        assertThat(memory.work().fresh()).isBetween(30, 128);
        long width = 4L * memory.config().hiddenSize();
        assertThat(memory.work().cache() % width).isZero();
        assertThat(memory.work().cache() / width).isBetween(60L * 30, 60L * 2 * 128);
    }

    @Test
    void bertBaseNeedsAGigabyteOrTwo() throws IOException {
        ModelConfig config = ModelConfig.read(Files.writeString(temp.resolve("config.json"), """
                {"architectures": ["BertForMaskedLM"], "hidden_size": 768, "intermediate_size": 3072,
                "num_hidden_layers": 12, "num_attention_heads": 12, "vocab_size": 30522, "max_position_embeddings": 512}
                """));
        MemoryEstimate memory = new MemoryEstimate("base", config,
                new MemoryEstimate.Workload(8, 0, 100, 2, 40, 6, 5, 8, 0, 200 << 20), EngineSettings.EXACT);
        assertThat(memory.weights()).isEqualTo(4 * 109_514_298L);
        assertThat(memory.total()).isBetween(1_300_000_000L, 2_500_000_000L);
    }

    @Test
    void aModelOfTheUsersIsFoundByName() throws IOException {
        UserModels models = new UserModels(temp);
        assertThat(models.folders()).containsExactly(model.toAbsolutePath());
        assertThat(models.model("tiny-bert")).isEqualTo(model.toAbsolutePath());
        for (String name : new String[] {"oak", "", "..", "../tiny-bert"}) {
            assertThatThrownBy(() -> models.model(name)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("no model \"" + name + "\"").hasMessageContaining("user:tiny-bert");
        }
        assertThat(new UserModels(temp.resolve("none")).folders()).isEmpty();
        assertThat(BaseModels.isName("user:x")).isTrue();
        assertThat(BaseModels.isName("x/user:x")).isFalse();
    }
}
