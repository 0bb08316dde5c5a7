package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.task.PublishedOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrdersCommandTest {
    private final Captured captured = new Captured();

    @TempDir
    Path data;

    private void olora(String folder) throws IOException {
        Path path = Files.createDirectories(data.resolve(folder));
        Files.writeString(path.resolve("labels.json"), "[\"a\", \"b\"]");
        for (String file : List.of("train.json", "dev.json", "test.json")) {
            Files.writeString(path.resolve(file), "[{\"label\": \"a\", \"sentence\": \"" + file + "\"}]");
        }
    }

    private void trace(String folder) throws IOException {
        Path path = Files.createDirectories(data.resolve(folder));
        for (String file : List.of("train.json", "eval.json", "test.json")) {
            Files.writeString(path.resolve(file), "[{\"prompt\": \"" + file + "\", \"answer\": \"a\"}]");
        }
    }

    @Test
    void listsAllOrders() {
        assertThat(captured.run("orders")).isZero();
        assertThat(captured.out()).contains("olora-1", "dbpedia, amazon, yahoo, agnews", "arXiv 2310.14152", "trace",
                "C-STANCE, FOMC, MeetingBank, Py150, ScienceQA, NumGLUE-cm, NumGLUE-ds, 20Minuten");
        assertThat(PublishedOrder.all().stream().map(o -> o.sets().size())).containsExactly(4, 4, 4, 15, 15, 15, 8);
        // The three long orders are orders of the same data sets.
        assertThat(PublishedOrder.named("olora-5").sets())
                .containsExactlyInAnyOrderElementsOf(PublishedOrder.named("olora-4").sets());
        assertThat(PublishedOrder.named("OLORA-6").sets())
                .containsExactlyInAnyOrderElementsOf(PublishedOrder.named("olora-4").sets()).doesNotHaveDuplicates();
    }

    @Test
    void showsWhatAnOrderAsks() {
        assertThat(captured.run("orders", "trace")).isZero();
        assertThat(captured.out()).containsPattern("20Minuten +sari +7\n").containsPattern("Py150 +edit-similarity +5\n")
                .contains("1024", "512");
    }

    @Test
    void writesARecipeOnceAllDataSetsAreThere() throws IOException {
        Path recipe = data.resolve("recipe.json");
        olora("CL_Benchmark/TC/dbpedia");
        olora("CL_Benchmark/SC/amazon");
        olora("CL_Benchmark/TC/agnews");
        assertThat(captured.run("orders", "olora-2", "--data", data.toString(), "--write", recipe.toString())).isEqualTo(2);
        assertThat(captured.out()).contains("1 of 4 are missing: yahoo.").containsPattern("agnews +accuracy +.*TC/agnews: 1 "
                + "train, 1 test rows, O-LoRA").containsPattern("yahoo +accuracy +missing");
        assertThat(captured.err()).contains("No recipe was written", "yahoo", "--partial");
        assertThat(recipe).doesNotExist();
        olora("CL_Benchmark/TC/Yahoo");
        assertThat(captured.run("orders", "olora-2", "--data", data.toString(), "--write", recipe.toString())).isZero();
        assertThat(captured.out()).contains("All 4 are there.", "with 4 tasks");
        Recipe read = RecipeReader.read(recipe, Map.of());
        assertThat(read.tasks()).extracting(t -> Path.of(t).getFileName().toString())
                .containsExactly("dbpedia", "amazon", "agnews", "Yahoo");
        assertThat(captured.run("orders", "olora-2", "--data", data.toString(), "--write", recipe.toString())).isEqualTo(2);
        assertThat(captured.err()).contains("is there already");
    }

    @Test
    void writesAPartialRecipeWhenToldTo() throws IOException {
        Path recipe = data.resolve("some.json");
        trace("ScienceQA");
        trace("FOMC");
        assertThat(captured.run("orders", "trace", "--data", data.toString(), "--partial", "--write", recipe.toString()))
                .isZero();
        Recipe read = RecipeReader.read(recipe, Map.of());
        assertThat(read.name()).isEqualTo("trace (partial)");
        assertThat(read.tasks()).extracting(t -> Path.of(t).getFileName().toString()).containsExactly("FOMC", "ScienceQA");
        assertThat(read.data().maxPromptTokens()).isEqualTo(1024);
        assertThat(read.training().epochsByTask()).isEqualTo("FOMC = 3, ScienceQA = 3");
    }

    @Test
    void saysWhatCannotBeDone() throws IOException {
        assertThat(captured.run("orders", "olora-9")).isEqualTo(2);
        assertThat(captured.err()).contains("\"olora-9\"", "olora-1", "trace");
        assertThat(captured.run("orders", "--data", data.toString())).isEqualTo(2);
        assertThat(captured.err()).contains("Name an order");
        assertThat(captured.run("orders", "trace", "--write", "x.json")).isEqualTo(2);
        assertThat(captured.err()).contains("--write needs --data");
        assertThat(captured.run("orders", "trace", "--data", data.resolve("nowhere").toString())).isEqualTo(2);
        assertThat(captured.err()).contains("There is no folder", "nowhere");
        assertThat(captured.run("orders", "trace", "--data", data.toString(), "--partial", "--write",
                data.resolve("r.json").toString())).isEqualTo(2);
        assertThat(captured.err()).contains("None of the data sets");
        trace("a/FOMC");
        trace("b/FOMC");
        assertThat(captured.run("orders", "trace", "--data", data.toString())).isEqualTo(2);
        assertThat(captured.err()).contains("FOMC is there more than once");
    }

    @Test
    void aDataSetThatCannotBeReadIsNotCalledMissing() throws IOException {
        trace("FOMC");
        Files.writeString(data.resolve("FOMC/train.json"), "[");
        assertThat(captured.run("orders", "trace", "--data", data.toString())).isZero();
        assertThat(captured.out()).containsPattern("FOMC +accuracy +3 +cannot be used: .*train.json");
    }
}
