package craft.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import craft.experiment.Json;
import craft.experiment.RecipeReader;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import craft.task.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** A made-up study: methods a, b and a joint one, two orders of two tasks, two seeds. */
class StudyResultsTest {
    private static final Offset<Double> CLOSE = within(1e-12);

    private static Study study() {
        return new Study("Made up", "", RecipeReader.of("Tiny", "bundled:seedling", List.of("/t/x", "/t/y")),
                List.of(new Variant("a", Map.of()), new Variant("b|_", Map.of("training.epochs", "7")),
                        new Variant("all", Map.of("training.epochs", "8"))),
                Map.of(), List.of(1L, 2L), List.of(new TaskOrder(List.of(1, 2)), new TaskOrder(List.of(2, 1))), "a", "all");
    }

    /** Finished with a_11, a_21 and a_22 as given; the untrained model scores 0.25. 300 training rows, 100 test rows. */
    private static RunResult finished(StudyRun run, double a11, double a21, double a22, double seconds) {
        RunState state = new RunState();
        state.apply(new RunEvent.RunStarted("", "", "", run.seed(), List.of(
                new RunEvent.TaskInfo("x", "", "", List.of(), 100, 40), new RunEvent.TaskInfo("y", "", "", List.of(), 200, 60)), 1));
        double[][] rows = {{0.25, 0.25}, {a11, 0.25}, {a21, a22}};
        for (int j = 0; j < 3; j++) {
            for (int i = 1; i <= 2; i++) {
                state.apply(new RunEvent.TaskEvaluated(j, i, 1, true, new Score(rows[j][i - 1], 0, 0, 0, 1)));
            }
        }
        state.apply(new RunEvent.RunFinished(seconds, 10, 100));
        return new RunResult(run, RunResult.Status.FINISHED, "", state, List.of());
    }

    private static RunResult missing(StudyRun run, RunResult.Status status, String reason) {
        return new RunResult(run, status, reason, new RunState(), List.of());
    }

    /** OP of a: 0.5 0.6 0.7 0.8 (o1s1 o1s2 o2s1 o2s2); of b the same plus 0.1, 0.2, 0.3, and the last failed. */
    private static StudyResults results() {
        Study study = study();
        List<RunResult> runs = new ArrayList<>();
        double[] a = {0.5, 0.6, 0.7, 0.8};
        for (int i = 0; i < 4; i++) {
            runs.add(finished(study.runs().get(i), 0.9, a[i], a[i], 10 + i));
        }
        for (int i = 0; i < 3; i++) {
            runs.add(finished(study.runs().get(4 + i), 0.9, a[i] + (i + 1) / 10.0, a[i] + (i + 1) / 10.0, 20));
        }
        runs.add(missing(study.runs().get(7), RunResult.Status.FAILED, "No \"memory\", none"));
        runs.add(finished(study.runs().get(8), 0.9, 0.95, 0.85, 5));
        for (int i = 9; i < 12; i++) {
            runs.add(missing(study.runs().get(i), RunResult.Status.MISSING, ""));
        }
        return new StudyResults(study, runs);
    }

    private static Figure figure(String key) {
        return Figure.ALL.stream().filter(f -> f.key().equals(key)).findFirst().orElseThrow();
    }

    @Test
    void summariesAreOfFinishedRuns() {
        Summary op = results().summary("a", Figure.OP);
        assertThat(op.count()).isEqualTo(4);
        assertThat(op.mean()).isEqualTo(0.65, CLOSE);
        assertThat(op.deviation()).isEqualTo(Math.sqrt((0.15 * 0.15 + 0.05 * 0.05) * 2 / 3), CLOSE);
        assertThat(results().summary("b|_", Figure.OP).count()).isEqualTo(3);
        assertThat(results().summary("a", figure("forgetting")).mean()).isEqualTo(0.9 - 0.65, CLOSE);
        assertThat(results().summary("a", figure("seconds")).mean()).isEqualTo(11.5, CLOSE);
    }

