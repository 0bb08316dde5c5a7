package craft.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.nio.file.Path;
import java.text.Normalizer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels and answers that are the same to a reader: numbers as text, composed and decomposed letters, spaces. */
class LabelFormsTest {
    private static final String NFD = Normalizer.normalize("기쁨", Normalizer.Form.NFD);

    @TempDir
    Path root;
    private TaskFolder folder;

    @BeforeEach
    void begin() {
        folder = new TaskFolder(root.resolve("t"));
    }

    private static String rows(String... labels) {
        StringBuilder rows = new StringBuilder();
        for (String label : labels) {
            rows.append("{\"text\": \"t").append(rows.length()).append("\", \"label\": ").append(label).append("}\n");
        }
        return rows.toString();
    }

    @Test
    void numbersAndBooleansAreTheirText() {
        folder.labels("0", "1.50").file("train.jsonl", rows("0", "1.50", "\"0\""));
        assertThat(folder.read().requireAllGood().labels()).containsExactly("0", "1.50");
        assertThat(folder.read().task().train()).extracting(Example::answer).containsExactly("0", "1.50", "0");
        assertThat(folder.read().task().train().get(0).before()).contains("Options: 0, 1.50\n");
        assertThat(folder.remarks()).isEmpty();
        folder.labels("true", "false").file("train.jsonl", rows("true", "false"));
        assertThat(folder.read().requireAllGood().labels()).containsExactly("true", "false");
        folder.file("about.json", "{\"labels\": null}").file("train.jsonl", "{\"prompt\": 1e3, \"answer\": 1.0}\n");
        assertThat(folder.read().requireAllGood().train()).containsExactly(new Example(1, "", "1e3", "", "1.0"));
    }

    @Test
    void aNumberMayBeWrittenWithOtherZeros() {
        folder.labels("0", "1").file("train.jsonl", rows("1.0", "0", "\"1.0\""));
        assertThat(folder.read().task().train()).extracting(Example::answer).containsExactly("1", "0");
        assertThat(folder.read().badRows()).singleElement().satisfies(p -> assertThat(p.reason()).contains("\"1.0\" is not among"));
        assertThat(folder.remarks()).singleElement().asString().contains("1 row (train.jsonl, row 1)", "digits");
        folder.labels("1", "1.0");
        assertThatThrownBy(folder::read).isInstanceOf(InvalidInputException.class).hasMessageContaining("1 and 1.0 are the same number");
        folder.labels("\"1\"", "\"1.0\"").file("train.jsonl", rows("1", "\"1.0\"", "1.0"));
        assertThat(folder.read().requireAllGood().train()).extracting(Example::answer).containsExactly("1", "1.0", "1.0");
    }

    @Test
    void aNumberIsAPlaceInAListOfWords() {
        folder.labels("\"sad\"", "\"glad\"").file("train.jsonl", rows("1", "0", "\"sad\"", "2", "\"1\"", "true"));
        assertThat(folder.read().task().train()).extracting(Example::answer).containsExactly("glad", "sad", "sad");
        assertThat(folder.read().badRows()).extracting(RowProblem::row).containsExactly(4, 5, 6);
        assertThat(folder.read().badRows().get(0).reason()).contains("a place in their list, from 0 to 1");
        assertThat(folder.remarks()).anyMatch(r -> r.contains("2 rows (the first: train.jsonl, row 1)") && r.contains("0 = sad, 1 = glad"));
        folder.labels("1", "2").file("train.jsonl", rows("1", "0"));
        assertThat(folder.read().badRows()).extracting(RowProblem::row).containsExactly(2);
    }

    @Test
    void aDecomposedLabelIsTheListedOne() {
        folder.labels("\"기쁨\"", "\"슬픔\"").file("train.jsonl", rows("\"" + NFD + "\"", "\"슬픔\"", "\" 기쁨\""));
        assertThat(folder.read().requireAllGood().train()).extracting(Example::answer).containsExactly("기쁨", "슬픔", "기쁨");
        assertThat(folder.remarks()).singleElement().asString().contains("2 rows (the first: train.jsonl, row 1)", "Unicode form");
        String column = Normalizer.normalize("글", Normalizer.Form.NFD);
        folder.file("about.json", "{\"labels\": [\"기쁨\", \"슬픔\"], \"columns\": {\"text\": \"글\", \"label\": \"label\"}}")
                .file("train.jsonl", "{\"" + column + "\": \"a\", \"label\": \"기쁨\"}\n").file("test.jsonl",
                "{\"글\": \"b\", \"label\": \"슬픔\"}\n");
        assertThat(folder.read().requireAllGood().train()).extracting(Example::text).containsExactly("a");
    }

    @Test
    void labelsThatLookTheSameAreRefused() {
        folder.labels("\"기쁨\"", "\"" + NFD + "\"").file("train.jsonl", rows("\"기쁨\""));
        assertThatThrownBy(folder::read).isInstanceOf(InvalidInputException.class).hasMessageContaining("differ only in spaces or Unicode");
        folder.labels("\"top up\"", "\"top  up \"");
        assertThatThrownBy(folder::read).hasMessageContainingAll("\"top up\" and \"top  up \"");
        folder.labels("\"a\"", "\"\"");
        assertThatThrownBy(folder::read).hasMessageContaining("not empty");
    }

    @Test
    void decomposedAnswersAreToldOnceAndScoredAsComposed() {
        folder.file("about.json", "{\"labels\": null}").file("test.jsonl", "{\"prompt\": \"b\", \"answer\": \"슬픔\"}\n")
                .file("train.jsonl", "{\"prompt\": \"a\", \"answer\": \"" + NFD + "\"}\n{\"prompt\": \"c\", \"answer\": \"" + NFD + "\"}\n");
        assertThat(folder.remarks()).singleElement().asString().contains("2 rows", "NFC");
        Answered answered = new Answered(1, "text", "기쁨 이다", Normalizer.normalize(" 기쁨 이다", Normalizer.Form.NFD), NFD, Double.NaN, 1);
        for (TaskMetric metric : TaskMetric.forTasks()) {
            assertThat(metric.of(java.util.List.of(answered))).as(metric.name()).isEqualTo(
                    metric.of(java.util.List.of(new Answered(1, "text", "기쁨 이다", "기쁨 이다", null, Double.NaN, 1))));
        }
        assertThat(answered.right()).isTrue();
    }
}
