package craft.task;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Turns the rows of a task's files into examples, and keeps what is to be said of all of them together. */
final class RowReader {
    static final int SHOWN = 12;

    private final TaskLayout layout;
    private final String labelsFile;
    private final Labels labels;
    private final Set<String> unused = new LinkedHashSet<>();
    private final Map<Content, String> firstPlace = new HashMap<>();
    private final List<RowProblem> duplicates = new ArrayList<>();
    private final Set<List<String>> exchanges = new LinkedHashSet<>();
    private final Count respelled = new Count();
    private final Count numbered = new Count();
    private final Count decomposed = new Count();
    private final Count joined = new Count();
    private final Count inputs = new Count();
    private boolean labelsMissed;
    private boolean plain;
    private boolean built;

    /** What makes two rows the same. */
    private record Content(String text, String answer) {
    }

    /** How many rows something is true of, and the first of them. */
    private static final class Count {
        private int rows;
        private String first;

        void add(Path file, int row) {
            first = rows++ == 0 ? file.getFileName() + ", row " + row : first;
        }

        /** For example {@code "3 rows, the first of them train.jsonl, row 2,"}. */
        String words() {
            return rows == 1 ? "1 row (" + first + ")" : rows + " rows (the first: " + first + ")";
        }
    }

    /** @param labelsFile the file that lists the labels, for messages */
    RowReader(TaskLayout layout, String labelsFile) {
        this.layout = layout;
        this.labelsFile = labelsFile;
        this.labels = new Labels(layout.labels());
    }

    /** Whether a row with these keys or columns could be used. */
    boolean accepts(Collection<String> names) {
        return pairs().stream().anyMatch(k -> name(names, k.text()) != null && name(names, k.answer()) != null)
                || layout.keys().isEmpty() && !Exchange.keys(names).isEmpty();
    }

    private List<RowKeys> pairs() {
        return layout.keys().map(List::of).orElse(List.of(RowKeys.TEXT_LABEL, RowKeys.PROMPT_ANSWER));
    }

    /** The one of the names that is the key, in whatever Unicode form; or null. */
    private static String name(Collection<String> names, String key) {
        return names.contains(key) ? key : names.stream().filter(n -> Texts.look(n).equals(Texts.look(key))).findFirst().orElse(null);
    }

