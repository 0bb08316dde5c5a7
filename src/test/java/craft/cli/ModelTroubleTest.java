package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a model's folder shows in check, before a run is made, and in the run; the numbers are the right ones. */
class ModelTroubleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path STORIES = Path.of("src/test/resources/models/stories260k");

    @TempDir
    Path temp;
    private Path model;

    @BeforeEach
    void aModelAndATask() throws IOException {
        model = Files.createDirectory(temp.resolve("m"));
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            Files.copy(STORIES.resolve(name), model.resolve(name));
        }
        task("mood", "The sun is out", "The rain came");
    }

    @Test
    void unusedLayersAreToldByCheckAndByTheRun() throws IOException {
        change("config.json", c -> c.put("num_hidden_layers", 3));
        assertThat(check(0, model).out()).contains("Model m: good", "remark", "layers 3 and 4 (18 tensors)");
        Captured run = run(0, "mood");
        assertThat(run.out() + run.err()).contains("layers 3 and 4 (18 tensors)");
    }

    @Test
    void aTokenThatOnlyTheConfigAsksForIsPutBefore() throws IOException {
        double plain = perplexity(run(0, "mood"));
        change("tokenizer.json", t -> t.putNull("post_processor"));
        assertThat(perplexity(run(0, "mood"))).isNotEqualTo(plain);
        Files.writeString(model.resolve("tokenizer_config.json"),
                "{\"add_bos_token\": true, \"bos_token\": \"<s>\", \"tokenizer_class\": \"LlamaTokenizer\"}");
        assertThat(perplexity(run(0, "mood"))).isEqualTo(plain);
    }

    @Test
    void aTokenBeyondTheEmbeddingIsRefusedBeforeARunIsMade() throws IOException {
        change("tokenizer.json", t -> t.withArray("added_tokens").addObject().put("id", 512).put("content", "<|user|>")
                .put("single_word", false).put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true));
        run(0, "mood");
        task("chat", "<|user|> The sun", "The rain came");
        assertThat(check(0, model).out()).contains("number 512 (\"<|user|>\")", "512 rows");
        Captured run = run(2, "chat");
        assertThat(run.err()).contains("Task chat has the token \"<|user|>\", number 512", "512 rows, 0 to 511").hasLineCount(1);
        assertThat(check(2, temp.resolve("recipe.json")).err()).contains("number 512").hasLineCount(1);
    }

    @Test
    void aBeginningThatIsWrittenOutIsRemarked() throws IOException {
        task("twice", "<s>The sun is out", "The rain came");
        String said = "Task twice: 6 of 12 prompts begin with <s> written out";
        Captured run = run(0, "twice");
        assertThat(run.out() + run.err()).contains(said);
        assertThat(check(0, temp.resolve("recipe.json")).out()).contains(said);
    }

    @Test
    void checkOpensWhatARunOpens() throws IOException {
        String tokenizer = Files.readString(model.resolve("tokenizer.json"));
        Files.writeString(model.resolve("tokenizer.json"), "\uFEFF" + tokenizer);
        check(0, model);
        run(0, "mood");
        Files.writeString(model.resolve("tokenizer.json"), tokenizer.replace("\"type\": \"BPE\"", "\"type\": \"BPF\""));
        assertThat(check(2, model).err()).contains("tokenizer.json", "damaged").hasLineCount(1);
        assertThat(run(2, "mood").err()).contains("tokenizer.json", "damaged").hasLineCount(1);
    }

    @Test
    void weightsThatAreNoNumbersAreRefusedByCheckAndBeforeARunIsMade() throws IOException {
        byte[] bytes = Files.readAllBytes(model.resolve("model.safetensors"));
        int last = bytes.length - 4;
        boolean half = Files.readString(STORIES.resolve("config.json")).contains("float16");
        bytes[last + 3] = 0x7f;
        bytes[last + 2] = (byte) (half ? 0xff : 0x80);
        Files.delete(model.resolve("model.safetensors"));
        Files.write(model.resolve("model.safetensors"), bytes);
        assertThat(check(2, model).err()).contains("not numbers (NaN or infinite)", "(1 of ").hasLineCount(1);
        assertThat(run(2, "mood").err()).contains("not numbers (NaN or infinite)").hasLineCount(1);
    }

    @Test
    void checkKnowsThingsNearAModel() throws IOException {
        Path adapter = Files.createDirectory(temp.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), "{\"base_model_name_or_path\": \"some/base\"}");
        assertThat(check(2, adapter).err()).contains("adapter of PEFT", "some/base").hasLineCount(1);
        Path snapshot = Files.createDirectories(temp.resolve("models--a--b/snapshots")).resolve("0123");
        Files.move(model, snapshot);
        assertThat(check(2, temp.resolve("models--a--b")).err()).contains("name the snapshot", snapshot.toString()).hasLineCount(1);
    }

    private Captured check(int exit, Path path) {
        Captured console = new Captured();
        assertThat(console.run("check", path.toString())).as(console.err()).isEqualTo(exit);
        return console;
    }

    /** Scores the untrained model. */
    private Captured run(int exit, String task) throws IOException {
        Path recipe = temp.resolve("recipe.json");
        Files.write(recipe, JSON.writeValueAsBytes(Map.of("name", "t", "model", "m", "tasks", List.of(task), "sites",
                Map.of("layers", "0", "positions", "l1", "rank", 2), "method", Map.of("type", "frozen"))));
        Captured console = new Captured();
        assertThat(console.run("run", recipe.toString(), "--json", "--out", temp.resolve("runs").toString())).as(console.err()).isEqualTo(exit);
        if (exit != 0) {
            assertThat(console.out()).isEmpty();
        }
        return console;
    }

    private static double perplexity(Captured run) throws IOException {
        String last = run.out().lines().reduce((a, b) -> b).orElseThrow();
        return JSON.readTree(last).findValue("perplexity").get(0).doubleValue();
    }

    /** Six rows to train and six to test, half of each kind. */
    private void task(String name, String glad, String sad) throws IOException {
        Path folder = Files.createDirectory(temp.resolve(name));
        Files.writeString(folder.resolve("about.json"), "{\"labels\": [\"glad\", \"sad\"], \"showOptions\": false}");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            rows.append(JSON.writeValueAsString(new TreeMap<>(Map.of("text", (i % 2 == 0 ? glad : sad) + " " + i, "label",
                    i % 2 == 0 ? "glad" : "sad")))).append('\n');
        }
        Files.writeString(folder.resolve("train.jsonl"), rows);
        Files.writeString(folder.resolve("test.jsonl"), rows);
    }

    private interface Change {
        void make(ObjectNode json);
    }

    private void change(String name, Change change) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(model.resolve(name).toFile());
        change.make(root);
        Files.write(model.resolve(name), JSON.writeValueAsBytes(root));
    }
}
