package craft.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of chat and instruction data, wrapped rows, names of files, and JSON that is none. */
class RowFormsTest {
    private static final String GOOD = "{\"text\": \"a\", \"label\": \"glad\"}\n";

    @TempDir
    Path root;
    private TaskFolder folder;

    @BeforeEach
    void begin() {
        folder = new TaskFolder(root.resolve("t"));
    }

    private List<Example> train(String file, String rows) {
        folder.file("about.json", "{\"labels\": null}").file("test.jsonl", "{\"prompt\": \"p\", \"answer\": \"q\"}\n");
        return folder.file(file, rows).read().requireAllGood().train();
    }

    private List<RowProblem> bad(String rows) {
        folder.file("about.json", "{\"labels\": null}").file("test.jsonl", "{\"prompt\": \"p\", \"answer\": \"q\"}\n");
        return folder.file("train.jsonl", "{\"prompt\": \"p\", \"answer\": \"r\"}\n" + rows).read().badRows();
    }

    @Test
    void oneExchangeOfAChatIsPromptAndAnswer() {
        assertThat(train("train.jsonl", """
                {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}], "id": 3}
                {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}], "text": "x"}
                {"messages": [{"role": "user", "content": [{"type": "text", "text": "Well"}]}, {"role": "assistant", "content": "So"}]}
                """)).containsExactly(new Example(1, "", "Hi", "", "Hello!"), new Example(2, "Be kind.\n", "Hi", "", "Yes"),
                new Example(3, "", "Well", "", "So"));
        assertThat(folder.read().source().unused()).containsExactly("id", "text");
        assertThat(folder.read().source().mapping()).contains("conversations").contains("messages");
        assertThat(folder.remarks()).isEmpty();
    }

    @Test
    void severalExchangesAreJoinedAndToldOnce() {
        String row = "{\"conversations\": [{\"from\": \"human\", \"value\": \"One?\"}, {\"from\": \"gpt\", \"value\": \"1\"}, "
                + "{\"from\": \"human\", \"value\": \"Two?\"}, {\"from\": \"gpt\", \"value\": \"2\"}]}\n";
        assertThat(train("train.jsonl", row + row)).first()
                .isEqualTo(new Example(1, "", "User: One?\nAssistant: 1\nUser: Two?\nAssistant:", "", "2"));
        assertThat(folder.remarks()).singleElement().asString().contains("2 rows (the first: train.jsonl, row 1) hold several exchanges");
    }

