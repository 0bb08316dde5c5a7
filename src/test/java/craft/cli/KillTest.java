package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import craft.experiment.RunState;
import craft.experiment.TinySequence;
import craft.store.RunRecord;
import craft.store.RunResults;
import craft.store.RunStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs as processes of their own, killed without warning at random moments and resumed until they are finished, end as if nothing
 * had happened. System properties {@code craft.kills} (number, heavy only) and {@code craft.killSeed}.
 */
class KillTest {
    private static final int LIMIT_KB = 16;
    @TempDir
    Path temporary;
    private Path recipe;

    @BeforeEach
    void write() {
        recipe = TinySequence.write(temporary.resolve("tiny"));
    }

    @Test
    @Timeout(900)
    void aRunKilledThriceEndsAsIfNothingHadHappened() throws Exception {
        kill(3, 3);
    }

    @Test
    @Tag("heavy")
    @Timeout(7200)
    void fiftyKillsLeaveNoTrace() throws Exception {
        kill(Integer.getInteger("craft.kills", 50), 10);
    }

    /** A limit of the system on the size of files stands for a full disk: the journal cannot grow beyond it. */
    @Test
    @Timeout(900)
    @EnabledOnOs(OS.LINUX)
    void aFullDiskFailsTheRunWhichGoesOnOnceThereIsRoom() throws Exception {
        assumeThat(Stream.of(System.getenv("PATH").split(":")).anyMatch(d -> Files.isExecutable(Path.of(d, "prlimit")))).isTrue();
        Path expectedRoot = temporary.resolve("expected");
        assertThat(start("run", recipe, expectedRoot).waitFor()).isZero();
        assertThat(journal(expectedRoot)).isGreaterThan(LIMIT_KB * 1024L + 4096);
        Path root = temporary.resolve("full");
        Process process = start("run", recipe, root);
        while (process.isAlive() && journal(root) < 4096) { // beyond the start, which unpacks libraries
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
        assertThat(new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + LIMIT_KB * 1024).inheritIO()
                .start().waitFor()).isZero();
        assertThat(process.waitFor()).as(output(root)).isEqualTo(Cli.FAILURE);
        assertThat(output(root)).contains("could not be written to", "events.jsonl", "resume the run").doesNotContain("Exception", "SEVERE", "whole cause");
        RunRecord run = RunStore.open(only(root));
        assertThat(run.state().status()).isEqualTo(RunState.Status.FAILED);
        assertThat(run.remarks()).as("no half-written line is left").isEmpty();
        assertThat(start("resume", only(root), root).waitFor()).as(output(root)).isZero();
        RunResults.assertSame(only(root), only(expectedRoot));
    }

    /** @param aRun kills of one run at most, so that each gets to its end */
    private void kill(int kills, int aRun) throws Exception {
        long seed = Long.getLong("craft.killSeed", System.nanoTime());
        Random random = new Random(seed);
        Path expectedRoot = temporary.resolve("expected");
        assertThat(start("run", recipe, expectedRoot).waitFor()).isZero();
        Path expected = only(expectedRoot);
        long whole = journal(expected);
        int killed = 0;
        int resumed = 0;
        int identical = 0;
        for (int runs = 1; killed < kills; runs++) {
            Path root = temporary.resolve("runs-" + runs);
            Process process = start("run", recipe, root);
            for (int n = 0; n < aRun && killed < kills; n++) {
                // a place in the journal beyond where it is now, up to about its end; before it is there: somewhere at the start
                long now = journal(root);
                long at = now + (long) (random.nextDouble() * Math.max(400, (whole - now) * 2 / (aRun - n)));
                while (process.isAlive() && journal(root) < at) {
                    Thread.onSpinWait();
                    process.waitFor(2, TimeUnit.MILLISECONDS);
                }
                if (!process.isAlive()) {
                    break;
                }
                process.destroyForcibly().waitFor();
                killed++;
                Path run = only(root);
                if (run == null || !Files.exists(run.resolve("run.json"))) { // killed before there was anything to resume
                    process = start("run", recipe, root.resolveSibling(root.getFileName() + "-again"));
                    root = root.resolveSibling(root.getFileName() + "-again");
                } else {
                    process = start("resume", run, root);
                    resumed++;
                }
            }
            assertThat(process.waitFor()).as("seed %d, %s", seed, output(root)).isZero();
            try {
                RunResults.assertSame(only(root), expected);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", run " + runs + ": " + e.getMessage(), e);
            }
            identical++;
        }
        System.out.println("kill test, seed " + seed + ": " + killed + " kills, " + resumed + " resumed, " + identical
                + " runs finished, all identical to the uninterrupted one");
    }

    private Process start(String command, Path what, Path root) throws IOException {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "-Dcraft.home=" + Path.of("").toAbsolutePath(), "-Dcraft.runs=" + root, "-Dai.djl.offline=true", "craft.Main", command,
                what.toString(), "--quiet"));
        if (command.equals("run")) {
            line.addAll(List.of("--set", "engine.checkpointEvery=3", "--set", "method.routing.rho=1000"));
        }
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(
                ProcessBuilder.Redirect.appendTo(log(root).toFile()));
        builder.environment().put("OMP_NUM_THREADS", "1");
        return builder.start();
    }

    private static Path log(Path root) {
        return root.resolveSibling(root.getFileName() + ".log");
    }

    private static String output(Path root) throws IOException {
        return Files.readString(log(root));
    }

    /** The run's folder, or null while there is none. */
    private static Path only(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return null;
        }
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(Files::isDirectory).findFirst().orElse(null);
        }
    }

    /** Bytes in the run's journal, 0 while there is none. @param root a folder of one run, or the run */
    private static long journal(Path root) throws IOException {
        Path run = Files.exists(root.resolve("events.jsonl")) ? root : only(root);
        Path file = run == null ? null : run.resolve("events.jsonl");
        return file == null || !Files.exists(file) ? 0 : Files.size(file);
    }
}
