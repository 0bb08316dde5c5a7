package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.TinySequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that a command says of bad input is a library's: no class, no switch of a reader, no trace. */
@Timeout(120)
class PlainWordsTest {
    private static final String[] FORBIDDEN = {"Exception", "java.", "com.fasterxml", "Source:", "REDACTED", "ai.djl", "Feature", "\tat "};

    @TempDir
    Path folder;
    private Path tiny;

    @BeforeEach
    void write() {
        tiny = TinySequence.write(folder.resolve("tiny"));
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private Path recipe(String name, String json) throws IOException {
        return file(name, json.getBytes(StandardCharsets.UTF_8));
    }

    private static void plain(String... args) {
        Captured console = new Captured();
        int code = console.run(args);
        String line = String.join(" ", args);
        assertThat(code).as(line).isEqualTo(Cli.BAD_INPUT);
        assertThat(console.err()).as(line).isNotBlank().doesNotContain(FORBIDDEN);
        assertThat(console.out()).as(line).doesNotContain(FORBIDDEN);
    }

    @Test
    void badRecipes() throws IOException {
        String good = Files.readString(tiny.resolve("recipe.json"));
        List<Path> files = new ArrayList<>();
        files.add(recipe("comment.json", "// mine\n" + good));
        files.add(recipe("comma.json", good.replaceFirst("}$", ",}")));
        files.add(recipe("single.json", good.replace('"', '\'')));
        files.add(recipe("nan.json", good.replace("0.01", "NaN")));
        files.add(recipe("half.json", good.substring(0, good.length() / 2)));
        files.add(recipe("twice.json", "{\"tasks\": [\"who\"], \"tasks\": [\"who\"]}"));
        files.add(recipe("two.json", good + good));
        files.add(recipe("kinds.json", "{\"tasks\": {\"a\": 1}, \"seed\": \"x\"}"));
        files.add(recipe("null.json", "{\"tasks\": [null]}"));
        files.add(recipe("method.json", "{\"tasks\": [\"who\"], \"method\": {\"type\": 3}}"));
        files.add(recipe("method-list.json", "{\"tasks\": [\"who\"], \"method\": []}"));
        files.add(recipe("deep.json", "{\"name\": " + "[".repeat(3000)));
        files.add(recipe("digits.json", "{\"seed\": " + "9".repeat(2000) + "}"));
        files.add(recipe("list.json", "[]"));
        files.add(recipe("empty.json", ""));
        files.add(file("utf16.json", good.getBytes(StandardCharsets.UTF_16)));
        files.add(file("utf16-no-mark.json", good.getBytes(StandardCharsets.UTF_16LE)));
        files.add(file("latin.json", "{\"name\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1)));
        files.add(file("large.json", new byte[10_000_001]));
        files.add(Files.createDirectories(folder.resolve("folder.json/recipe.json")));
        files.add(folder.resolve("folder.json"));
        files.add(folder.resolve("none.json"));
        files.add(tiny.resolve("recipe.json").resolve("below.json"));
        for (Path file : files) {
            plain("run", file.toString(), "--out", folder.resolve("runs").toString());
            plain("check", file.toString());
        }
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void badSettingsAndPlaces() throws IOException {
        Path blocked = file("blocked", new byte[0]);
        for (String set : List.of("training.maxGradientNorm=1e9", "training.epochs=1e999", "seed=x", "tasks=", "tasks=[\"a\"", "model=",
                "model=nowhere", "name=", "method.type=", "method.type=none", "engine.parts=0", "sites.rank=0", "sites.layers=x",
                "training.learningRate=[[[[", "training.epochs={}", "=3", "training=3", "model=a\0b", "tasks=a\0b")) {
            plain("run", tiny.toString(), "--set", set, "--out", folder.resolve("runs").toString());
        }
        plain("run", tiny.toString(), "--out", blocked.resolve("runs").toString());
        plain("run", tiny.toString(), "--out", "a\0b");
        plain("run", tiny.toString(), "--set", "training.epochs");
        plain("run", tiny.toString(), "--seed", "1e3");
        plain("run", "a\0b");
        plain("check", "a\0b");
        plain("check", blocked.toString());
        plain("resume", blocked.toString());
        plain("export", blocked.toString());
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    /** A shell expands only a ~ that begins a word. */
    @Test
    void homeIsExpandedInEveryPath() throws IOException {
        String home = System.setProperty("user.home", folder.toString());
        try {
            Files.writeString(folder.resolve("mine.json"), Files.readString(tiny.resolve("recipe.json"))
                    .replace("\"who\",\"where\",\"who-again\"", "\"~/tiny/who\""));
            for (String place : List.of("~/tiny", "~/tiny/who", "~/mine.json")) {
                assertThat(new Captured().run("check", place)).as(place).isZero();
            }
            assertThat(new Captured().run("run", "~/tiny", "--set", "tasks=~/tiny/who", "--set", "training.epochs=1", "--quiet", "--out",
                    "~/runs")).isZero();
            assertThat(folder.resolve("runs")).isNotEmptyDirectory();
        } finally {
            System.setProperty("user.home", home);
        }
    }

    /** The shell hands over UTF-8, which a program in the POSIX locale can neither read nor name. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void namesBeyondTheLocaleAreToldWithTheRemedy() throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        ProcessBuilder process = new ProcessBuilder("sh", "-c", "exec \"$0\" -cp \"$1\" craft.Main check \"/tmp/$(printf '\\355\\225\\234')\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        process.environment().put("LC_ALL", "POSIX");
        Process running = process.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(out)).contains("LC_ALL=C.UTF-8").doesNotContain(FORBIDDEN).hasLineCount(1);
        assertThat(running.exitValue()).isEqualTo(Cli.BAD_INPUT);
    }
}
