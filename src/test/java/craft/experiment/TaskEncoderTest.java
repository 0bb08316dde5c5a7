package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import craft.lm.ModelConfig;
import craft.lm.Sequence;
import craft.lm.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of rows as tokens: nothing is cut without a word, and no score is asked for that could mean nothing. */
class TaskEncoderTest {
    private static final Path STORIES = Path.of("src/test/resources/models/stories260k");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path root;
    private Path tokenizer = STORIES.resolve("tokenizer.json");
    private Path config = STORIES.resolve("config.json");

    @BeforeEach
    void begin() {
        TinySequence.write(root);
    }

    @AfterEach
    void end() {
        tokenizer = null;
    }

    /** The stories' tokenizer and configuration, changed. */
    private void model(Consumer<ObjectNode> ofTokenizer, Consumer<ObjectNode> ofConfig) throws IOException {
        ObjectNode tokens = (ObjectNode) JSON.readTree(STORIES.resolve("tokenizer.json").toFile());
        ofTokenizer.accept(tokens);
        tokenizer = Files.write(root.resolve("tokenizer.json"), JSON.writeValueAsBytes(tokens));
        ObjectNode options = (ObjectNode) JSON.readTree(STORIES.resolve("config.json").toFile());
        ofConfig.accept(options);
        config = Files.write(root.resolve("config.json"), JSON.writeValueAsBytes(options));
    }

    private void noBytes(ObjectNode tokens) {
        ((ObjectNode) tokens.get("model")).put("byte_fallback", false);
    }

