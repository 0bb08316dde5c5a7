package craft.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A task's folder that a test writes; its test rows are good unless it writes others. */
final class TaskFolder {
    private final Path folder;

    TaskFolder(Path folder) {
        this.folder = folder;
    }

    TaskFolder file(String name, String text) {
        return file(name, text, StandardCharsets.UTF_8);
    }

    TaskFolder file(String name, String text, Charset charset) {
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(name), text.getBytes(charset));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** With {@code about.json} of these labels, and one test row. */
    TaskFolder labels(String... json) {
        file("about.json", "{\"instruction\": \"Mood?\", \"labels\": [" + String.join(", ", json) + "]}");
        return file("test.jsonl", "{\"text\": \"a test\", \"label\": " + json[0] + "}\n");
    }

    TaskReading read() {
        return TaskReader.read(folder);
    }

    List<String> remarks() {
        return read().remarks().stream().map(RowProblem::toString).toList();
    }
}