    /** A table without the columns is told once, not of every row. */
    void requireColumns(Path file, List<String> names) {
        if (!accepts(names)) {
            RowKeys first = pairs().get(0);
            String missing = name(names, first.text()) != null ? first.answer() : first.text();
            throw new InvalidInputException(file + ", row 1, \"" + missing + "\": there is no such column; the columns "
                    + "are: " + names.stream().limit(SHOWN).map(Texts::shortly).collect(Collectors.joining(", "))
                    + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "") + ". Say which to use in " + AboutTask.FILE
                    + ": \"columns\": {\"text\": \"...\", \"label\": \"...\"}, or with \"prompt\" and \"answer\".");
        }
    }

    /** Whether the cell where the answer would be is a label, or at least there where answers are free. */
    boolean looksLikeRow(List<String> names, List<String> cells) {
        return pairs().stream().filter(k -> name(names, k.text()) != null && name(names, k.answer()) != null).findFirst()
                .map(k -> cells.get(names.indexOf(name(names, k.answer()))))
                .filter(answer -> labels.isEmpty() ? !answer.isBlank() : labels.find(answer, false) != null).isPresent();
    }

    /** @throws UnusableRow saying why the row cannot be used */
    Example example(Path file, int row, JsonNode object) throws UnusableRow {
        List<String> names = names(object);
        RowKeys keys = layout.keys().orElseGet(() -> pairs().stream()
                .filter(k -> names.contains(k.text()) && names.contains(k.answer())).findFirst().orElse(null));
        List<String> exchange = keys == null ? Exchange.keys(names) : List.of();
        if (exchange.isEmpty()) {
            return pair(file, row, object, names, keys != null ? keys : usual(names));
        }
        Exchange read = Exchange.of(object, exchange);
        String answer = answer(file, row, read.answer(), false, exchange.get(0));
        exchanges.add(exchange);
        used(names, exchange);
        if (read.turns() > 1) {
            joined.add(file, row);
        }
        duplicate(file, row, new Content(read.before() + read.text(), answer));
        return new Example(row, read.before(), read.text(), "", answer);
    }

    /** What a row without both keys of a pair was probably meant to be. */
    private static RowKeys usual(List<String> names) {
        return !names.contains("text") && !names.contains("label") && (names.contains("prompt") || names.contains("answer"))
                ? RowKeys.PROMPT_ANSWER : RowKeys.TEXT_LABEL;
    }

    private Example pair(Path file, int row, JsonNode object, List<String> names, RowKeys keys)
            throws UnusableRow {
        String text = text(object, names, keys.text(), keys.answer());
        String given = text(object, names, keys.answer(), keys.text());
        JsonNode value = object.get(name(names, keys.answer()));
        String answer = answer(file, row, given, !value.isTextual(), keys.answer());
        labelsMissed |= !keys.plain() && !layout.labelsGiven();
        plain |= keys.plain();
        built |= !keys.plain();
        used(names, List.of(keys.text(), keys.answer()));
        if (keys.text().equals("instruction") && !object.path("input").asText("").isBlank() && !keys.answer().equals("input")) {
            inputs.add(file, row);
        }
        duplicate(file, row, new Content(text, answer));
        return keys.plain() ? new Example(row, "", text, "", answer)
                : new Example(row, layout.before(), text, layout.after(), answer);
    }

    /** The answer, as it is listed where there are labels. */
    private String answer(Path file, int row, String given, boolean noText, String key) throws UnusableRow {
        if (labels.isEmpty()) {
            if (!Texts.isComposed(given)) {
                decomposed.add(file, row);
            }
            return given;
        }
        String label = labels.find(given, noText);
        if (label == null && noText && place(given) >= 0) {
            numbered.add(file, row);
            return labels.listed().get(place(given));
        }
        if (label == null) {
            int more = labels.listed().size() - SHOWN;
            throw new UnusableRow(key, "\"" + Texts.shortly(given) + "\" is not among the labels of " + labelsFile + ": "
                    + labels.listed().stream().limit(SHOWN).map(Texts::shortly).collect(Collectors.joining(", "))
                    + (more > 0 ? ", and " + more + " more." : ".") + (noText ? " A number is a label by its text, or "
                    + "a place in their list, from 0 to " + (labels.listed().size() - 1) + "." : ""));
        }
        if (!label.equals(given)) {
            respelled.add(file, row);
        }
        return label;
    }

    /**
     * The place that a number names in the list of labels, from 0 as in the ClassLabel of Hugging Face's datasets; -1 if none, or if
     * the labels listed are numbers themselves.
     */
    private int place(String number) {
        return labels.listed().stream().noneMatch(label -> label.matches("[-+]?\\d.*")) && number.matches("\\d{1,6}") && Integer.parseInt(number) < labels.listed().size() ? Integer.parseInt(number) : -1;
    }

    private void used(List<String> names, List<String> keys) {
        names.stream().filter(n -> name(keys, n) == null && unused.size() < SHOWN).forEach(unused::add);
    }

    private void duplicate(Path file, int row, Content content) {
        String first = firstPlace.putIfAbsent(content, file.getFileName() + ", row " + row);
        if (first != null) {
            duplicates.add(new RowProblem(file, row, "", "The row is the same as " + first + ". It is kept.", false));
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** A text, number or boolean as its text. */
    private static String text(JsonNode object, List<String> names, String key, String otherKey) throws UnusableRow {
        String there = name(names, key);
        if (there == null) {
            throw new UnusableRow(key, "The key is missing; a row needs \"" + key + "\" and \"" + otherKey + "\". "
                    + (names.isEmpty() ? "This row has no keys."
                    : "This row has: " + names.stream().limit(SHOWN).map(Texts::shortly).collect(Collectors.joining(", ")) + "."));
        }
        JsonNode value = object.get(there);
        JsonRow.Number number = JsonRow.number(value);
        if (number != null && !number.finite()) {
            throw new UnusableRow(key, JsonWords.noNumber(number.text()));
        }
        if (!value.isTextual() && !value.isBoolean() && number == null) {
            throw new UnusableRow(key, "The value must be a text, not " + JsonRow.kind(value) + ".");
        }
        if (value.asText().isBlank()) {
            throw new UnusableRow(key, "The text is empty.");
        }
        return value.asText();
    }

    /** A remark on each row that is the same as one before it. */
    List<RowProblem> duplicates() {
        return duplicates;
    }

    /** What is to be said of all rows together. */
    List<RowProblem> remarks(Path folder) {
        List<RowProblem> remarks = new ArrayList<>();
        if (labelsMissed) {
            remarks.add(new RowProblem(folder.resolve(AboutTask.FILE), 0, "labels",
                    "No labels are listed, so answers are generated and must match exactly. To choose among labels, "
                            + "list them; to say that answers are generated, write \"labels\": null.", false));
        }
        tell(remarks, folder, numbered, " give the label as a number; read as its place in the list of " + labelsFile + ", from 0: "
                + IntStream.range(0, Math.min(SHOWN, labels.listed().size())).mapToObj(i -> i + " = " + Texts.shortly(labels.listed().get(i)))
                .collect(Collectors.joining(", ")) + (labels.listed().size() > SHOWN ? ", and so on." : "."));
        tell(remarks, folder, respelled, " write the label otherwise than " + labelsFile + " does, in Unicode form (composed or "
                + "decomposed), spaces or digits; read as the label listed.");
        tell(remarks, folder, decomposed, " have an answer in decomposed Unicode (NFD, as macOS writes file names). Answers are "
                + "compared in composed form (NFC), so this costs no score.");
        tell(remarks, folder, joined, " hold several exchanges. The last answer is the answer; what comes before it is the prompt, and "
                + "answers in it are not learnt.");
        tell(remarks, folder, inputs, " have an \"input\" that is not used, since " + AboutTask.FILE + " names \"instruction\" alone as "
                + "the prompt. Without \"columns\" both are read.");
        return remarks;
    }

    private static void tell(List<RowProblem> remarks, Path folder, Count count, String what) {
        if (count.rows > 0) {
            remarks.add(new RowProblem(folder, 0, "", count.words() + what, false));
        }
    }

    boolean sawPlain() {
        return plain;
    }

    /** @param files names of the files read; @param trace whether it is a set of TRACE; @param listed whether prompts list labels */
    TaskSource source(List<String> files, boolean trace, boolean listed) {
        List<String> mapping = layout.keys().map(k -> Stream.of(k.toString())).orElse(Stream.concat(Stream.of(
                plain ? RowKeys.PROMPT_ANSWER.toString() : "", built ? RowKeys.TEXT_LABEL.toString() : ""),
                exchanges.stream().map(Exchange::mapping))).filter(m -> !m.isEmpty()).toList();
        int kinds = (plain ? 1 : 0) + (built ? 1 : 0) + exchanges.size();
        Optional<List<String>> one = kinds == 1 ? exchanges.stream().findFirst() : Optional.empty();
        String prompt = kinds > 1 ? "per row" : built ? (listed ? "instruction, labels as options" : "instruction") + ", text, \"Answer:\""
                : "stands as it is";
        return new TaskSource(one.map(Exchange::layout).orElseGet(() -> exchanges.isEmpty() ? layout.nameFor(plain, built, trace)
                : "mixed: rows of several kinds"), files, String.join("; or ", mapping), prompt, List.copyOf(unused));
    }
}
