package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.experiment.RecipeReader;
import craft.experiment.RunEvent;
import craft.experiment.TinySequence;
import craft.experiment.RunState;
import craft.store.RunSession;
import craft.store.RunStore;
import craft.store.RunSummary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whole commands on a real, small model. */
@Timeout(240)
class CliRunTest {
    @TempDir
    Path temporary;
    private Path recipe;
    private Path runs;

    @BeforeEach
    void write() {
        recipe = TinySequence.write(temporary.resolve("tiny"));
        runs = temporary.resolve("runs");
    }

    @Test
    void aRunIsReportedKeptListedAndExported() throws IOException {
        Captured console = new Captured();
        assertThat(console.run("run", recipe.toString(), "--out", runs.toString(), "--json", "--seed", "3",
                "--set", "training.epochs=1")).isZero();
        List<String> lines = console.out().lines().toList();
        JsonNode result = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(result.get("matrix")).hasSize(3);
        double sum = 0;
        for (JsonNode row : result.get("matrix")) {
            assertThat(row).hasSize(3);
        }
        for (JsonNode cell : result.get("matrix").get(2)) {
            sum += cell.asDouble();
        }
        assertThat(result.get("op").asDouble()).isCloseTo(sum / 3, within(1e-12));
        assertThat(result.get("groups")).hasSize(3);
        assertThat(result.get("seconds").asDouble()).isPositive();
        assertThat(result.get("tokensPerSecond").asDouble()).isPositive();
        assertThat(console.err()).contains("OP", "Forgetting", "BWT", "FWT", "who-again");

        Path run = Path.of(result.get("run").asText());
        assertThat(run).hasParent(runs);
        List<RunSummary> list = new RunStore(runs).list();
        assertThat(list).hasSize(1);
        assertThat(list.get(0).status()).isEqualTo(RunState.Status.FINISHED);
        assertThat(list.get(0).op()).isCloseTo(sum / 3, within(1e-12));

        Path target = temporary.resolve("export");
        Captured exporting = new Captured();
        assertThat(exporting.run("export", run.toString(), "--format", "pyreft", "--to", target.toString())).isZero();
        assertThat(target.resolve("group-1/config.json")).exists();
        assertThat(target.resolve("group-1").toFile().list((d, name) -> name.startsWith("intkey_"))).hasSize(2);
        Captured good = new Captured();
        assertThat(good.run("check", run.toString())).isZero();
        assertThat(good.out()).contains(": good, its interventions can be exported");
        Files.writeString(run.resolve("interventions/after-3/adapters.json"), "{}"); // check opens what an export opens
        Captured damaged = new Captured();
        assertThat(damaged.run("check", run.toString())).isZero();
        assertThat(damaged.out()).contains(": readable, what it trained cannot be exported", "adapters.json");
    }

    @Test
    void theSameSeedGivesTheSameInterventionsByteForByte() throws IOException {
        for (String out : List.of("a", "b")) {
            assertThat(new Captured().run("run", recipe.toString(), "--quiet", "--out", runs.resolve(out).toString())).isZero();
        }
        Path a = weights(runs.resolve("a"));
        Path b = weights(runs.resolve("b"));
        assertThat(a).isNotEqualTo(b);
        assertThat(Files.mismatch(a, b)).isEqualTo(-1);
    }

    @Test
    void aQueueGoesOnAfterAFailureAndSaysWhichFailed() throws IOException {
        Path other = TinySequence.write(temporary.resolve("other"), 2);
        Files.writeString(temporary.resolve("bad.json"), "{\"tasks\": [\"nowhere\"]}");
        Captured console = new Captured();
        assertThat(console.run("run", temporary.resolve("bad.json").toString(), other.toString(), "--quiet", "--out",
                runs.toString(), "--set", "training.epochs=1", "--set", "tasks=" + other.resolve("who"))).isZero();
        assertThat(new RunStore(runs).list()).hasSize(2);
        Captured second = new Captured();
        assertThat(second.run("run", temporary.resolve("bad.json").toString(), other.toString(), "--quiet", "--out",
                runs.toString(), "--set", "training.epochs=1")).isEqualTo(2);
        assertThat(second.err().lines().filter(line -> line.startsWith(temporary.resolve("bad.json").toString())).reduce((a, b) -> b)
                .orElseThrow()).contains("refused", "nowhere").doesNotContain("Exception");
        assertThat(second.err().lines().filter(line -> line.startsWith(other.toString()))).singleElement().asString()
                .contains("finished", runs.toString());
        assertThat(second.out()).contains("finished in");
        assertThat(new RunStore(runs).list()).hasSize(3);
    }

