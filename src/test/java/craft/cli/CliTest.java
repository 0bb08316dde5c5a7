package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CliTest {
    private final Captured console = new Captured();
    private Path tiny;

    @TempDir
    Path folder;

    @BeforeEach
    void findTasks() throws URISyntaxException {
        tiny = Path.of(CliTest.class.getResource("/tasks/tiny").toURI());
    }

    static List<Arguments> badLines() {
        return List.of(
                Arguments.of(List.of("run", "no-such-recipe.json"), List.of("There is no recipe no-such-recipe.json")),
                Arguments.of(List.of("run"), List.of("<recipe>", "craft-workbench run --help")),
                Arguments.of(List.of("run", "x", "--sed", "3"), List.of("--sed", "craft-workbench run --help")),
                Arguments.of(List.of("run", "x", "--seed", "three"), List.of("--seed", "three")),
                Arguments.of(List.of("run", "x", "--set", "training.epochs"), List.of("--set", "training.epochs")),
                Arguments.of(List.of("run", "TINY", "--set", "training.epoch=3"),
                        List.of("no option \"training.epoch\"",
                        "Nearest: training.epochs")),
                Arguments.of(List.of("run", "TINY", "--set", "training.epochs=x"), List.of("must be a whole number")),
                Arguments.of(List.of("run", "TINY", "--set", "training.epochs=0"), List.of("training.epochs is 0")),
                Arguments.of(List.of("run", "TINY", "--set", "model=bundled:oak"),
                        List.of("no bundled model \"oak\"", "seedling")),
                Arguments.of(List.of("run", "TINY", "--set", "model=/no/where"), List.of("/no/where")),
                Arguments.of(List.of("run", "TINY", "--set", "tasks=no-such-task"),
                        List.of("no task folder", "no-such-task")),
                Arguments.of(List.of("run", "TINY", "--set", "sites.layers=0-99"), List.of("sites.layers", "layer 99")),
                Arguments.of(List.of("run", "TINY", "--set", "sites.rank=1000"), List.of("sites.rank is 1000")),
                Arguments.of(List.of("run", "TINY", "--set", "sites.positions=z4"), List.of("z4")),
                Arguments.of(List.of("ran", "x"), List.of("ran", "craft-workbench --help")),
                Arguments.of(List.of("--nonsense"), List.of("--nonsense")),
                Arguments.of(List.of("check", "no-such-folder"), List.of("nothing at no-such-folder")),
                Arguments.of(List.of("export", "no-such-run"), List.of("no run no-such-run")),
                Arguments.of(List.of("export", "x", "--format", "onnx"), List.of("--format", "onnx")));
    }

    @ParameterizedTest
    @MethodSource("badLines")
    void badInputEndsWithTwoAndOneMessage(List<String> line, List<String> parts) throws IOException {
        String[] args = line.stream().map(a -> a.equals("TINY") ? tiny.toString() : a).toArray(String[]::new);
        if (line.get(0).equals("run")) {
            args = Stream.concat(Stream.of(args), Stream.of("--out", folder.toString())).toArray(String[]::new);
        }
        assertThat(console.run(args)).isEqualTo(2);
        assertThat(console.out()).isEmpty();
        assertThat(console.err().lines()).hasSize(1).first().asString().contains(parts).doesNotContain("Exception");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aRowWithoutAnswerIsNamedBeforeARunIsMade() throws IOException {
        Path task = Files.createDirectory(folder.resolve("mine"));
        Files.writeString(task.resolve("train.jsonl"),
                "{\"prompt\": \"1 and 1 is \", \"answer\": \"2\"}\n{\"prompt\": \"2 and 2 is \"}\n");
        Files.writeString(task.resolve("test.jsonl"), "{\"prompt\": \"3 and 3 is \", \"answer\": \"6\"}\n");
        assertThat(console.run("run", tiny.toString(), "--set", "tasks=" + task, "--out", folder.resolve("runs")
                .toString())).isEqualTo(2);
        assertThat(console.err()).contains("train.jsonl, row 2, \"answer\"").contains("data.skipBadRows")
                .hasLineCount(1);
        assertThat(folder.resolve("runs")).doesNotExist();

        Captured check = new Captured();
        assertThat(check.run("check", task.toString())).isEqualTo(2);
        assertThat(check.out()).contains("Task mine: 1 row cannot be used").contains("bad row").contains("row 2");
        assertThat(check.err()).hasLineCount(1);
    }

    @Test
    void twoTasksOfOneNameAreRefused() throws IOException {
        Path other = Files.createDirectories(folder.resolve("other/mood"));
        for (String file : new String[] {"train.jsonl", "test.jsonl", "about.json"}) {
            Files.copy(tiny.resolve("mood").resolve(file), other.resolve(file));
        }
        assertThat(console.run("run", tiny.toString(), "--set", "tasks=mood," + other, "--out", folder.resolve("runs")
                .toString())).isEqualTo(2);
        assertThat(console.err()).contains("Two tasks are named \"mood\"");
    }

    @Test
    void checkSaysWhatAFolderIs() {
        assertThat(console.run("check", tiny.resolve("maeum").toString())).isZero();
        assertThat(console.out()).contains("Task maeum: good").contains("18 train, 4 eval, 8 test")
                .contains("2: 기쁨, 슬픔")
                .contains("Apache-2.0");
        Captured model = new Captured();
        assertThat(model.run("check", tiny.resolve("../../models/stories260k").toString())).isZero();
        assertThat(model.out()).contains("Model stories260k: good").contains("LlamaForCausalLM").contains("layers");
        Captured recipe = new Captured();
        assertThat(recipe.run("check", tiny.toString())).isZero();
        assertThat(recipe.out()).contains("Recipe \"Tiny\": good").contains("Model stories260k: good")
                .contains("Task mood-again: good");
        Captured nothing = new Captured();
        assertThat(nothing.run("check", folder.toString())).isEqualTo(2);
        assertThat(nothing.err()).contains("is no model").hasLineCount(1);
    }

    @Test
    void checkRefusesAPickledModel() throws IOException {
        Files.copy(tiny.resolve("../../models/stories260k/config.json"), folder.resolve("config.json"));
        Files.copy(tiny.resolve("../../models/stories260k/tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.write(folder.resolve("pytorch_model.bin"), new byte[] {1, 2, 3});
        assertThat(console.run("check", folder.toString())).isEqualTo(2);
        assertThat(console.err()).contains("pytorch_model.bin").hasLineCount(1);
    }

    @Test
    void runsOfAnEmptyFolderAreNone() {
        assertThat(console.run("runs", "--in", folder.toString())).isZero();
        assertThat(console.out()).contains("No runs in " + folder);
    }

    @Test
    void helpAndVersionAreNoErrors() {
        assertThat(console.run("--help")).isZero();
        assertThat(console.out()).contains("run").contains("export").contains("check").contains("Exit codes: 0 good");
        assertThat(new Captured().run("run", "--help")).isZero();
        Captured version = new Captured();
        assertThat(version.run("--version")).isZero();
        assertThat(version.out()).startsWith("CRAFT Workbench ");
    }

    @Test
    void namesTheCommandsWhenNoneIsGiven() {
        assertThat(console.run()).isEqualTo(2);
        assertThat(console.err()).contains("Name a command").contains("export").hasLineCount(1);
    }
}
