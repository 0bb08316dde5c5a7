package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.experiment.Divergence;
import craft.experiment.RecipeReader;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunState;
import craft.experiment.TinySequence;
import craft.lm.FloatTensor;
import craft.lm.SafeTensors;
import craft.store.RunStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No number, no result: a run whose numbers stop being finite ends there, as failed, and keeps nothing of them. */
@Timeout(240)
class DivergedRunTest {
    @TempDir
    Path temporary;

    static List<String> types() {
        return RecipeReader.methodTypes();
    }

    /** The largest rates and scales that options allow, and nothing to hold them. */
    private static List<String> absurd(String type) {
        Map<String, String> set = new TreeMap<>(Map.of("method.type", type, "training.learningRate", "10", "training.maxGradientNorm", "0",
                "training.warmupRatio", "0", "training.epochs", "4", "engine.checkpointEvery", "1"));
        RecipeReader.options(RecipeReader.with(RecipeReader.of("x", "bundled:seedling", List.of()), Map.of("method.type", type))).keySet()
                .stream().filter(option -> option.endsWith(".lora.alpha")).forEach(option -> set.put(option, "1e6"));
        List<String> args = new ArrayList<>();
        set.forEach((option, value) -> args.addAll(List.of("--set", option + "=" + value)));
        return args;
    }

    private int run(Captured console, Path recipe, List<String> more) {
        List<String> args = new ArrayList<>(List.of("run", recipe.toString(), "--quiet", "--out", temporary.resolve("runs").toString()));
        args.addAll(more);
        return console.run(args.toArray(String[]::new));
    }

    private Path folder() {
        return new RunStore(temporary.resolve("runs")).list().get(0).folder();
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyMethodStopsAtItsFirstNumberThatIsNotFinite(String type) throws IOException {
        Captured console = new Captured();
        int code = run(console, TinySequence.write(temporary.resolve("tiny")), absurd(type));
        RunState state = RunStore.open(folder()).state();
        if (type.equals("frozen") || state.divergence().isEmpty()) { // LoReFT's edits may stay finite, however absurd
            assertThat(code).isZero();
            assertThat(state.status()).isEqualTo(RunState.Status.FINISHED);
        } else {
            assertThat(code).isEqualTo(Cli.FAILURE);
            assertThat(state.status()).isEqualTo(RunState.Status.FAILED);
            Divergence found = state.divergence().orElseThrow();
            assertThat(console.err()).contains("The run failed: Training has diverged: ", "task " + found.task() + ", \"" + found.taskName()
                    + "\"", "step " + found.runStep() + " of the run", "a smaller training.learningRate (now 10)",
                    "training.maxGradientNorm, for example at 1 (now 0)", "fail in the same way").doesNotContain("Exception");
            assertThat(found.keptStep()).as("the last finite checkpoint").isBetween(0, found.runStep());
            assertThat(found.runStep()).isBetween(state.steps().size(), state.steps().size() + 1);
        }
        requireFinite(state);
    }

    private void requireFinite(RunState state) throws IOException {
        for (StepDone step : state.steps()) {
            assertThat(List.of(step.loss(), step.crossEntropy(), step.gradientNorm(), step.lambda())).allSatisfy(n -> assertThat(n).isFinite());
        }
        try (Stream<Path> files = Files.walk(folder())) {
            List<Path> tensors = files.filter(f -> f.toString().endsWith(".safetensors")).toList();
            assertThat(tensors).as("checkpoints").isNotEmpty();
            for (Path file : tensors) {
                try (SafeTensors open = SafeTensors.open(file)) {
                    for (String name : open.names()) {
                        for (float number : open.floats(name)) {
                            assertThat(Float.isFinite(number)).as(file + ": " + name).isTrue();
                        }
                    }
                }
            }
        }
        try (Stream<Path> files = Files.walk(folder().resolve("predictions"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain("\"NaN\"", "Infinity\"");
            }
        }
    }

    @Test
    void loraOnTheWholeModelFailsAndResumedFailsInTheSameWay() throws IOException {
        Captured console = new Captured();
        assertThat(run(console, TinySequence.write(temporary.resolve("tiny")), absurd("sequential"))).isEqualTo(Cli.FAILURE);
        Divergence first = RunStore.open(folder()).state().divergence().orElseThrow();
        assertThat(first.options()).containsEntry("method.adapter.lora.alpha", "1000000");
        Captured again = new Captured();
        assertThat(again.run("resume", folder().toString(), "--quiet")).isEqualTo(Cli.FAILURE);
        RunState state = RunStore.open(folder()).state();
        assertThat(state.divergence()).contains(first);
        assertThat(state.tasksFinished()).isZero();
        Captured check = new Captured();
        check.run("check", folder().toString());
        assertThat(check.out()).contains("failed", "Training has diverged").doesNotContain("To go on: resume");
        requireFinite(state);
    }

    /** Finite weights can be too large for what is computed of them. */
    @Test
    void aModelThatOverflowsIsToldBeforeAnythingIsTrained() throws IOException {
        Path tiny = TinySequence.write(temporary.resolve("tiny"));
        Path model = Files.createDirectory(temporary.resolve("model"));
        Path stories = Path.of("src/test/resources/models/stories260k");
        for (String file : List.of("config.json", "tokenizer.json")) {
            Files.copy(stories.resolve(file), model.resolve(file));
        }
        TreeMap<String, FloatTensor> tensors = new TreeMap<>();
        try (SafeTensors weights = SafeTensors.open(stories.resolve("model.safetensors"))) {
            for (String name : weights.names()) {
                float[] numbers = weights.floats(name);
                for (int i = 0; name.equals("model.norm.weight") && i < numbers.length; i++) {
                    numbers[i] *= 1e38f / 8;
                }
                tensors.put(name, new FloatTensor(weights.entry(name).shape(), numbers));
            }
        }
        SafeTensors.write(model.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        Captured console = new Captured();
        assertThat(run(console, tiny, List.of("--set", "model=" + model))).isEqualTo(Cli.FAILURE);
        assertThat(console.err()).contains("The untrained model gives no usable numbers", "task 1, \"who\"", "the log-likelihood of an answer")
                .doesNotContain("Exception", "learningRate");
        RunState state = RunStore.open(folder()).state();
        assertThat(state.status()).isEqualTo(RunState.Status.FAILED);
        assertThat(state.evaluations()).isEmpty();
    }

    @Test
    void theJournalKeepsTheFactsForTheWindow() throws IOException {
        run(new Captured(), TinySequence.write(temporary.resolve("tiny")), absurd("sequential"));
        List<String> lines = Files.readAllLines(folder().resolve("events.jsonl"));
        JsonNode end = new ObjectMapper().readTree(lines.get(lines.size() - 1)).path("event").path("divergence");
        assertThat(end.path("what").asText()).isIn("loss", "gradient", "weights");
        assertThat(end.path("options").fieldNames()).toIterable().startsWith("training.learningRate", "training.maxGradientNorm");
    }
}