    private List<EncodedTask> encode(String... set) {
        Map<String, String> changes = new LinkedHashMap<>();
        for (String one : set) {
            changes.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        Recipe recipe = RecipeReader.read(root, changes);
        try (Tokens tokens = Tokens.load(tokenizer)) {
            return Preparation.encode(tokens, ModelConfig.read(config), recipe, Preparation.read(recipe));
        }
    }

    private void task(String name, String about, List<String> rows) throws IOException {
        Path folder = Files.createDirectories(root.resolve(name));
        Files.writeString(folder.resolve("about.json"), about);
        Files.writeString(folder.resolve("train.jsonl"), String.join("\n", rows));
        Files.writeString(folder.resolve("test.jsonl"), String.join("\n", rows));
    }

    private static String row(String text, String label) {
        return "{\"text\": \"" + text + "\", \"label\": \"" + label + "\"}";
    }

    private static String about(String... labels) {
        return "{\"instruction\": \"Which?\", \"labels\": [\"" + String.join("\", \"", labels) + "\"]}";
    }

    private static void same(List<Sequence> some, List<Sequence> others) {
        assertThat(others).hasSameSizeAs(some);
        for (int i = 0; i < some.size(); i++) {
            assertThat(others.get(i).prompt()).isEqualTo(some.get(i).prompt());
            assertThat(others.get(i).continuations()).usingRecursiveComparison().isEqualTo(some.get(i).continuations());
        }
    }

    @Test
    void rowsAsTheyShouldBeAreEncodedWithoutARemark() {
        assertThat(encode()).hasSize(3).allMatch(task -> task.remarks().isEmpty());
    }

    @Test
    void optionsThatFillThePromptAreRefusedWithTheNumbers() throws IOException {
        String[] labels = IntStream.range(0, 60).mapToObj(i -> "card_not_working_" + i).toArray(String[]::new);
        task("bank", about(labels), List.of(row("Hello, my card is broken", labels[3]), row("Hi", labels[5])));
        assertThatThrownBy(() -> encode("tasks=bank", "data.maxPromptTokens=100")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Task bank, train row").hasMessageContaining("instruction and options alone take")
                .hasMessageContaining("data.maxPromptTokens 100").hasMessageContaining("\"showOptions\": false");
        // Alone, what stands around the text leaves the limit itself no place for a single character.
        task("long", "{\"instruction\": \"" + "What is it? ".repeat(20) + "\", \"labels\": null}", List.of(row("Hello", "a"), row("Hi", "b")));
        assertThatThrownBy(() -> encode("tasks=long", "data.maxPromptTokens=60")).hasMessageContaining("what stands around the text")
                .hasMessageNotContaining("showOptions");
        task("plain", "{\"labels\": null}", List.of("{\"prompt\": \"Hello you\", \"answer\": \"a\"}"));
        assertThatThrownBy(() -> encode("tasks=plain", "data.maxPromptTokens=1")).hasMessageContaining("nothing is left of the text");
    }

    @Test
    void howManyRowsAreShortenedAndByHowMuchIsAlwaysTold() throws IOException {
        task("mail", about("up", "down"), IntStream.range(1, 11).mapToObj(i -> row("a cat ".repeat(i * 10).strip(), i % 2 == 0 ? "up" : "down"))
                .toList());
        EncodedTask mail = encode("tasks=mail", "data.maxPromptTokens=120", "data.trainRows=2").get(0);
        assertThat(mail.training().train()).allMatch(s -> s.prompt().length <= 120);
        assertThat(mail.test()).allMatch(s -> s.prompt().length <= 120);
        List<Integer> whole = encode("tasks=mail").get(0).test().stream().map(s -> s.prompt().length).sorted().toList();
        List<Integer> longer = whole.stream().filter(n -> n > 120).toList();
        assertThat(longer).hasSizeBetween(5, 9);
        assertThat(mail.remarks()).anySatisfy(r -> assertThat(r).isEqualTo(String.format("mail: %d of 10 test rows are longer than "
                + "data.maxPromptTokens 120; the end of their text is left out (median %d tokens, longest %d; at the least %s).",
                longer.size(), longer.get(longer.size() / 2), longer.get(longer.size() - 1), r.replaceAll("(?s).*at the least (.*)\\)\\.", "$1"))));
        assertThat(mail.remarks()).anySatisfy(r -> assertThat(r).contains("of 599 characters are left of test row 10"));
        task("plain", "{\"labels\": null}", List.of("{\"prompt\": \"" + "a cat ".repeat(30) + "\", \"answer\": \"a\"}"));
        assertThat(encode("tasks=plain", "data.maxPromptTokens=40").get(0).remarks()).filteredOn(r -> r.contains("longer"))
                .hasSize(2).allMatch(r -> r.contains("1 of 1") && r.contains("the beginning of its text is left out"));
    }

    @Test
    void theSpaceBetweenPromptAndAnswerIsTheAnswers() throws IOException {
        List<List<EncodedTask>> all = new java.util.ArrayList<>();
        for (String[] form : new String[][] {{"", ""}, {" ", ""}, {"", " "}, {"  ", " "}}) {
            task("day", "{\"labels\": [\"" + form[1] + "glad\", \"sad\"]}", List.of(
                    "{\"prompt\": \"Day 1 mood:" + form[0] + "\", \"answer\": \"" + form[1] + "glad\"}",
                    "{\"prompt\": \"Day 2 mood:" + form[0] + "\", \"answer\": \"sad\"}"));
            all.add(encode("tasks=day"));
            task("free", "{\"labels\": null}", List.of("{\"prompt\": \"Day 1:" + form[0] + "\", \"answer\": \"" + form[1] + "glad\"}"));
            all.add(encode("tasks=free"));
        }
        for (int i = 2; i < all.size(); i++) {
            EncodedTask right = all.get(i % 2).get(0);
            EncodedTask other = all.get(i).get(0);
            same(right.test(), other.test());
            same(right.training().train(), other.training().train());
            assertThat(right.remarks()).isEmpty();
            assertThat(other.remarks()).singleElement().asString().contains("space at the prompt's end or the answer's beginning");
        }
    }

    @Test
    void labelsOfTheSameTokensAreRefusedByName() throws IOException {
        model(this::noBytes, c -> { });
        task("korean", about("좋", "싫"), List.of(row("a", "좋"), row("b", "싫")));
        assertThatThrownBy(() -> encode("tasks=korean")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Task korean: the labels \"좋\" and \"싫\" become the same tokens").hasMessageContaining("does not know");
        task("half", about("좋", "bad"), List.of(row("a", "좋"), row("b", "bad")));
        assertThatThrownBy(() -> encode("tasks=half")).hasMessageContaining("the label \"좋\" becomes only the token for what is unknown");
        model(t -> ((com.fasterxml.jackson.databind.node.ArrayNode) t.get("normalizer").get("normalizers")).addObject().put("type", "Lowercase"),
                c -> { });
        task("case", about("US", "us"), List.of(row("a", "US"), row("b", "us")));
        assertThatThrownBy(() -> encode("tasks=case")).hasMessageContaining("the labels \"US\" and \"us\"");
        model(t -> { }, c -> { });
        assertThat(encode("tasks=case").get(0).remarks()).isEmpty();
    }

    @Test
    void aLabelThatBeginsAnotherNeedsAnEndOfText() throws IOException {
        task("count", about("up", "up up"), List.of(row("a", "up"), row("b", "up up")));
        assertThat(encode("tasks=count")).hasSize(1);
        model(t -> { }, c -> c.remove("eos_token_id"));
        assertThatThrownBy(() -> encode("tasks=count")).hasMessageContaining("\"up\"").hasMessageContaining("\"up up\"")
                .hasMessageContaining("eos_token_id");
    }

    @Test
    void labelsOfTwoTasksThatAreTheSameTokensAreToldAndInCilRefused() throws IOException {
        model(this::noBytes, c -> { });
        task("one", about("좋은 up", "down"), List.of(row("a", "좋은 up"), row("b", "down")));
        task("two", about("싫은 up", "left"), List.of(row("a", "싫은 up"), row("b", "left")));
        assertThat(encode("tasks=one,two").get(1).remarks()).anyMatch(r -> r.contains("the labels of all tasks")
                && r.contains("\"좋은 up\" and \"싫은 up\""));
        assertThatThrownBy(() -> encode("tasks=one,two", "scenario=cil")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Scenario cil").hasMessageContaining("\"좋은 up\" and \"싫은 up\"");
        assertThat(encode("tasks=one,two", "data.unionScores=false").get(1).remarks()).noneMatch(r -> r.contains("all tasks"));
    }

    @Test
    void controlTokensAndUnknownCharactersInTextsAreCounted() throws IOException {
        task("strike", about("up", "down"), List.of(row("now <s>9</s> 5", "up"), row("now 5", "down"), row("a </s>", "up")));
        assertThat(encode("tasks=strike").get(0).remarks()).containsExactly("strike: 4 of 6 rows (train 2, test 2) contain <s>, </s>, "
                + "which the tokenizer reads as control tokens, not as text. If text is meant, write it in another way.");
        model(this::noBytes, c -> { });
        task("korean", about("up", "down"), List.of(row("그는 갔다", "up"), row("he went", "down")));
        assertThat(encode("tasks=korean").get(0).remarks()).hasSize(2)
                .anyMatch(r -> r.startsWith("korean: 2 of 4 rows (train 1, test 1) contain characters that the tokenizer does not know"))
                .anyMatch(r -> r.startsWith("korean: 2 of 4 rows (train 1, test 1) have an instruction, options or line breaks"));
    }

    @Test
    void demonstrationsThatDoNotFitAreCounted() throws IOException {
        task("shots", about("up", "down"), IntStream.range(0, 30).mapToObj(i -> row("the cat number " + i, i % 2 == 0 ? "up" : "down")).toList());
        assertThat(encode("tasks=shots", "method.type=frozen", "method.shots=2").get(0).remarks()).isEmpty();
        assertThat(encode("tasks=shots", "method.type=frozen", "method.shots=30").get(0).remarks()).singleElement().asString()
                .startsWith("shots: the 30 demonstrations (method.shots) do not all fit into the model's context of 512 tokens before 30 of 30");
    }

    @Test
    void whatIsToldOfRowsIsToldByTheCheckOfTheRecipe() throws IOException {
        task("strike", about("up", "down"), List.of(row("now <s>9</s> 5", "up"), row("b", "down")));
        Preflight found = Preflight.check(RecipeReader.read(root, Map.of("tasks", "strike")));
        assertThat(found.remarks()).singleElement().asString().contains("strike", "<s>");
    }

    @Test
    void aRunSaysWhatRowsItLeavesOutAndWhatIsToldOfThem() throws IOException {
        task("some", about("up", "down"), List.of(row("a", "up"), row("b", "left"), row(" ", "up"), row("c", "down")));
        Files.writeString(root.resolve("some/train.json"), "{\"data\": [" + row("a", "up") + "]}");
        Files.delete(root.resolve("some/train.jsonl"));
        Recipe recipe = RecipeReader.read(root, Map.of("tasks", "some", "data.skipBadRows", "true"));
        List<String> notes = Preparation.notes(Preparation.read(recipe));
        assertThat(notes).hasSize(2);
        assertThat(notes.get(0)).startsWith("some: 2 rows that cannot be used are left out, as data.skipBadRows says.")
                .contains("test.jsonl, row 2", "\"left\"");
        assertThat(notes.get(1)).contains("under \"data\"");
        assertThat(Preparation.notes(Preparation.read(RecipeReader.read(root, Map.of())))).isEmpty();
    }

    /** A run's events hold the same sentences, so that the journal and the window have them. */
    @Test
    void aRunTellsItInItsEvents() throws Exception {
        task("mail", about("up", "down"), List.of(row("a cat ".repeat(40).strip(), "up"), row("b", "down")));
        List<RunEvent> events = new java.util.ArrayList<>();
        ExperimentRunner runner = new ExperimentRunner(RecipeReader.read(root, Map.of("tasks", "mail", "method.type", "frozen",
                "data.maxPromptTokens", "60")), events::add, RunArtifacts.NONE);
        runner.start();
        runner.await();
        assertThat(events.get(events.size() - 1)).isInstanceOf(RunEvent.RunFinished.class);
        String notes = events.stream().filter(e -> e instanceof RunEvent.Note).map(e -> ((RunEvent.Note) e).message())
                .collect(Collectors.joining("\n"));
        assertThat(notes).contains("mail: 1 of 2 train rows is longer than data.maxPromptTokens 60", "mail: 1 of 2 test rows");
    }
}
