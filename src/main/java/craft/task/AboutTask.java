package craft.task;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A task's {@code about.json}.
 *
 * @param instruction what stands before the options, may be empty
 * @param labels the labels to choose among, empty when answers are generated
 * @param labelsGiven false when the file is missing or says nothing of labels
 * @param instructionGiven false when the file is missing or says nothing of an instruction
 * @param showOptions whether the prompt lists the labels
 * @param metric what the rows are scored by, if the file says so
 * @param columns which keys or columns hold text and answer, if the file says so
 * @param facts kind, language, licence, source, as far as given
 */
record AboutTask(String instruction, List<String> labels, boolean labelsGiven, boolean instructionGiven,
        boolean showOptions, Optional<TaskMetric> metric, Optional<RowKeys> columns, Map<String, String> facts) {
    static final String FILE = "about.json";
    private static final List<String> FACTS = List.of("kind", "language", "licence", "source");

    static AboutTask read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return new AboutTask("", List.of(), false, false, true, Optional.empty(), Optional.empty(), Map.of());
        }
        JsonNode tree = tree(file);
        if (!tree.isObject()) {
            throw new InvalidInputException(file + " must be one JSON object with \"instruction\" and \"labels\".");
        }
        Map<String, String> facts = new LinkedHashMap<>();
        for (String fact : FACTS) {
            String value = text(tree, fact, file);
            if (!value.isEmpty()) {
                facts.put(fact, value);
            }
        }
        String license = text(tree, "license", file);
        if (!license.isEmpty()) {
            facts.putIfAbsent("licence", license);
        }
        String metric = text(tree, "metric", file);
        return new AboutTask(text(tree, "instruction", file), labels(tree.path("labels"), file + ", \"labels\": "),
                tree.has("labels"), tree.has("instruction"), flag(tree, "showOptions", file),
                metric.isEmpty() ? Optional.empty()
                        : Optional.of(TaskMetric.named(metric, file + ", \"metric\": ")),
                columns(tree.path("columns"), file + ", \"columns\": "), facts);
    }

    /** The file as JSON; no key may be given twice. */
    static JsonNode tree(Path file) {
        try (JsonParser parser = Rows.JSON.createParser(Files.readAllBytes(file))) {
            JsonNode tree = parser.nextToken() == null ? MissingNode.getInstance() : JsonRow.read(parser);
            if (parser.nextToken() != null) {
                throw new InvalidInputException(file + ": something follows the end of the JSON. Remove it.");
            }
            return tree;
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + Rows.place(e) + ": this is not valid JSON: "
                    + JsonWords.of(e), e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }

    private static boolean flag(JsonNode tree, String key, Path file) {
        JsonNode value = tree.path(key);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new InvalidInputException(file + ", \"" + key + "\": must be true or false, not " + JsonRow.kind(value)
                    + ".");
        }
        return value.asBoolean(true);
    }

    private static Optional<RowKeys> columns(JsonNode given, String where) {
        if (given.isMissingNode() || given.isNull()) {
            return Optional.empty();
        }
        boolean built = given.has("text") && given.has("label");
        boolean plain = given.has("prompt") && given.has("answer");
        if (given.size() != 2 || built == plain) {
            throw new InvalidInputException(where + "must name two columns, {\"text\": \"...\", \"label\": \"...\"} or "
                    + "{\"prompt\": \"...\", \"answer\": \"...\"}.");
        }
        for (JsonNode name : given) {
            if (!name.isTextual() || name.asText().isEmpty()) {
                throw new InvalidInputException(where + "every column's name must be a text that is not empty; found "
                        + name + ".");
            }
        }
        RowKeys keys = built ? new RowKeys(given.get("text").asText(), given.get("label").asText(), false)
                : new RowKeys(given.get("prompt").asText(), given.get("answer").asText(), true);
        if (keys.text().equals(keys.answer())) {
            throw new InvalidInputException(where + "both are \"" + keys.text() + "\". Name two different columns.");
        }
        return Optional.of(keys);
    }

    private static String text(JsonNode tree, String key, Path file) {
        JsonNode value = tree.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            throw new InvalidInputException(file + ", \"" + key + "\": must be a text, not " + JsonRow.kind(value) + ".");
        }
        return value.asText();
    }

    /** @param where how to begin a message */
    static List<String> labels(JsonNode given, String where) {
        if (given.isMissingNode() || given.isNull()) {
            return List.of();
        }
        if (!given.isArray()) {
            throw new InvalidInputException(where + "must be a list of texts, or null for generated answers.");
        }
        Map<String, String> labels = new LinkedHashMap<>();
        Map<BigDecimal, String> numbers = new HashMap<>();
        for (JsonNode label : given) {
            JsonRow.Number number = JsonRow.number(label);
            if (!label.isTextual() && !label.isBoolean() && (number == null || !number.finite()) || label.asText().isBlank()) {
                throw new InvalidInputException(where + "every label must be a text that is not empty, a number, or true or false; "
                        + "found " + (label.isTextual() ? "\"" + label.asText() + "\"" : number != null ? number.text()
                        : JsonRow.kind(label)) + ".");
            }
            String before = labels.putIfAbsent(Texts.look(label.asText()), label.asText());
            if (before != null) {
                throw new InvalidInputException(where + (before.equals(label.asText()) ? "\"" + before + "\" is listed twice."
                        : "\"" + before + "\" and \"" + label.asText() + "\" differ only in spaces or Unicode form, so nobody can tell "
                        + "them apart.") + " Remove one.");
            }
            String same = number == null ? null : numbers.putIfAbsent(Labels.number(number.text()), number.text());
            if (same != null) {
                throw new InvalidInputException(where + same + " and " + number.text() + " are the same number. Remove one, or put both "
                        + "in quotation marks.");
            }
        }
        if (labels.size() < 2) {
            throw new InvalidInputException(where + "a choice needs at least two labels, but " + labels.size()
                    + " is listed. For generated answers write null.");
        }
        return List.copyOf(labels.values());
    }

    /** What stands before a row's text in the prompt. */
    String before() {
        String line = instruction.isEmpty() ? "" : instruction + "\n";
        return labels.isEmpty() || !showOptions ? line : line + "Options: " + String.join(", ", labels) + "\n";
    }
}
