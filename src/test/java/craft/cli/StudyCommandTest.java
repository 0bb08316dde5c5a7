package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import craft.experiment.Json;
import craft.experiment.TinySequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whole studies on a real, tiny model. */
@Timeout(300)
class StudyCommandTest {
    @TempDir
    Path temp;
    private Path study;

    @BeforeEach
    void write() throws IOException {
        TinySequence.write(temp.resolve("tiny"), 2);
        study = Files.writeString(temp.resolve("study.json"), """
                {"name": "Tiny study", "base": "tiny",
                 "set": {"tasks": "TEMP/who,TEMP/where", "training.epochs": 1, "data.trainRows": 8, "data.evalRows": 2, "data.testRows": 4},
                 "methods": [{"name": "CRAFT"}, {"name": "plain", "set": {"method.routing.enabled": false,
                   "method.tuning.lambda": 0, "method.tuning.epsilon": 0, "method.merging.enabled": false}}],
                 "seeds": [1, 2], "orders": [["who", "where"], ["where", "who"]]}
                """.replace("TEMP", temp.resolve("tiny").toString()));
    }

    private static Captured run(int exit, String... args) {
        Captured console = new Captured();
        assertThat(console.run(args)).as(() -> console.err() + console.out()).isEqualTo(exit);
        return console;
    }

    private String json(Path folder) {
        return run(0, "study", "table", folder.toString(), "--json").out();
    }

    @Test
    void aStudyIsRunReportedAndGatheredAgain() throws IOException {
        Path all = temp.resolve("all");
        Captured first = run(0, "study", "run", study.toString(), "--out", all.toString(), "--only", "craft-o1-s1,plain-o2-s2");
        assertThat(first.err()).contains("[1/2] craft-o1-s1").contains("2 runs: 2 finished.");
        assertThat(first.out()).contains("Incomplete: 6 of 8 runs are missing").contains("1 of 4")
                .contains("Study folder: " + all);
        Path half = temp.resolve("half");
        run(0, "study", "run", study.toString(), "--out", half.toString(), "--quiet", "--only",
                "craft-o1-s2,craft-o2-s1,plain-o1-s1");

        Captured rest = run(0, "study", "run", all.toString(), "--quiet");
        assertThat(rest.err()).isEqualTo("8 runs: 6 finished, 2 finished before.\n");
        assertThat(rest.out()).contains("8 runs, all finished").contains("OP against CRAFT").contains("Order robustness");
        Path table = all.resolve("results/table.md");
        assertThat(table).content().contains("| CRAFT | 4 |").contains("corrected resampled t-test");
        assertThat(run(0, "study", "table", all.toString(), "--markdown").out()).isEqualTo(Files.readString(table));
        assertThat(run(0, "study", "table", all.toString(), "--csv").out()).startsWith("method,runs,").hasLineCount(3);
        JsonNode json = Json.mapper().readTree(json(all));
        assertThat(json.path("methods")).hasSize(2);
        assertThat(json.path("runs")).hasSize(8).allSatisfy(r -> {
            assertThat(r.path("op").asDouble()).isBetween(0.0, 1.0);
            assertThat(r.path("storedBytes").asDouble()).isPositive();
        });

        Path gathered = temp.resolve("gathered");
        Captured collect = run(0, "study", "collect", half.toString(), "--to", gathered.toString());
        assertThat(collect.err()).contains("3 runs gathered");
        assertThat(collect.out()).contains("Incomplete: 5 of 8");
        assertThat(run(0, "study", "collect", all.toString(), "--to", gathered.toString()).err()).contains("5 runs gathered, 3 "
                + "there already");
        // three of the runs were trained twice: all but the clock must agree
        assertThat(withoutTimes(json(gathered))).isEqualTo(withoutTimes(json(all)));
        assertThat(run(0, "study", "list", "--in", temp.toString()).out()).contains("gathered").contains("Tiny study")
                .contains("8/8").contains("3/8");
        assertThat(run(0, "study", "list", half.toString()).out()).containsPattern("craft-o1-s1 +CRAFT +1 +1 +missing");

        assertThat(run(0, "runs", "what-if", all.resolve("runs/craft-o1-s1").toString(), "--rho", "0,1000").out())
                .contains("rho 1000.0").containsPattern("Groups opened +\\d +2 +1\n");
        assertThat(run(2, "runs", "what-if", all.resolve("runs/plain-o1-s1").toString(), "--rho", "1").err())
                .contains("no routing decisions");
        assertThat(run(2, "study", "export", all.toString(), "--commands", temp.resolve("c").toString()).err())
                .contains("nothing to export");
    }

