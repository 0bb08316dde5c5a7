package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import craft.lm.easybert.TinyEasyBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsCommandTest {
    @TempDir
    Path temp;

    private static Captured run(int code, String... args) {
        Captured console = new Captured();
        assertThat(console.run(args)).as(console.err()).isEqualTo(code);
        return console;
    }

    @Test
    void importsAJarAndListsTheModel() throws IOException {
        String jar = new TinyEasyBert(1).write(temp).toString();
        String to = temp.resolve("models").toString();
        assertThat(run(0, "models", "list", "--in", to).out()).contains("No models in " + to);
        Captured first = run(0, "models", "import", jar, "--to", to);
        Path folder = temp.resolve("models/bert-tiny-uncased-L-2-H-16-A-2");
        assertThat(first.out()).isEqualTo(folder + System.lineSeparator());
        assertThat(first.err()).contains("reading").contains("writing").contains("verifying 100 %")
                .contains("every checksum fits");
        assertThat(run(0, "models", "import", jar, "--to", to).err()).contains("Imported before");
        assertThat(run(0, "models", "list", "--in", to).out()).contains("bert-tiny-uncased-L-2-H-16-A-2")
                .contains("BertForMaskedLM").contains(folder.toString());
        assertThat(run(0, "check", folder.toString()).out()).contains("BertForMaskedLM").contains("Apache-2.0")
                .contains("masked language model");
        Files.writeString(folder.resolve("config.json"), "{");
        assertThat(run(0, "models", "list", "--in", to).out()).contains("unusable").contains("not valid JSON");
    }

    @Test
    void whatIsNoJarIsToldInOneLine() throws IOException {
        Path file = Files.writeString(temp.resolve("model.jar"), "no jar");
        assertThat(run(2, "models", "import", file.toString(), "--to", temp.toString()).err().lines())
                .last().asString().contains("model.jar").contains("no jar at all");
        assertThat(run(2, "models", "import", temp.resolve("none").toString()).err()).contains("There is no file");
        assertThat(run(2, "models").err()).contains("Name a command: import, list");
        assertThat(run(2, "check", "user:no-such-model").err()).contains("no model \"no-such-model\"");
    }
}