    @Test
    void onlyPairsThatBothHaveFinishedAreCompared() {
        Comparison c = results().comparison("b|_").orElseThrow();
        assertThat(results().differences("b|_", "a")).containsExactly(new double[] {0.1, 0.2, 0.3}, CLOSE);
        double t = 0.2 / (Math.sqrt(1 / 3.0 + 100 / 300.0) * 0.1);
        assertThat(c.test().t()).isEqualTo(t, within(1e-9));
        assertThat(c.test().p()).isEqualTo(1 - t / Math.sqrt(2 + t * t), within(1e-9));
        assertThat(c.interval().low()).isBetween(0.1 - 1e-12, 0.2);
        assertThat(c.interval().high()).isBetween(0.2, 0.3 + 1e-12);
        assertThat(c.wins()).isEqualTo(new Wins(3, 0, 0));
        assertThat(results().wins("a", "b|_")).isEqualTo(new Wins(0, 0, 3));
        assertThat(results().comparison("a")).as("the reference itself").isEmpty();
    }

    @Test
    void orderRobustnessIsTheSpreadOfTheOrdersMeans() {
        Summary spread = results().orders("a"); // 0.55 and 0.75
        assertThat(spread.range()).isEqualTo(0.2, CLOSE);
        assertThat(spread.deviation()).isEqualTo(0.2 / Math.sqrt(2), CLOSE);
        assertThat(results().orders("all").deviation()).as("one order only").isNaN();
    }

    @Test
    void intransigenceTakesTheJointRunOfTheSameOrderAndSeed() {
        RunResult first = results().runs().get(0); // a_11 = 0.9, a_22 = 0.5; joint 0.95 and 0.85
        assertThat(figure("intransigence").of(first)).isEqualTo((0.05 + 0.35) / 2, CLOSE);
        assertThat(figure("intransigence").of(results().runs().get(1))).isNaN();
    }

    @Test
    void tablesSayWhatIsMissingAndFromWhere() {
        String text = new StudyTable(results()).markdown();
        assertThat(text).contains("Incomplete: 4 of 12 runs are missing")
                .contains("| b-o2-s2 | failed | No \"memory\", none |").contains("| all-o2-s2 | missing |  |")
                .contains("| b\\|\\_ | 3 of 4 | 0.800 ± 0.200 |").contains("| a | 4 | 0.650 ± 0.129 |")
                .contains("| b\\|\\_ | 3 | +0.200 |").contains("n\\_test/n\\_train = 0.333")
                .contains("| a | 0.550 | 0.750 | 0.141 | 0.200 |").doesNotContain("NaN");
    }

    @Test
    void csvQuotesAndLeavesUnknownNumbersEmpty() {
        StudyTable table = new StudyTable(results());
        List<String> lines = table.csv().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).startsWith("method,runs,planned_runs,op_mean,op_sd,forgetting_mean");
        assertThat(lines.get(1)).startsWith("a,4,4,0.65").endsWith("," + results().orders("a").range());
        int columns = lines.get(0).split(",", -1).length;
        assertThat(lines).allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(columns));
        assertThat(table.csv() + table.runsCsv()).doesNotContain("NaN");
        assertThat(table.runsCsv()).contains("\nb-o2-s2,b|_,2,2,failed,,").contains(",\"No \"\"memory\"\", none\"\n");
    }

    @Test
    void jsonHasEveryNumberAndNullForWhatIsUnknown() throws IOException {
        JsonNode json = Json.mapper().readTree(new StudyTable(results()).json());
        assertThat(json.path("complete").asBoolean()).isFalse();
        assertThat(json.path("methods").get(0).path("op").path("mean").asDouble()).isEqualTo(0.65, CLOSE);
        assertThat(json.path("methods").get(1).path("againstReference").path("pairs").asInt()).isEqualTo(3);
        assertThat(json.path("methods").get(1).path("wins").path("a").path("better").asInt()).isEqualTo(3);
        assertThat(json.path("methods").get(2).path("op").path("sd").isNull()).isTrue();
        assertThat(json.path("runs").get(0).path("matrix").toString()).isEqualTo("[[0.9,0.25],[0.5,0.5]]");
        assertThat(json.path("runs").get(7).path("status").asText()).isEqualTo("failed");
        assertThat(json.path("orders").toString()).isEqualTo("[[\"x\",\"y\"],[\"y\",\"x\"]]");
    }
}
