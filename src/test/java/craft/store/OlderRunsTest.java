package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.experiment.EngineOptions;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import craft.experiment.Scenario;
import craft.method.craft.CraftOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
