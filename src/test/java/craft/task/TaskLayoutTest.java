package craft.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables, columns by another name, O-LoRA's and TRACE's folders. */
class TaskLayoutTest {
    private static final String LABELS = "\"labels\": [\"ham\", \"spam\"]";

    @TempDir
    Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private TaskReading read(String folder) {
        return TaskReader.read(root.resolve(folder));
    }

    private void refused(String folder, String... parts) {
        assertThatThrownBy(() -> read(folder)).isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    private void table(String train) throws IOException {
        write("t/about.json", "{\"instruction\": \"Spam?\", " + LABELS + "}");
        write("t/train.csv", train);
        write("t/test.csv", "text,label\nwin now,spam\n");
    }

    @Test
    void readsATableWithQuotedCells() throws IOException {
        table("id,label,text\r\n1,ham,\"see you, \"\"tomorrow\"\"\r\nat noon\"\r\n\r\n2,spam,무료 돈\r\n");
        TaskReading reading = read("t");
        Task task = reading.requireAllGood();
        assertThat(task.train()).extracting(Example::text).containsExactly("see you, \"tomorrow\"\r\nat noon", "무료 돈");
        assertThat(task.train()).extracting(Example::row).containsExactly(2, 4);
        assertThat(task.train().get(0).prompt())
                .isEqualTo("Spam?\nOptions: ham, spam\nsee you, \"tomorrow\"\r\nat noon\nAnswer:");
        assertThat(reading.problems()).isEmpty();
        assertThat(reading.source().files()).containsExactly("train.csv", "test.csv");
        assertThat(reading.source().unused()).containsExactly("id");
        assertThat(reading.source().mapping()).isEqualTo("text <- \"text\", label <- \"label\"");
        assertThat(TaskReader.looksLikeTask(root.resolve("t"))).isTrue();
    }

    @Test
    void readsATableWithTabsAndAByteOrderMark() throws IOException {
        write("t/train.tsv", "\uFEFFprompt\tanswer\n1 and 2, is\t3\n\"two\" of\t5\" or\n");
        write("t/test.tsv", "prompt\tanswer\n2 and 2, is\t4");
        TaskReading reading = read("t");
        assertThat(reading.requireAllGood().train()).extracting(Example::prompt, Example::answer).containsExactly(
                org.assertj.core.groups.Tuple.tuple("1 and 2, is", "3"),
                org.assertj.core.groups.Tuple.tuple("\"two\" of", "5\" or"));
        assertThat(reading.problems()).singleElement()
                .satisfies(p -> assertThat(p.toString()).contains("train.tsv").contains("byte order mark"));
        assertThat(reading.task().metric()).isEqualTo(TaskMetric.EXACT_MATCH);
    }

    @Test
    void namesRowAndReasonOfEveryBadRowOfATable() throws IOException {
        table("text,label\na,ham\nb\nc,spam,x\n,ham\nd,\ne,eggs\na,ham\nf,ham\n");
        TaskReading reading = read("t");
        assertThat(reading.badRows()).extracting(RowProblem::row).containsExactly(3, 4, 5, 6, 7);
        assertThat(reading.badRows()).allMatch(p -> p.file().equals(root.resolve("t/train.csv")));
        assertThat(reading.badRows()).extracting(RowProblem::column).containsExactly("", "", "text", "label", "label");
        assertThat(reading.badRows().get(0).reason()).contains("1 cell").contains("header has 2");
        assertThat(reading.badRows().get(1).reason()).contains("3 cells").contains("quotation marks");
        assertThat(reading.badRows().get(2).reason()).contains("empty");
        assertThat(reading.badRows().get(3).reason()).contains("empty");
        assertThat(reading.badRows().get(4).reason()).contains("\"eggs\" is not among the labels");
        assertThat(reading.problems()).filteredOn(p -> !p.fatal()).singleElement()
                .satisfies(p -> assertThat(p.toString()).contains("row 8").contains("same as train.csv, row 2"));
        assertThat(reading.task().train()).extracting(Example::text).containsExactly("a", "a", "f");
    }

    @Test
    void saysWhereAQuotationMarkIsMissing() throws IOException {
        table("text,label\na,ham\n\"b,spam\nc,ham\n");
        refused("t", "train.csv, row 3, which begins at line 3", "never closed", "rest of the file cannot be read");
        table("text,label\n\"a\nb\",ham\n\"c\" d,spam\n");
        refused("t", "train.csv, row 3, which begins at line 4", "quotation mark");
    }

    @Test
    void refusesBytesThatAreNoUtf8InOneRowOnly() throws IOException {
        table("text,label\na,ham\n?,ham\nc,spam\n");
        byte[] bytes = Files.readAllBytes(root.resolve("t/train.csv"));
        bytes["text,label\na,ham\n".length()] = (byte) 0xE9;
        Files.write(root.resolve("t/train.csv"), bytes);
        assertThat(read("t").badRows()).singleElement()
                .satisfies(p -> assertThat(p.toString()).contains("train.csv, row 3").contains("UTF-8"));
        Files.write(root.resolve("t/train.csv"), "\uFEFFtext,label\na,ham\n".getBytes(StandardCharsets.UTF_16LE));
        assertThat(read("t").remarks()).singleElement().satisfies(p -> assertThat(p.toString()).contains("train.csv", "UTF-16"));
    }

    @Test
    void refusesACellOverTenMegabytes() throws IOException {
        table("text,label\na,ham\n" + "x".repeat(Rows.LONGEST + 1) + ",ham\n");
        refused("t", "train.csv, row 3", "10 MB");
    }

    @Test
    void refusesAHeaderThatCannotBeUsed() throws IOException {
        table("review,label\na,ham\n");
        refused("t", "train.csv, row 1, \"text\"", "review, label", "\"columns\"");
        table("text,text\na,ham\n");
        refused("t", "train.csv, row 1", "two columns are named \"text\"");
        table("text,label\n");
        refused("t", "train.csv is empty");
        table("");
        refused("t", "train.csv is empty");
    }

    @Test
    void mapsColumnsAndKeysByAbout() throws IOException {
        write("t/about.json", "{\"instruction\": \"Spam?\", " + LABELS
                + ", \"columns\": {\"text\": \"review\", \"label\": \"class\"}, \"metric\": \"macro-f1\"}");
        write("t/train.csv", "class,review,text\nham,hello,other\n");
        write("t/test.json", "[{\"review\": \"win\", \"class\": \"spam\"}]");
        TaskReading reading = read("t");
        assertThat(reading.requireAllGood().train().get(0).prompt()).isEqualTo("Spam?\nOptions: ham, spam\nhello\nAnswer:");
        assertThat(reading.task().test().get(0).text()).isEqualTo("win");
        assertThat(reading.task().metric()).isEqualTo(TaskMetric.MACRO_F1);
        assertThat(reading.source().mapping()).isEqualTo("text <- \"review\", label <- \"class\"");
        assertThat(reading.source().unused()).containsExactly("text");
        write("t/about.json", "{\"columns\": {\"prompt\": \"review\", \"answer\": \"class\"}}");
        assertThat(read("t").requireAllGood().train().get(0).prompt()).isEqualTo("hello");
        write("t/about.json", "{\"columns\": {\"prompt\": \"question\", \"answer\": \"class\"}}");
        refused("t", "train.csv, row 1, \"question\"");
    }

    @Test
    void refusesAMappingOrMetricThatCannotBe() throws IOException {
        table("text,label\na,ham\n");
        write("t/about.json", "{\"columns\": {\"text\": \"a\"}}");
        refused("t", "about.json, \"columns\": must name two columns");
        write("t/about.json", "{\"columns\": {\"text\": \"a\", \"answer\": \"b\"}}");
        refused("t", "about.json, \"columns\": must name two columns");
        write("t/about.json", "{\"columns\": {\"text\": \"a\", \"label\": 3}}");
        refused("t", "about.json, \"columns\": every column's name");
        write("t/about.json", "{\"columns\": {\"text\": \"a\", \"label\": \"a\"}}");
        refused("t", "both are \"a\"");
        write("t/about.json", "{\"metric\": \"bleu\"}");
        refused("t", "about.json, \"metric\": there is no metric \"bleu\"");
        write("t/about.json", "{\"showOptions\": \"no\"}");
        refused("t", "about.json, \"showOptions\": must be true or false, not a text");
    }

    @Test
    void theLabelsNeedNotBeShown() throws IOException {
        table("text,label\na,ham\n");
        write("t/about.json", "{\"instruction\": \"Spam?\", " + LABELS + ", \"showOptions\": false}");
        Task task = read("t").requireAllGood();
        assertThat(task.train().get(0).prompt()).isEqualTo("Spam?\na\nAnswer:");
        assertThat(task.labels()).containsExactly("ham", "spam");
    }

    private void olora(String folder, String labels) throws IOException {
        write(folder + "/labels.json", labels);
        write(folder + "/train.json", "[{\"label\": \"World\", \"sentence\": \"Peace \"}, {\"label\": \"Sports\", \"sentence\": "
                + "\"Goal\"}]");
        write(folder + "/dev.json", "[{\"label\": \"World\", \"sentence\": \"War\"}]");
        write(folder + "/test.json", "[{\"label\": \"Sports\", \"sentence\": \"Match\", \"id\": 3}]");
    }

    @Test
    void readsAnOLoraFolderAsItIs() throws IOException {
        olora("TC/agnews", "[\"World\", \"Sports\"]");
        TaskReading reading = read("TC/agnews");
        Task task = reading.requireAllGood();
        assertThat(reading.problems()).isEmpty();
        assertThat(task.name()).isEqualTo("agnews");
        assertThat(task.labels()).containsExactly("World", "Sports");
        assertThat(task.train().get(0).prompt()).isEqualTo("What is the topic of the following paragraph? Choose one from "
                + "the option.\nOption: World, Sports \nPeace \nAnswer:");
        assertThat(task.train().get(0).answer()).isEqualTo("World");
        assertThat(task.eval()).hasSize(1);
        assertThat(task.metric()).isEqualTo(TaskMetric.ACCURACY);
        assertThat(reading.source().layout()).isEqualTo("O-LoRA");
        assertThat(reading.source().mapping()).isEqualTo("text <- \"sentence\", label <- \"label\"");
        assertThat(reading.source().unused()).containsExactly("id");
    }

    @Test
    void theFolderAboveSaysTheKind() throws IOException {
        olora("SC/yelp", "[\"World\", \"Sports\"]");
        assertThat(read("SC/yelp").task().train().get(0).prompt()).startsWith("What is the sentiment of the following "
                + "paragraph? Choose one from the option.\nOption: World, Sports \n");
        olora("COPA/COPA", "[\"World\", \"Sports\"]");
        assertThat(read("COPA/COPA").task().train().get(0).prompt()).isEqualTo("Peace \nAnswer:");
        olora("mine/odd", "[\"World\", \"Sports\"]");
        refused("mine/odd", "\"mine\" is none of them", "instruction");
        write("mine/odd/about.json", "{\"instruction\": \"Which?\", \"metric\": \"balanced-accuracy\"}");
        Task odd = read("mine/odd").requireAllGood();
        assertThat(odd.train().get(0).prompt()).isEqualTo("Which?\nOption: World, Sports \nPeace \nAnswer:");
        assertThat(odd.metric()).isEqualTo(TaskMetric.BALANCED_ACCURACY);
    }

    @Test
    void refusesBadRowsAndLabelsOfAnOLoraFolder() throws IOException {
        olora("TC/agnews", "[\"World\", \"Business\"]");
        write("TC/agnews/test.json", "[{\"label\": \"World\", \"sentence\": \"Match\"}]");
        assertThat(read("TC/agnews").badRows()).first().satisfies(p -> assertThat(p.toString())
                .contains("train.json, row 2, \"label\"").contains("\"Sports\" is not among the labels of labels.json"));
        write("TC/agnews/train.json", "[{\"label\": \"World\", \"text\": \"Peace\"}, {\"label\": \"World\", \"sentence\": \"a\"}]");
        assertThat(read("TC/agnews").badRows()).first().satisfies(p -> assertThat(p.toString())
                .contains("train.json, row 1, \"sentence\"").contains("missing"));
        write("TC/agnews/labels.json", "{}");
        refused("TC/agnews", "labels.json: must be a list");
        write("TC/agnews/labels.json", "[\"World\"");
        refused("TC/agnews", "labels.json, line 1", "not valid JSON");
        write("TC/agnews/labels.json", "[\"World\", \"Sports\"]");
        write("TC/agnews/about.json", "{" + LABELS + "}");
        refused("TC/agnews", "both labels.json and about.json");
    }

    @Test
    void readsATraceFolderWithItsMetric() throws IOException {
        String rows = "[{\"prompt\": \"Summarise: 회의록\\nSummary:\", \"answer\": \"예산 승인\"}]";
        for (String name : new String[] {"MeetingBank", "FOMC"}) {
            write(name + "/train.json", rows);
            write(name + "/eval.json", rows.replace("회의록", "회의"));
            write(name + "/test.json", rows.replace("회의록", "의사록"));
        }
        TaskReading reading = read("MeetingBank");
        assertThat(reading.requireAllGood().train().get(0).prompt()).isEqualTo("Summarise: 회의록\nSummary:");
        assertThat(reading.task().eval()).hasSize(1);
        assertThat(reading.task().metric()).isEqualTo(TaskMetric.ROUGE_L);
        assertThat(reading.source().layout()).isEqualTo("TRACE");
        assertThat(reading.source().prompt()).isEqualTo("stands as it is");
        assertThat(read("FOMC").task().metric()).isEqualTo(TaskMetric.ACCURACY);
        write("FOMC/about.json", "{\"metric\": \"exact-match\"}");
        assertThat(read("FOMC").task().metric()).isEqualTo(TaskMetric.EXACT_MATCH);
    }
}
