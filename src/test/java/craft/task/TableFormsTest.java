package craft.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables as people have them: stray quotation marks, other separators and encodings. Nothing of them is lost without a word. */
class TableFormsTest {
    private static final String SHOP = "text\tlabel\nWe love this lamp\tglad\nThe table broke\tsad\nSo happy with it\tglad\n"
            + "\"A gift for mum and she smiled\tglad\nIt came late and wet\tsad\nI want to buy one more\tglad\nSold as 12\"\tsad\n"
            + "The best chair\tglad\nNo good\tsad\n";
    private static final String KOREAN = "text,label\n오늘 기분이 좋아요,기쁨\n비가 와서 슬퍼요,슬픔\n";

    @TempDir
    Path root;
    private TaskFolder folder;

    @BeforeEach
    void begin() {
        folder = new TaskFolder(root.resolve("shop")).labels("\"glad\"", "\"sad\"");
    }

    @Test
    void aQuotationMarkInATsvIsACharacter() {
        TaskReading reading = folder.file("train.tsv", SHOP).read();
        assertThat(reading.requireAllGood().train()).hasSize(9).extracting(Example::text)
                .contains("\"A gift for mum and she smiled", "It came late and wet", "Sold as 12\"");
        assertThat(reading.remarks()).isEmpty();
    }

    @Test
    void aTsvWithQuotedCellsIsToldAndOneWithAQuotedHeaderIsUnquoted() {
        folder.file("train.tsv", "text\tlabel\n\"good\"\tglad\nbad\tsad\n");
        assertThat(folder.read().task().train().get(0).text()).isEqualTo("\"good\"");
        assertThat(folder.remarks()).singleElement().asString().contains("train.tsv", "row 2", "part of the text");
        folder.file("train.tsv", "\"text\"\t\"label\"\n\"good\"\t\"glad\"\nbad\tsad\n");
        assertThat(folder.read().task().train().get(0).text()).isEqualTo("good");
        assertThat(folder.remarks()).singleElement().asString().contains("header's cells are in quotation marks");
    }

    @Test
    void aCellThatSwallowsRowsOfACsvIsRemarkedByRow() {
        TaskReading reading = folder.file("train.csv", SHOP.replace('\t', ',')).read();
        assertThat(reading.requireAllGood().train()).hasSize(6);
        assertThat(reading.remarks()).singleElement().satisfies(p -> {
            assertThat(p.row()).isEqualTo(5);
            assertThat(p.reason()).contains("begins at line 5", "over 4 lines", "3 of them look like rows", "quotation mark too many");
        });
        // A mark in a later column, and texts of several lines that are meant so.
        folder.file("train.csv", "id,text,label\n1,\"one\nand, more\nof it\",glad\n2,\"a,glad\n3,b,sad\n4,c\",sad\n");
        assertThat(folder.read().remarks()).singleElement().satisfies(p -> assertThat(p.row()).isEqualTo(3));
    }

    @Test
    void anUnclosedQuotationMarkIsRefusedWithItsPlace() {
        folder.file("train.csv", "text,label\na,glad\n\"b,sad\nc,glad\n");
        assertThatThrownBy(folder::read).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("train.csv, row 3, which begins at line 3", "never closed");
    }

    @Test
    void theHeaderTellsTheSeparator() {
        for (String separator : List.of(";", "\t", "|")) {
            folder.file("train.csv", "\uFEFFtext" + separator + "label\r\n\"good, " + separator + " \"\"so\"\" good\"" + separator
                    + "glad\r\n");
            TaskReading reading = folder.read();
            assertThat(reading.requireAllGood().train()).singleElement().satisfies(row -> {
                assertThat(row.text()).isEqualTo("good, " + separator + " \"so\" good");
                assertThat(row.answer()).isEqualTo("glad");
            });
            assertThat(folder.remarks()).hasSize(2).anyMatch(r -> r.contains("separated by")).anyMatch(r -> r.contains("byte order mark"));
        }
        folder.file("train.csv", "sep=;\ntext;label\ngood;glad\n\"bad;sad\n");
        assertThatThrownBy(folder::read).hasMessageContainingAll("row 3, which begins at line 4", "never closed");
        folder.file("train.csv", "sep=;\ntext;label\ngood;glad\n");
        assertThat(folder.remarks()).singleElement().asString().contains("semicolons");
        assertThat(folder.read().task().train()).extracting(Example::row).containsExactly(2);
    }

    @Test
    void columnsThatNobodyKnowsAreNamedOneByOne() {
        folder.file("train.csv", "review;class\ngood;glad\n");
        assertThatThrownBy(folder::read).hasMessageContaining("the columns are: review, class");
        folder.file("about.json", "{\"labels\": [\"glad\", \"sad\"], \"columns\": {\"text\": \"review\", \"label\": \"class\"}}");
        folder.file("test.jsonl", "{\"review\": \"a\", \"class\": \"sad\"}\n");
        assertThat(folder.read().requireAllGood().train()).hasSize(1);
    }

    @Test
    void utf16IsReadWithAMarkAndWithout() {
        folder.labels("\"기쁨\"", "\"슬픔\"");
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            for (String mark : List.of("", "\uFEFF")) {
                folder.file("train.csv", mark + KOREAN.repeat(1), charset);
                assertThat(folder.read().requireAllGood().train()).extracting(Example::answer).containsExactly("기쁨", "슬픔");
                assertThat(folder.remarks()).singleElement().asString().contains("train.csv", "UTF-16");
            }
        }
    }

    /** More than the buffers hold, with characters of two halves everywhere. */
    @Test
    void aLongUtf16FileLosesNoCharacter() {
        StringBuilder text = new StringBuilder("text,label\n");
        for (int i = 0; i < 9000; i++) {
            text.append("x".repeat(i % 7)).append("\uD83D\uDE00가").append(i).append(",glad\n");
        }
        TaskReading reading = folder.file("train.csv", text.toString(), StandardCharsets.UTF_16LE).read();
        List<Example> rows = reading.requireAllGood().train();
        assertThat(rows).hasSize(9000);
        assertThat(rows).allMatch(r -> r.text().equals("x".repeat((r.row() - 2) % 7) + "\uD83D\uDE00가" + (r.row() - 2)));
    }
}
