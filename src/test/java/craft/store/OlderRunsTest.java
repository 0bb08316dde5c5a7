package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.experiment.EngineOptions;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import craft.experiment.Scenario;
import craft.experiment.TinySequence;
import craft.intervention.AdapterFiles;
import craft.method.craft.CraftOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs kept by earlier versions of the program. */
class OlderRunsTest {
    /** As version 0.1 wrote it: no scenario, no engine, fewer options of training and method. */
    private static final String RUN = """
            {"format": "craft-run", "version": 1, "createdAt": "2026-05-06T07:08:09Z",
             "environment": {"program": "0.1", "java": "17", "javaVm": "x", "os": "Linux", "architecture": "amd64", "processors": 2,
               "maxMemoryBytes": 1, "djl": "0.35.1", "pytorch": "2.7.1"},
             "recipe": {"name": "Old", "description": "", "model": "/m", "tasks": ["/t/one", "/t/two"], "seed": 3,
               "sites": {"layers": "1,3", "positions": "l4", "rank": 4, "identityStart": false},
               "training": {"learningRate": 0.01, "batchSize": 8, "epochs": 2, "warmupRatio": 0.05, "weightDecay": 0.0,
                 "maxGradientNorm": 1.0},
               "data": {"trainRows": 0, "evalRows": 0, "testRows": 5, "maxPromptTokens": 0, "skipBadRows": false,
                 "unionScores": true},
               "method": {"type": "craft", "tuning": {"lambda": 0.25}}}}
            """;
    private static final String FINISHED = "{\"event\":\"RunFinished\",\"seconds\":12.5,\"tokensPerSecond\":1000.0,"
            + "\"trainedParameters\":2056}";
    @TempDir
    Path folder;

    private void write(String run, String event) throws IOException {
        Files.writeString(folder.resolve("run.json"), run);
        Files.writeString(folder.resolve("events.jsonl"), "{\"seq\":1,\"time\":\"2026-05-06T07:08:10Z\",\"crc\":\""
                + Journal.crc(event) + "\",\"event\":" + event + "}\n");
    }

    @Test
    void missingOptionsGetTheirDefaultsAndTheCostIsNotKnown() throws IOException {
        write(RUN, FINISHED);
        RunRecord run = RunStore.open(folder);
        assertThat(run.recipe().training().batchTokens()).isZero();
        assertThat(run.recipe().training().accumulate()).isEqualTo(1);
        assertThat(run.recipe().training().epochs()).isEqualTo(2);
        assertThat(run.recipe().scenario()).isEqualTo(Scenario.TIL);
        assertThat(run.recipe().engine()).isEqualTo(EngineOptions.defaults());
        assertThat(((CraftOptions) run.recipe().method()).tuning().lambda()).isEqualTo(0.25);
        assertThat(((CraftOptions) run.recipe().method()).routing()).isEqualTo(CraftOptions.defaults().routing());
        assertThat(run.state().status()).isEqualTo(RunState.Status.FINISHED);
        assertThat(run.events()).containsExactly(new RunEvent.RunFinished(12.5, 1000, 2056));
        assertThat(run.state().cost()).isEmpty();
        assertThat(run.remarks()).isEmpty();
    }

    @Test
    void aMethodNobodyKnowsIsRefusedByName() throws IOException {
        write(RUN.replace("\"craft\", \"tuning\"", "\"teleport\", \"tuning\""), FINISHED);
        assertThatThrownBy(() -> RunStore.open(folder)).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("teleport", folder.toString());
    }

    @Test
    void theEarlierFormsOfAdaptersHereAreThoseOfTheEarlierPrograms() throws IOException {
        Path kept = Path.of("src/test/resources/adapters");
        EarlierForms.interventions(folder, AdapterFiles.read(kept.resolve("interventions-1")), 1);
        assertThat(folder.resolve("interventions.json")).hasSameTextualContentAs(kept.resolve("interventions-1/interventions.json"));
        EarlierForms.interventions(folder, AdapterFiles.read(kept.resolve("interventions-2")), 2);
        assertThat(folder.resolve("interventions.json")).hasSameTextualContentAs(kept.resolve("interventions-2/interventions.json"));
        EarlierForms.adapters(folder, AdapterFiles.read(kept.resolve("adapters-1")));
        assertThat(folder.resolve("adapters.json")).hasSameTextualContentAs(kept.resolve("adapters-1/adapters.json"));
    }

    /** Puts adapters into their files in an earlier form. */
    private interface Form {
        void write(Path folder, AdapterFiles.Contents contents) throws IOException;
    }

    @Test
    void runsWithAdaptersInAnEarlierFormGoOnAndAreExported() throws Exception {
        Path tiny = TinySequence.write(folder.resolve("tiny"));
        goesOn(tiny, "craft", Map.of("first", (f, c) -> EarlierForms.interventions(f, c, 1), "second",
                (f, c) -> EarlierForms.interventions(f, c, 2)));
        goesOn(tiny, "sequential", Map.of("lora", EarlierForms::adapters));
        goesOn(tiny, "moe-lora", Map.of("experts", EarlierForms::adapters));
    }

    private void goesOn(Path tiny, String method, Map<String, Form> forms) throws Exception {
        RunStore store = new RunStore(folder.resolve("runs"));
        RunSession session = store.prepare(TinyRuns.recipe(tiny, method));
        TinyRuns.run(session);
        for (Map.Entry<String, Form> form : forms.entrySet()) {
            Path run = TinyRuns.stopped(store, TinyRuns.recipe(tiny, method),
                    e -> e instanceof RunEvent.StepDone s && s.task() == 2 && s.step() == s.plannedSteps());
            Path first = run.resolve("interventions/after-1");
            AdapterFiles.Contents contents = AdapterFiles.read(first);
            AtomicFiles.writeFolder(first, beside -> form.getValue().write(beside, contents));
            assertThat(AdapterFiles.read(first)).usingRecursiveComparison().isEqualTo(contents);
            assertThat(Exports.export(run, folder.resolve("out-" + form.getKey()), ExportFormat.CRAFT)).extracting(f ->
                    f.getFileName().toString()).containsExactly("adapters.safetensors", "adapters.json", "recipe.json");
            assertThat(AdapterFiles.read(folder.resolve("out-" + form.getKey()))).usingRecursiveComparison().isEqualTo(contents);
            TinyRuns.run(store.resume(run));
            assertThat(RunStore.open(run).state().notes()).noneMatch(note -> note.contains("cannot be used"));
            assertThat(AdapterFiles.read(first)).as("what is there stays in its form").usingRecursiveComparison().isEqualTo(contents);
            AtomicFiles.writeFolder(first, beside -> AdapterFiles.write(beside, contents));
            RunResults.assertSame(run, session.folder());
        }
    }
}
