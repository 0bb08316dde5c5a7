package craft.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Three tiny tasks for stories260k, written into a folder with a recipe: two that ask the same of the same kind of text (who is
 * it about?) and one unlike them. A run takes seconds.
 */
public final class TinySequence {
    private static final String[] ANIMALS = {"cat", "dog", "bird", "fish"};
    private static final String[] CHILDREN = {"Tim", "Lily", "Tom", "Sue"};

    private TinySequence() {
    }

    /** @return the folder, with recipe.json and one folder a task */
    public static Path write(Path folder) {
        return write(folder, 4);
    }

    public static Path write(Path folder, int warmupSteps) {
        task(folder.resolve("who"), "Who is it?", List.of("animal", "child"), new Random(1), "The %s was happy.");
        task(folder.resolve("where"), "What is it?", List.of("up", "down"), new Random(2), "It went %s the hill.");
        task(folder.resolve("who-again"), "Who is it?", List.of("animal", "child"), new Random(3), "One day %s ran to the park.");
        recipe(folder, warmupSteps);
        return folder;
    }

    private static void task(Path folder, String instruction, List<String> labels, Random random, String pattern) {
        List<Map<String, String>> rows = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int label = random.nextInt(2);
            String[] words = label == 0 ? ANIMALS : CHILDREN;
            String word = labels.get(0).equals("animal") ? words[random.nextInt(words.length)] : label == 0 ? "up" : "down";
            rows.add(Map.of("text", String.format(pattern, word) + " " + i, "label", labels.get(label)));
        }
        lines(folder.resolve("train.jsonl"), rows.subList(0, 24));
        lines(folder.resolve("eval.jsonl"), rows.subList(24, 30));
        lines(folder.resolve("test.jsonl"), rows.subList(30, 40));
        write(folder.resolve("about.json"), Map.of("kind", "tiny", "language", "en", "instruction", instruction, "labels", labels,
                "licence", "none", "source", "made by a test"));
    }

    private static void recipe(Path folder, int warmupSteps) {
        write(folder.resolve("recipe.json"), Map.of("name", "Tiny", "model",
                Path.of("src/test/resources/models/stories260k").toAbsolutePath().toString(),
                "tasks", List.of("who", "where", "who-again"), "seed", 1,
                "sites", Map.of("layers", "1,3", "positions", "l4", "rank", 4),
                "training", Map.of("learningRate", 1e-2, "batchSize", 8, "epochs", 2),
                "method", Map.of("type", "craft", "routing", Map.of("warmupSteps", warmupSteps, "probeExamples", 8),
                        "tuning", Map.of("checkEvery", 2))));
    }

    private static void lines(Path file, List<Map<String, String>> rows) {
        StringBuilder text = new StringBuilder();
        for (Map<String, String> row : rows) {
            text.append(json(row)).append('\n');
        }
        store(file, text.toString());
    }

    private static void write(Path file, Map<String, ?> content) {
        store(file, json(content));
    }

    private static String json(Object content) {
        try {
            return new ObjectMapper().writeValueAsString(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void store(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
