package craft.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskReaderTest {
    private static final String GOOD = "{\"text\": \"free money\", \"label\": \"spam\"}\n{\"text\": \"see you\", "
            + "\"label\": \"ham\"}\n";
    private static final String TEST = "{\"text\": \"win now\", \"label\": \"spam\"}\n";

    @TempDir
    Path folder;

    @BeforeEach
    void goodTask() throws IOException {
        write("about.json", "{\"name\": \"other\", \"instruction\": \"Spam?\", \"labels\": [\"ham\", \"spam\"], "
                + "\"rows\": {\"train\": 2},"
                + "\"kind\": \"spam\", \"language\": \"en\", \"license\": \"CC0\", \"source\": \"here\"}");
        write("train.jsonl", GOOD);
        write("test.jsonl", TEST);
    }

    @Test
    void buildsThePromptFromInstructionAndLabels() {
        TaskReading reading = TaskReader.read(folder);
        Task task = reading.requireAllGood();
        assertThat(task.name()).isEqualTo(folder.getFileName().toString());
        assertThat(task.labels()).containsExactly("ham", "spam");
        assertThat(task.train()).containsExactly(
                new Example(1, "Spam?\nOptions: ham, spam\n", "free money", "\nAnswer:", "spam"),
                new Example(2, "Spam?\nOptions: ham, spam\n", "see you", "\nAnswer:", "ham"));
        assertThat(task.train().get(0).prompt()).isEqualTo("Spam?\nOptions: ham, spam\nfree money\nAnswer:");
        assertThat(task.eval()).isEmpty();
        assertThat(task.test()).hasSize(1);
        assertThat(task.about()).containsOnly(org.assertj.core.api.Assertions.entry("kind", "spam"),
                org.assertj.core.api.Assertions.entry("language", "en"),
                org.assertj.core.api.Assertions.entry("licence", "CC0"),
                org.assertj.core.api.Assertions.entry("source", "here"));
        assertThat(reading.problems()).isEmpty();
    }

    @Test
    void leavesOutOptionsWhenAnswersAreGenerated() throws IOException {
        write("about.json", "{\"instruction\": \"Sum.\", \"labels\": null}");
        Task task = TaskReader.read(folder).requireAllGood();
        assertThat(task.classification()).isFalse();
        assertThat(task.train().get(0).prompt()).isEqualTo("Sum.\nfree money\nAnswer:");
        write("about.json", "{\"instruction\": \"\", \"labels\": null}");
        assertThat(TaskReader.read(folder).task().train().get(0).before()).isEmpty();
    }

    @Test
    void saysThatLabelsWithoutAListMeanGeneration() throws IOException {
        Files.delete(folder.resolve("about.json"));
        TaskReading reading = TaskReader.read(folder);
        assertThat(reading.requireAllGood().labels()).isEmpty();
        assertThat(reading.problems()).singleElement().satisfies(p -> {
            assertThat(p.fatal()).isFalse();
            assertThat(p.toString()).contains("about.json").contains("No labels");
        });
    }

    @Test
    void readsTheTasksOfTheTestResources() throws URISyntaxException {
        Path tiny = Path.of(TaskReaderTest.class.getResource("/tasks/tiny").toURI());
        Task sums = TaskReader.read(tiny.resolve("sums")).requireAllGood();
        assertThat(sums.train()).hasSize(14);
        assertThat(sums.test()).hasSize(6);
        Example sum = sums.train().get(0);
        assertThat(sum.before() + sum.after()).isEmpty();
        assertThat(sum.prompt()).matches("\\d and \\d is ");
        assertThat(sums.classification()).isFalse();
        assertThat(TaskReader.read(tiny.resolve("mood-again")).requireAllGood().eval()).hasSize(8);
        assertThat(TaskReader.read(tiny.resolve("maeum")).requireAllGood().train().get(0).before())
                .contains("기쁨, 슬픔");
    }

    @Test
    void acceptsByteOrderMarkWindowsLineEndsAndBlankLinesAndSaysSo() throws IOException {
        write("train.jsonl", "\uFEFF" + GOOD.replace("\n", "\r\n") + "\r\n  \n"
                + "{\"text\": \"last\", \"label\": \"ham\"}");
        TaskReading reading = TaskReader.read(folder);
        assertThat(reading.requireAllGood().train()).extracting(Example::row).containsExactly(1, 2, 5);
        assertThat(reading.problems()).noneMatch(RowProblem::fatal).extracting(RowProblem::reason)
                .anyMatch(r -> r.contains("byte order mark")).anyMatch(r -> r.contains("Windows line ends"));
    }

    @Test
    void namesFileRowColumnAndReasonOfEveryBadRow() throws IOException {
        write("train.jsonl", GOOD
                + "{\"text\": \"no label\"}\n"
                + "[1, 2]\n"
                + "{\"text\": \"a\", \"label\": 3}\n"
                + "{\"text\": \"  \", \"label\": \"ham\"}\n"
                + "{\"text\": \"a\", \"label\": \"\"}\n"
                + "{\"text\": \"a\", \"label\": \"eggs\"}\n"
                + "{\"text\": \"a\", \"label\": \"ham\"\n"
                + "{\"text\": \"a\", \"text\": \"b\", \"label\": \"ham\"}\n"
                + "{\"text\": \"a\", \"label\": \"ham\"} {}\n"
                + "{\"question\": \"a\", \"label\": \"ham\"}\n"
                + "{\"prompt\": \"a\"}\n");
        TaskReading reading = TaskReader.read(folder);
        List<RowProblem> bad = reading.badRows();
        assertThat(reading.task().train()).hasSize(2);
        assertThat(bad).extracting(RowProblem::row).containsExactly(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);
        assertThat(bad).allMatch(p -> p.file().equals(folder.resolve("train.jsonl")));
        assertThat(bad).extracting(RowProblem::column)
                .containsExactly("label", "", "label", "text", "label", "label", "", "", "", "text", "answer");
        assertThat(bad.get(0).reason()).contains("missing").contains("This row has: text");
        assertThat(bad.get(1).reason()).contains("must be a JSON object").contains("a list");
        assertThat(bad.get(2).reason()).contains("\"3\" is not among the labels").contains("A number is a label by its text, or a place in their list, from 0 to");
        assertThat(bad.get(3).reason()).contains("empty");
        assertThat(bad.get(4).reason()).contains("empty");
        assertThat(bad.get(5).reason()).contains("\"eggs\" is not among the labels").contains("ham, spam");
        assertThat(bad.get(6).reason()).contains("not valid JSON").contains("column");
        assertThat(bad.get(7).reason()).contains("The key \"text\" is given twice");
        assertThat(bad.get(8).reason()).contains("Something follows the JSON object");
        assertThat(bad.get(10).reason()).contains("\"answer\"");
    }

    @Test
    void refusesBadRowsUnlessTheUserDecidesOtherwise() throws IOException {
        write("train.jsonl", GOOD + "{}\n{}\n{}\n{}\n{}\n");
        assertThatThrownBy(() -> TaskReader.read(folder).requireAllGood()).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("5 rows that cannot be used").hasMessageContaining("train.jsonl, row 3, \"text\"")
                .hasMessageContaining("row 5").hasMessageNotContaining("row 6").hasMessageContaining("2 more")
                .hasMessageContaining("data.skipBadRows");
    }

    @Test
    void refusesInvalidUtf8InOneRowOnly() throws IOException {
        byte[] bytes = (GOOD + "{\"text\": \"a?b\", \"label\": \"ham\"}\n" + TEST).getBytes(StandardCharsets.UTF_8);
        bytes[new String(bytes, StandardCharsets.UTF_8).indexOf('?')] = (byte) 0xFF;
        Files.write(folder.resolve("train.jsonl"), bytes);
        TaskReading reading = TaskReader.read(folder);
        assertThat(reading.badRows()).singleElement().satisfies(p -> {
            assertThat(p.row()).isEqualTo(3);
            assertThat(p.reason()).contains("UTF-8");
        });
        assertThat(reading.task().train()).hasSize(3);
    }

    @Test
    void refusesALineOverTenMegabytesAndReadsOn() throws IOException {
        write("train.jsonl", GOOD + "{\"text\": \"" + "x".repeat(Rows.LONGEST) + "\", \"label\": \"ham\"}\n" + TEST);
        TaskReading reading = TaskReader.read(folder);
        assertThat(reading.badRows()).singleElement().satisfies(p -> {
            assertThat(p.row()).isEqualTo(3);
            assertThat(p.reason()).contains("10 MB");
        });
        assertThat(reading.task().train()).extracting(Example::row).containsExactly(1, 2, 4);
    }

    @Test
    void remarksDuplicatesAlsoAcrossFilesAndKeepsThem() throws IOException {
        write("train.jsonl", GOOD + GOOD);
        write("test.jsonl", TEST + GOOD);
        TaskReading reading = TaskReader.read(folder);
        assertThat(reading.requireAllGood().train()).hasSize(4);
        assertThat(reading.problems()).hasSize(4).noneMatch(RowProblem::fatal).extracting(RowProblem::reason)
                .first().asString().contains("same as train.jsonl, row 1");
        assertThat(reading.problems().get(2).toString()).contains("test.jsonl, row 2").contains("train.jsonl, row 1");
    }

    @Test
    void readsAnArrayWithElementsAsRows() throws IOException {
        Files.delete(folder.resolve("train.jsonl"));
        write("train.json", "\uFEFF \n[ {\"text\": \"a\", \"label\": \"ham\"}, 7,\n {\"text\": \"b\", \"label\": "
                + "\"spam\"} ]\n");
        TaskReading reading = TaskReader.read(folder);
        assertThat(reading.task().train()).extracting(Example::row).containsExactly(1, 3);
        assertThat(reading.badRows()).singleElement().satisfies(p -> assertThat(p.row()).isEqualTo(2));
        write("train.json", GOOD);
        assertThat(TaskReader.read(folder).requireAllGood().train()).hasSize(2);
    }

    @Test
    void saysWhereABrokenArrayBreaks() throws IOException {
        Files.delete(folder.resolve("train.jsonl"));
        write("train.json", "[ {\"text\": \"a\", \"label\": \"ham\"},\n {\"text\": \"b\", \"label\" ");
        refused("train.json, row 2, line 2, column", "not valid JSON", "rest of the file");
        write("train.json", "[ {\"text\": \"a\", \"label\": \"ham\"} ] x");
        refused("train.json");
        write("train.json", "[ {\"text\": \"a\", \"label\": \"ham\"} ] []");
        refused("train.json", "follows the end of the array");
        write("train.json", "\"hello\"");
        refused("train.json must be a JSON array of rows");
    }

    @Test
    void refusesWhatIsNoTask() throws IOException {
        assertThatThrownBy(() -> TaskReader.read(folder.resolve("nowhere"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no task folder").hasMessageContaining("nowhere");
        write("train.json", "[]");
        refused("both train.jsonl and train.json");
        Files.delete(folder.resolve("train.json"));
        write("test.jsonl", "\n \n");
        refused("test.jsonl is empty");
        write("test.jsonl", "{}\n");
        refused("None of the rows of", "test.jsonl, row 1");
        Files.delete(folder.resolve("test.jsonl"));
        refused("has no test.jsonl or test.json");
        Files.delete(folder.resolve("train.jsonl"));
        refused("has no train.jsonl or train.json");
    }

    @Test
    void readsUtf16AndSaysSo() throws IOException {
        for (String text : new String[] {"\uFEFF" + GOOD, GOOD}) {
            Files.write(folder.resolve("train.jsonl"), text.getBytes(StandardCharsets.UTF_16BE));
            TaskReading reading = TaskReader.read(folder);
            assertThat(reading.requireAllGood().train()).extracting(Example::text).containsExactly("free money", "see you");
            assertThat(reading.remarks()).singleElement().satisfies(p -> assertThat(p.reason()).contains("UTF-16"));
        }
        Files.write(folder.resolve("train.jsonl"), ("\uFEFF" + GOOD).getBytes(java.nio.charset.Charset.forName("UTF-32LE")));
        refused("train.jsonl is UTF-32");
    }

    @Test
    void refusesABrokenAbout() throws IOException {
        write("about.json", "{\"labels\": [\"a\"");
        refused("about.json, line 1", "not valid JSON");
        write("about.json", "[]");
        refused("about.json must be one JSON object");
        write("about.json", "{\"labels\": \"ham\"}");
        refused("about.json, \"labels\": must be a list");
        write("about.json", "{\"labels\": [\"ham\", \"ham\"]}");
        refused("\"ham\" is listed twice");
        write("about.json", "{\"labels\": [\"ham\", null]}");
        refused("every label must be a text", "found null");
        write("about.json", "{\"labels\": [\"ham\", NaN]}");
        refused("every label must be a text", "found NaN");
        write("about.json", "{\"labels\": [\"ham\"]}");
        refused("at least two labels");
        write("about.json", "{\"instruction\": 3}");
        refused("\"instruction\": must be a text, not a number");
    }

    @Test
    void anEmptyEvalFileIsRemarked() throws IOException {
        write("eval.jsonl", "");
        assertThat(TaskReader.read(folder).problems()).singleElement()
                .satisfies(p -> assertThat(p.toString()).contains("eval.jsonl").contains("empty"));
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> TaskReader.read(folder)).isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
