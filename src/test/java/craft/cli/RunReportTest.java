package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import craft.experiment.Json;
import craft.experiment.RunEvent;
import craft.task.Score;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunReportTest {
    private static final Path FOLDER = Path.of("/runs/한 run");

    @Test
    void tellsScoresRoutingAndMetricsWithTheirFormulas() {
        String text = new RunReport(Events.fold(Events.finished()), FOLDER).text();
        assertThat(text).startsWith("\"Tiny\", CRAFT (this implementation), model seedling, seed 7: finished in 1 min "
                + "16 s, 5,120 tokens/s");
        assertThat(text).containsPattern("sms-spam +1 +100 +0\\.500 +0\\.500 \\(0\\.400\\) +1\\.000 \\(0\\.900\\) "
                + "+0\\.750 \\(0\\.700\\)\n");
        assertThat(text).containsPattern("주제 +1 +50 +0\\.375 +0\\.250 \\(0\\.200\\) +0\\.875 \\(0\\.800\\) "
                + "+0\\.875 \\(0\\.800\\)\n");
        assertThat(text).containsPattern("untrained +0\\.500 +0\\.250\n")
                .containsPattern("1 sms-spam +1\\.000 +0\\.375\n");
        assertThat(text).containsPattern("sms-spam +1\\.2500 +0\\.6250 +0\\.5 \\* d_0 +new group 1\n");
        assertThat(text).containsPattern("주제 +0\\.1250 +1\\.5000 +0\\.7500 +0\\.5 \\* d_0 +joins group 1\n");
        assertThat(text).containsPattern("주제 +1 +0\\.750 +line search +0\\.5000 +0\\.2400 +0\\.2500\n");
        assertThat(text).containsPattern("OP +0\\.813 +1/T sum_i a_T,i\n");
        assertThat(text).containsPattern("Forgetting +0\\.250 +1/\\(T-1\\)")
                .containsPattern("BWT +-0\\.250 +1/\\(T-1\\)")
                .containsPattern("FWT +0\\.125 +1/\\(T-1\\)").containsPattern("Learning accuracy +0\\.938 +1/T")
                .containsPattern("OP, all labels +0\\.375 ");
        assertThat(text).contains("Note: 2 prompts were shortened.").endsWith("Run folder: " + FOLDER + "\n");
    }

    @Test
    void tellsWhatElseWasMeasuredAtTheEnd() throws IOException {
        List<RunEvent> events = new ArrayList<>(Events.finished());
        double nan = Double.NaN;
        events.add(new RunEvent.TaskEvaluated(2, 1, 1, true,
                new Score(0.75, "accuracy", 0.75, 0.7, 0.65, 0.5, 0.5, 1.25, 0.5, 0.25, 100)));
        events.add(new RunEvent.TaskEvaluated(2, 2, 1, true,
                new Score(0.625, "rouge-l", 0.125, nan, nan, nan, 0.375, 8, 0.25, 1, 50)));
        RunReport report = new RunReport(Events.fold(events), FOLDER);
        assertThat(report.text()).contains("Score by the task's metric, in parentheses balanced accuracy")
                .containsPattern("Task +Metric +Accuracy +Macro F1 +Perplexity +Task-free +Group right\n")
                .containsPattern("sms-spam +accuracy +0\\.750 +0\\.650 +1\\.250 +0\\.500 +0\\.250\n")
                .containsPattern("주제 +rouge-l +0\\.125 +- +8\\.000 +0\\.250 +1\\.000\n")
                .containsPattern("주제 +1 +50 +0\\.375 +0\\.250 \\(0\\.200\\) +0\\.625 +0\\.625\n")
                .containsPattern("OP +0\\.688 ").containsPattern("OP, task-free +0\\.375 ");
        JsonNode tree = Json.mapper().readTree(report.json());
        assertThat(tree.path("metrics").toString()).isEqualTo("[\"accuracy\",\"rouge-l\"]");
        assertThat(tree.path("macroF1").toString()).isEqualTo("[0.65,null]");
        assertThat(tree.path("perplexity").toString()).isEqualTo("[1.25,8.0]");
        assertThat(tree.path("taskFree").toString()).isEqualTo("[0.5,0.25]");
        assertThat(tree.path("groupAccuracy").toString()).isEqualTo("[0.25,1.0]");
        assertThat(new RunReport(Events.fold(Events.finished()), FOLDER).text()).doesNotContain("Task-free", "Further");
    }

    @Test
    void columnsStandUnderEachOtherAlsoInKorean() {
        String table = Text.table(List.of("Task", "Score"), List.of(List.of("주제", "1"), List.of("ab", "10")));
        assertThat(table.lines()).extracting(Text::width).containsOnly("Task  Score".length());
    }

    @Test
    void printsOneObjectForPrograms() throws IOException {
        String json = new RunReport(Events.fold(Events.finished()), FOLDER).json();
        assertThat(json).doesNotContain("\n").matches("\\p{ASCII}*");
        JsonNode tree = Json.mapper().readTree(json);
        assertThat(tree.path("op").asDouble()).isEqualTo(0.8125);
        assertThat(tree.path("forgetting").asDouble()).isEqualTo(0.25);
        assertThat(tree.path("bwt").asDouble()).isEqualTo(-0.25);
        assertThat(tree.path("fwt").asDouble()).isEqualTo(0.125);
        assertThat(tree.path("learningAccuracy").asDouble()).isEqualTo(0.9375);
        assertThat(tree.path("matrix").toString()).isEqualTo("[[1.0,0.375],[0.75,0.875]]");
        assertThat(tree.path("untrained").toString()).isEqualTo("[0.5,0.25]");
        assertThat(tree.path("union").toString()).isEqualTo("[0.5,0.25]");
        assertThat(tree.path("majority").toString()).isEqualTo("[0.5,0.375]");
        assertThat(tree.path("groups").toString()).isEqualTo("[1,1]");
        assertThat(tree.path("routing").toString().replace('"', '\'')).isEqualTo("[{'task':1,'divergences':[],"
                + "'baseDivergence':1.25,'threshold':0.625,'group':1,'opened':true},{'task':2,'divergences':[0.125],"
                + "'baseDivergence':1.5,'threshold':0.75,'group':1,'opened':false}]");
        assertThat(tree.path("seconds").asDouble()).isEqualTo(75.5);
        assertThat(tree.path("tokensPerSecond").asDouble()).isEqualTo(5120.4);
        assertThat(tree.path("run").asText()).isEqualTo(FOLDER.toString());
        assertThat(tree.path("status").asText()).isEqualTo("finished");
    }

    @Test
    void whatAnInterruptedRunLacksIsNullAndADash() throws IOException {
        List<RunEvent> events = new ArrayList<>(Events.firstTask());
        events.add(new RunEvent.RunInterrupted("Stopped by the user."));
        RunReport report = new RunReport(Events.fold(events), FOLDER);
        JsonNode tree = Json.mapper().readTree(report.json());
        assertThat(tree.path("status").asText()).isEqualTo("interrupted");
        assertThat(tree.path("op").isNull()).isTrue();
        assertThat(tree.path("seconds").isNull()).isTrue();
        assertThat(tree.path("matrix").toString()).isEqualTo("[[1.0,0.375],[null,null]]");
        assertThat(tree.path("groups").toString()).isEqualTo("[1,null]");
        assertThat(report.text()).contains("interrupted after 1 of 2 tasks").containsPattern("OP +- +1/T")
                .doesNotContain("NaN");
    }

    @Test
    void aRunThatEndedBeforeItBeganHasAReportToo() throws IOException {
        RunReport report = new RunReport(Events.fold(List.of(new RunEvent.RunInterrupted("Stopped."))), FOLDER);
        assertThat(report.text()).contains("interrupted").contains(FOLDER.toString());
        assertThat(Json.mapper().readTree(report.json()).path("op").isNull()).isTrue();
    }
}
