package craft.task;

import static org.assertj.core.api.Assertions.assertThat;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of rows end in a task or in one clear sentence, whatever the damage. {@code -Dcraft.fuzz} sets how many. */
class TaskFuzzTest {
    private static final int MUTANTS = Integer.getInteger("craft.fuzz", 4000);
    private static final String[] SPLICES = {"\"", "{", "}", "[", "]", ",", ";", "\t", "\n", "\r\n", "NaN", "null", "\\", "\u0000", "\uFEFF", "sep=;\n",
        "{\"data\": [", "\"messages\": [", "\"from\": \"gpt\"", "1e999", "-", "//", "'", "\uD800", "가"};
    private static final List<String[]> GOOD = List.of(
            new String[] {"train.jsonl", "{\"text\": \"a b\", \"label\": \"glad\", \"n\": [1, {\"x\": 2.0}]}\n{\"text\": \"c\", \"label\": \"sad\"}\n"},
            new String[] {"train.json", "[{\"text\": \"a\", \"label\": \"glad\"}, {\"text\": \"b\", \"label\": \"sad\"}]"},
            new String[] {"train.json", "{\"version\": 1, \"data\": [\n{\"text\": \"a\", \"label\": \"glad\"}]}"},
            new String[] {"train.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"glad\"}]}\n"},
            new String[] {"train.json", "[{\"instruction\": \"i\", \"input\": \"j\", \"output\": \"sad\", \"history\": [[\"a\", \"b\"]]}]"},
            new String[] {"train.csv", "text,label\n\"a, \"\"b\"\"\nc\",glad\nd,sad\n"},
            new String[] {"train.tsv", "id\ttext\tlabel\n1\t\"a\tglad\n2\tb\"\tsad\n"});

    @TempDir
    Path folder;

    @Test
    void damagedRowsEndInATaskOrInOneSentence() throws IOException {
        Random random = new Random(11);
        Files.writeString(folder.resolve("about.json"), "{\"instruction\": \"?\", \"labels\": [\"glad\", \"sad\"]}");
        Files.writeString(folder.resolve("test.jsonl"), "{\"text\": \"z\", \"label\": \"sad\"}\n");
        int read = 0;
        for (int i = 0; i < MUTANTS; i++) {
            String[] good = GOOD.get(random.nextInt(GOOD.size()));
            byte[] bytes = damaged(good[1], random);
            Path file = Files.write(folder.resolve(good[0]), bytes);
            try {
                TaskReading reading = TaskReader.read(folder);
                assertThat(reading.task().train()).allMatch(e -> !e.text().isBlank() && reading.task().labels().contains(e.answer()));
                reading.problems().forEach(p -> plain(p.reason(), bytes));
                read++;
            } catch (InvalidInputException e) {
                plain(e.getMessage(), bytes);
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("Mutant " + i + " of " + good[0] + ": " + new String(bytes, StandardCharsets.UTF_8), e);
            }
            assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
            Files.delete(file);
            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left).hasSize(2);
            }
        }
        assertThat(read).isBetween(MUTANTS / 10, MUTANTS * 9 / 10);
    }

    private static byte[] damaged(String good, Random random) {
        StringBuilder text = new StringBuilder(good);
        for (int n = random.nextInt(4); n >= 0; n--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, SPLICES[random.nextInt(SPLICES.length)]);
                case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
                case 2 -> text.setLength(at);
                default -> text.insert(at, text.substring(0, at));
            }
        }
        byte[] bytes = text.toString().getBytes(random.nextInt(8) == 0 ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextInt(3) == 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static void plain(String message, byte[] bytes) {
        assertThat(message).as(() -> new String(bytes, StandardCharsets.UTF_8)).isNotBlank()
                .doesNotContain("Feature", "REDACTED", "Exception", "fasterxml", "CTRL-CHAR").endsWith(".");
    }
}
