package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.experiment.EngineOptions;
import craft.experiment.bench.BenchReport;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    private final Captured console = new Captured();

    private static String stories() throws URISyntaxException {
        return Path.of(BenchCommandTest.class.getResource("/models/stories260k").toURI()).toString();
    }

    @Test
    void oneObjectComesLastAndTablesGoToTheErrorStream() throws IOException, URISyntaxException {
        assertThat(console.run("bench", "--json", "--quick", "--skip-135m", "--steps", "20", "--layers", "1-3", "--prompts",
                "32,64", "--model",
                stories())).as(console.err()).isZero();
        assertThat(console.out().lines()).hasSize(1);
        JsonNode json = new ObjectMapper().readTree(console.out());
        assertThat(json.get("quick").booleanValue()).isTrue();
        assertThat(json.get("threads").intValue()).isPositive();
        assertThat(json.get("peakGflops").doubleValue()).isPositive();
        JsonNode model = json.get("models").get(0);
        assertThat(json.get("models")).hasSize(1);
        assertThat(model.get("name").textValue()).isEqualTo("stories260k");
        assertThat(model.get("forward")).hasSize(2).allSatisfy(f -> assertThat(f.get("ofPeak").doubleValue()).isPositive());
        // the layers asked for and the upper half, each at two lengths
        assertThat(model.get("steps").findValuesAsText("prompt")).containsExactly("32", "64", "32", "64");
        assertThat(model.get("steps").findValuesAsText("lowestLayer")).isEqualTo(List.of("1", "1", "2", "2"));
        assertThat(model.get("steps")).allSatisfy(step -> assertThat(step.get("ratio").doubleValue()).isPositive());
        assertThat(model.get("growth").get("steps").intValue()).isEqualTo(20);
        assertThat(model.get("evaluation").get("rowsPerSecondAgain").doubleValue()).isPositive();
        assertThat(model.get("generation").get("tokens").intValue()).isEqualTo(64);
        assertThat(model.get("generation").get("tokensPerSecondKept").doubleValue()).isPositive();
        assertThat(model.get("agreement").findValuesAsText("way")).containsExactly("bfloat16 blocks", "float16 cache");
        assertThat(model.get("agreement")).allSatisfy(a -> assertThat(a.get("kl").doubleValue()).isBetween(1e-12, 1e-2));
        assertThat(model.get("agreement")).allSatisfy(a -> assertThat(a.get("accuracy").doubleValue()).isBetween(0.05, 0.95));
        assertThat(model.get("agreement").get(1).get("sameToken").doubleValue()).isEqualTo(1);
        assertThat(model.get("agreement").get(1).get("accuracyDifference").doubleValue()).isZero();
        assertThat(model.get("agreement").get(1).get("cacheBytesRatio").doubleValue()).isEqualTo(0.5);
        assertThat(model.get("estimatedBytes").longValue()).isGreaterThan(100_000_000);
        assertThat(console.err()).contains("Measuring stories260k: memory over 20 steps", "Peak ", "Cached ms",
                "plain forward pass", "generation, 8 rows of 64 tokens", "resident memory");
    }

    @Test
    void aChildPrintsTheSecondsOfEachKindOfWork() throws IOException, URISyntaxException {
        assertThat(console.run("bench", "--steps-alone", "--model", stories())).as(console.err()).isZero();
        JsonNode seconds = new ObjectMapper().readTree(console.out());
        assertThat(seconds).hasSize(3).allSatisfy(value -> assertThat(value.doubleValue()).isPositive());
        assertThat(seconds.get("cached step").doubleValue()).isLessThan(seconds.get("plain step").doubleValue());
    }

    @Test
    @Tag("heavy")
    void equalBitsAreMeasuredBothWaysInProcessesOfTheirOwn() throws URISyntaxException {
        assumeThat(EngineOptions.matrixLibraryMode()).isNotEmpty();
        List<String> told = new ArrayList<>();
        BenchReport.Table table = new MatrixModeCost(told::add).measure(stories());
        assertThat(table.rows()).extracting(row -> row.get(0)).containsExactly("plain pass", "plain step", "cached step");
        assertThat(table.rows()).allSatisfy(row -> assertThat(Double.parseDouble(row.get(3))).isBetween(0.1, 10.0));
        assertThat(told).hasSize(4).last().asString().contains("MKL_CBWR=(nothing)");
    }

    @Test
    void whatCannotBeMeasuredIsRefusedAtOnce() throws URISyntaxException {
        refused("no bundled model \"oak\"", "--model", "bundled:oak");
        refused("Option --layers names layer 5", "--model", stories(), "--layers", "5");
        refused("Option --layers is \"x\"", "--model", stories(), "--layers", "x");
        refused("Option --steps is 3", "--steps", "3");
        refused("Option --prompts has 4", "--prompts", "64,4");
        refused("--step", "--step", "3");
    }

    private static void refused(String message, String... options) {
        Captured console = new Captured();
        String[] line = new String[options.length + 1];
        line[0] = "bench";
        System.arraycopy(options, 0, line, 1, options.length);
        assertThat(console.run(line)).isEqualTo(2);
        assertThat(console.out()).isEmpty();
        assertThat(console.err().lines()).hasSize(1).first().asString().contains(message);
    }

    @Test
    void checkShowsWhatAModelNeeds() throws URISyntaxException {
        assertThat(console.run("check", stories())).isZero();
        assertThat(console.out()).containsPattern("memory {6}about [0-9.]+ [MG]B of this machine's [0-9.]+ [MG]B: weights "
                + "in float32 1 MB");
    }
}