    private static String withoutTimes(String json) {
        return json.replaceAll("\"seconds\" : (\\{[^}]*}|[0-9.E-]+)", "");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void anExportedLineMakesItsRunInAProcessOfItsOwn() throws IOException, InterruptedException {
        Path folder = temp.resolve("it's here");
        Path commands = temp.resolve("commands.sh");
        Path slurm = temp.resolve("array.sh");
        run(0, "study", "export", study.toString(), "--out", folder.toString(), "--commands", commands.toString(), "--slurm",
                slurm.toString());
        assertThat(Files.readAllLines(commands)).hasSize(8);
        assertThat(Files.readString(slurm)).startsWith("#!/bin/bash\n").contains("#SBATCH --array=0-7\n")
                .contains("\n  plain-o2-s2\n").contains("--only \"${runs[${SLURM_ARRAY_TASK_ID:");
        Process one = new ProcessBuilder("bash", slurm.toString()).redirectErrorStream(true)
                .redirectOutput(temp.resolve("log").toFile()).directory(temp.toFile()).start();
        one.getOutputStream().close();
        assertThat(one.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(one.exitValue()).as("outside of a job array no run is named").isNotZero();
        ProcessBuilder array = new ProcessBuilder("bash", slurm.toString()).redirectErrorStream(true)
                .redirectOutput(temp.resolve("log").toFile()).directory(temp.toFile());
        array.environment().put("SLURM_ARRAY_TASK_ID", "7");
        Process last = array.start();
        assertThat(last.waitFor(200, TimeUnit.SECONDS)).isTrue();
        assertThat(last.exitValue()).as(() -> read(temp.resolve("log"))).isZero();
        assertThat(run(0, "study", "list", folder.toString()).out()).containsPattern("plain-o2-s2 +plain +2 +2 +finished")
                .containsPattern("plain-o2-s1 +plain +2 +1 +missing");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void aFailingMethodDoesNotStopTheOthers() throws IOException {
        Files.writeString(study, Files.readString(study).replace("\"seeds\": [1, 2]", "\"seeds\": [1]")
                .replace(", [\"where\", \"who\"]", "").replace("{\"name\": \"CRAFT\"}",
                        "{\"name\": \"CRAFT\", \"set\": {\"sites.rank\": 60000}}"));
        Path folder = temp.resolve("all");
        Captured console = run(1, "study", "run", study.toString(), "--out", folder.toString());
        assertThat(console.err()).contains("craft-o1-s1: failed: Option sites.rank is 60000")
                .contains("2 runs: 1 finished, 1 failed.").doesNotContain("Exception");
        assertThat(console.out()).contains("Missing runs").contains("craft-o1-s1  failed  Option sites.rank is 60000");
    }

    @Test
    void badInputEndsWithTwoAndOneMessage() {
        for (List<String> line : List.of(List.of("study", "run", "no-such-study"), List.of("study"), List.of("study", "ran"),
                List.of("study", "run", study.toString(), "--out", temp.resolve("x").toString(), "--only", "nothing"),
                List.of("study", "table", temp.resolve("tiny").toString()),
                List.of("study", "table", study.toString(), "--json", "--csv"), List.of("study", "collect"),
                List.of("study", "collect", temp.resolve("tiny").toString()), List.of("study", "export", study.toString()),
                List.of("runs", "what-if", "no-such-run"))) {
            Captured console = run(2, line.toArray(String[]::new));
            assertThat(console.err().lines()).as(String.join(" ", line)).hasSize(1).first().asString()
                    .doesNotContain("Exception");
            assertThat(console.out()).isEmpty();
        }
    }
}