    @Test
    void whatNoPromptAndAnswerCanSayIsToldByRow() {
        List<RowProblem> bad = bad("""
                {"messages": [{"role": "user", "content": "Hi"}]}
                {"messages": [{"role": "assistant", "content": "Hi"}]}
                {"messages": [{"role": "user", "content": "Hi"}, {"role": "tool", "content": "4"}, {"role": "assistant", "content": "Yes"}]}
                {"messages": []}
                {"conversations": "Hi"}
                {"messages": [{"role": "user", "content": [{"type": "image_url"}]}, {"role": "assistant", "content": "A cat"}]}
                {"messages": [{"content": "Hi"}, {"role": "assistant", "content": "Yes"}]}
                {"instruction": "Add.", "input": "1 and 2", "output": ""}
                {"instruction": "Add.", "input": {"a": 1}, "output": "3"}
                """);
        assertThat(bad).extracting(RowProblem::row).containsExactly(2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(bad).extracting(RowProblem::column).containsExactly("messages", "messages", "messages", "messages", "conversations",
                "messages", "messages", "output", "input");
        assertThat(bad.get(0).reason()).contains("no answer at the end");
        assertThat(bad.get(1).reason()).contains("Nothing is asked");
        assertThat(bad.get(2).reason()).contains("\"tool\"");
        assertThat(bad.get(5).reason()).contains("image_url");
    }

    @Test
    void alpacaIsInstructionInputAndOutput() {
        assertThat(train("train.json", """
                [{"instruction": "Add the numbers.", "input": "0 and 1", "output": "1"},
                 {"instruction": "Say hi.", "input": "", "output": "hi"},
                 {"instruction": "And 2?", "input": "", "output": 3, "system": "Count.", "history": [["1?", "2"]]}]
                """)).containsExactly(new Example(1, "Add the numbers.\n", "0 and 1", "", "1"), new Example(2, "", "Say hi.", "", "hi"),
                new Example(3, "Count.\n", "User: 1?\nAssistant: 2\nUser: And 2?\nAssistant:", "", "3"));
        folder.file("about.json", "{\"labels\": null, \"columns\": {\"prompt\": \"instruction\", \"answer\": \"output\"}}")
                .file("test.jsonl", "{\"instruction\": \"p\", \"output\": \"q\"}\n");
        assertThat(folder.remarks()).singleElement().asString().contains("1 row (train.json, row 1)", "\"input\" that is not used");
    }

    @Test
    void chatsMayAnswerWithLabels() {
        folder.labels("\"glad\"", "\"sad\"").file("train.jsonl",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"glad\"}]}\n"
                + "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"mad\"}]}\n");
        assertThat(folder.read().task().train()).hasSize(1);
        assertThat(folder.read().badRows()).singleElement().satisfies(p -> assertThat(p.reason()).contains("\"mad\" is not among the labels"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\n \"version\": \"1\",\n \"data\": [\n  {\"text\": \"a\", \"label\": \"glad\"}\n ]\n}",
        "{\"data\": [{\"text\": \"a\", \"label\": \"glad\"}], \"version\": {\"data\": [{}]}}"})
    void rowsUnderOneKeyAreReadAndToldSo(String json) {
        for (String name : List.of("train.json", "train.jsonl")) {
            TaskFolder one = new TaskFolder(root.resolve(name)).labels("\"glad\"", "\"sad\"").file(name, json);
            assertThat(one.read().requireAllGood().train()).extracting(Example::text).containsExactly("a");
            assertThat(one.remarks()).singleElement().asString().contains("under \"data\"", "not used beside it: version");
        }
    }

    @Test
    void severalListsCannotBeChosenFrom() {
        folder.labels("\"glad\"", "\"sad\"").file("train.json", "{\"features\": [{}], \"rows\": [{\"row\": 1}]}");
        assertThatThrownBy(folder::read).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("train.json", "\"features\", \"rows\"");
    }

    @Test
    void rowsOverSeveralLinesAndAnArrayByTheNameOfLinesAreRead() {
        folder.labels("\"glad\"", "\"sad\"").file("train.jsonl", "{\n \"text\": \"a\",\n \"label\": \"glad\"\n}\n{\"text\": \"b\",\n"
                + "\"label\": \"sad\"}\n");
        assertThat(folder.read().requireAllGood().train()).extracting(Example::text).containsExactly("a", "b");
        assertThat(folder.remarks()).singleElement().asString().contains("row numbers count rows");
        folder.file("train.jsonl", "[{\"text\": \"a\", \"label\": \"glad\"},\n {\"text\": \"b\", \"label\": \"sad\"}]\n");
        assertThat(folder.read().requireAllGood().train()).hasSize(2);
        assertThat(folder.remarks()).singleElement().asString().contains("one JSON array");
        // A first line that ends too early is a bad row like any other.
        folder.file("train.jsonl", "{\"text\": \"a\",\n" + GOOD + GOOD);
        assertThat(folder.read().badRows()).singleElement().satisfies(p -> {
            assertThat(p.row()).isEqualTo(1);
            assertThat(p.reason()).contains("ends too early");
        });
        folder.file("train.json", "{\n \"data\": [\n  {\"text\": \"a\", \"label\": \"glad\",}\n ]\n}").file("train.jsonl", "");
        new java.io.File(root.resolve("t/train.jsonl").toString()).delete();
        assertThatThrownBy(folder::read).hasMessageContainingAll("train.json, line 3, column", "comma too many");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eval.jsonl", "dev.json", "validation.jsonl", "val.jsonl", "valid.jsonl", "Validation.JSONL"})
    void validationRowsHaveManyNames(String name) {
        folder.labels("\"glad\"", "\"sad\"").file("train.jsonl", GOOD).file(name, "{\"text\": \"b\", \"label\": \"sad\"}\n");
        TaskReading reading = folder.read();
        assertThat(reading.requireAllGood().eval()).extracting(Example::text).containsExactly("b");
        assertThat(reading.source().files()).containsExactly("train.jsonl", name, "test.jsonl");
        assertThat(reading.remarks()).isEmpty();
        folder.file("dev.csv", "text,label\nc,sad\n");
        assertThatThrownBy(folder::read).hasMessageContainingAll("has both", "dev.csv", name);
    }

    @Test
    void aFileThatNobodyReadsIsNamed() {
        folder.labels("\"glad\"", "\"sad\"").file("train.jsonl", GOOD).file("validate.jsonl", GOOD).file("LICENSE", "x");
        assertThat(folder.remarks()).singleElement().asString().contains("validate.jsonl: The file is not read");
    }

    @Test
    void naNHarmsOnlyWhoReadsIt() {
        folder.labels("\"glad\"", "\"sad\"").file("train.jsonl", "{\"text\": NaN, \"label\": \"glad\"}\n"
                + "{\"text\": \"Nice\", \"label\": \"glad\", \"score\": NaN, \"more\": [-Infinity, {\"a\": Infinity}]}\n");
        TaskReading reading = folder.read();
        assertThat(reading.task().train()).extracting(Example::text).containsExactly("Nice");
        assertThat(reading.badRows()).singleElement().satisfies(p -> assertThat(p.toString())
                .endsWith("train.jsonl, row 1, \"text\": NaN is no JSON value; write null or leave it out."));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"text\": None, \"label\": \"glad\"}|None is no JSON value; write null.",
        "{\"text\": True}|True is no JSON value; write true.",
        "{\"text\": nan}|nan is no JSON value; write null or leave it out.",
        "{\"text\": hello}|\"hello\" is no JSON value",
        "{'text': 'a'}|double quotation marks",
        "{text: \"a\"}|A key is put in double quotation marks",
        "{\"text\": \"a\", }|a comma too many",
        "{\"text\": \"a\" \"label\": \"b\"}|a comma or colon is missing",
        "{\"text\": \"a\"|It ends too early",
        "{\"text\": \"a|missing",
        "{\"text\": \"a\tb\"}|A tab stands within a text; write \\t.",
        "{\"text\": \"C:\\dir\"}|a backslash is written \\\\",
        "{\"text\": \"\\u12x4\"}|four hexadecimal digits",
        "{\"n\": 01}|A number is not written as in JSON",
        "{\"n\": +1}|A number is not written as in JSON",
        "{\"n\": 1.}|A number is not written as in JSON",
        "{\"a\": 1} // so|Something follows",
        "{\"a\": 1, // so|A comment is no JSON",
        "{\"a\": 1]|closes",
        "{\"text\": \u201Ca\u201D}|double quotation marks"})
    void brokenJsonIsToldInPlainWords(String line, String words) {
        folder.labels("\"glad\"", "\"sad\"").file("train.jsonl", GOOD + line + "\n");
        assertThat(folder.read().badRows()).singleElement().satisfies(p -> {
            assertThat(p.row()).isEqualTo(2);
            assertThat(p.reason()).contains(words).doesNotContainIgnoringCase("feature").doesNotContain("REDACTED", "code ", "enable",
                    "Source", "com.", "Json");
        });
    }

    @Test
    void deepNestingAndLongNumbersInAnUnusedKey() {
        folder.labels("\"glad\"", "\"sad\"").file("train.jsonl", GOOD
                + "{\"text\": \"b\", \"label\": \"sad\", \"n\": " + "7".repeat(5000) + "}\n"
                + "{\"text\": \"c\", \"label\": \"sad\", \"n\": " + "[".repeat(2000) + "]".repeat(2000) + "}\n");
        assertThat(folder.read().task().train()).hasSize(2);
        assertThat(folder.read().badRows()).singleElement().satisfies(p -> assertThat(p.reason()).contains("nested deeper"));
    }
}