    @Test
    void aRunThatIsStoppedIsResumedByItsFolderAndAFinishedOneIsRefused() throws Exception {
        RunSession session = new RunStore(runs).prepare(RecipeReader.read(recipe, Map.of("training.epochs", "1", "tasks", "who")));
        session.addListener(event -> {
            if (event instanceof RunEvent.StepDone) {
                session.control().stop();
            }
        });
        session.control().start();
        session.control().await();
        Captured checking = new Captured();
        assertThat(checking.run("check", session.folder().toString())).isZero();
        assertThat(checking.out()).contains("interrupted after 0 of 1 task", "To go on: resume " + session.folder());
        Captured console = new Captured();
        assertThat(console.run("resume", session.folder().toString(), "--json")).isZero();
        JsonNode result = new ObjectMapper().readTree(console.out().lines().reduce((a, b) -> b).orElseThrow());
        assertThat(result.get("status").asText()).isEqualTo("finished");
        assertThat(result.get("cost").get("tokensForward").asLong()).isGreaterThan(result.get("cost").get("tokensBackward").asLong());
        assertThat(result.get("cost").get("trainedParameters").asLong()).isEqualTo(2 * (2 * 4 * 64 + 4));
        assertThat(console.err()).contains("Cost: ", "tokens forward", "kept between tasks", "resumed from checkpoint 00000");
        Captured again = new Captured();
        assertThat(again.run("resume", session.folder().toString())).isEqualTo(2);
        assertThat(again.err()).contains("finished; there is nothing to resume").doesNotContain("Exception");
    }

    @Test
    void ctrlCStopsAfterTheStepThenAtOnce() {
        List<String> asked = new ArrayList<>();
        StopOnSignal signal = new StopOnSignal(() -> asked.add("stop"), () -> asked.add("now"),
                new PrintStream(OutputStream.nullOutputStream()));
        try {
            signal.interrupted();
            assertThat(asked).containsExactly("stop");
            signal.interrupted();
            assertThat(asked).containsExactly("stop", "now");
        } finally {
            signal.withdraw();
        }
    }

    private static Path weights(Path root) {
        return new RunStore(root).list().get(0).folder().resolve("interventions/after-3/adapters.safetensors");
    }

    /** Whether this process was started with Ctrl+C ignored, as background jobs of a shell are; its children inherit that. */
    private static boolean ctrlCIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.isReadable(status) && Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    /** A person's Ctrl+C (or, where that is ignored, a polite kill), in a process of its own. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anInterruptedRunKeepsWhatItHadAndEndsWith130() throws IOException, InterruptedException {
        TinySequence.write(temporary.resolve("tiny"), 5000);
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), "-Dcraft.home=" + Path.of("").toAbsolutePath(), "craft.Main",
                "run", recipe.toString(), "--out", runs.toString()).redirectOutput(temporary.resolve("out").toFile()).start();
        int expected;
        try (BufferedReader progress = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            String line = progress.readLine();
            while (line != null && !line.contains("warm")) {
                line = progress.readLine();
            }
            assertThat(line).as("progress of the warm-up").isNotNull();
            boolean ignored = ctrlCIgnored();
            expected = ignored ? 128 + 15 : 130;
            new ProcessBuilder("kill", ignored ? "-TERM" : "-INT", Long.toString(process.pid())).start().waitFor();
            while (line != null) {
                line = progress.readLine();
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(expected);
        List<RunSummary> list = new RunStore(runs).list();
        assertThat(list).hasSize(1);
        assertThat(list.get(0).status()).isEqualTo(RunState.Status.INTERRUPTED);
        assertThat(RunStore.open(list.get(0).folder()).state().evaluations()).hasSize(3);
    }
}
