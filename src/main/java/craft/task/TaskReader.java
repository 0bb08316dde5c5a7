package craft.task;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads a task's folder: {@code train}, {@code eval} (or {@code dev}; may be missing) and {@code test} as {@code
 * .jsonl}, {@code .json}, {@code .csv} or {@code .tsv}, and {@code about.json}. Rows are {@code {"text", "label"}},
 * whose prompt is built from the instruction and the labels of {@code about.json}, or {@code {"prompt", "answer"}} as
 * in TRACE and LLMCL, whose prompt stands as it is; {@code about.json} may name other keys or columns ({@code
 * "columns"}), and a {@code labels.json} makes it a folder of O-LoRA's benchmark ({@link TaskLayout}). Further keys
 * of a row are let be. Answers are chosen among the task's labels, and generated where there are none; {@code
 * "metric"} says what they are scored by ({@link TaskMetric}).
 */
public final class TaskReader {
    private static final int SHOWN_LABELS = 12;
    /** Kinds of files, the one that is looked for first at the beginning. */
    private static final List<String> ENDS = List.of(".jsonl", ".json", ".csv", ".tsv");

    private final Path folder;
    private final AboutTask about;
    private final TaskLayout layout;
    private final Set<String> labels;
    private final Set<String> unused = new LinkedHashSet<>();
    private final List<RowProblem> problems = new ArrayList<>();
    private final Map<Content, String> firstPlace = new HashMap<>();
    private boolean labelsMissed;
    private boolean sawPlain;
    private boolean sawBuilt;

    /** What makes two rows the same. */
    private record Content(String text, String answer) {
    }

    private TaskReader(Path folder, AboutTask about) {
        this.folder = folder;
        this.about = about;
        this.layout = TaskLayout.of(folder, about);
        this.labels = new HashSet<>(layout.labels());
    }

    /**
     * @return the task from the rows that can be used, and every problem found
     * @throws InvalidInputException when there is no such task: a file is missing, broken, or has no row that can be
     *     used
     */
    public static TaskReading read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException("There is no task folder " + folder
                    + ". A task is a folder with train.jsonl and test.jsonl (or .json, .csv, .tsv).");
        }
        return new TaskReader(folder, AboutTask.read(folder)).read();
    }

    /** Whether the folder looks like a task: it holds training or test rows. */
    public static boolean looksLikeTask(Path folder) {
        return Stream.of("train", "test").flatMap(f -> ENDS.stream().map(end -> f + end))
                .anyMatch(f -> Files.isRegularFile(folder.resolve(f)));
    }

    private TaskReading read() {
        Path train = file("train");
        Path eval = file("eval", "dev");
        Path test = file("test");
        for (Path needed : new Path[] {train, test}) {
            if (needed == null) {
                String name = train == null ? "train" : "test";
                throw new InvalidInputException("The task folder " + folder + " has no " + name + ".jsonl or " + name
                        + ".json (or .csv, .tsv).");
            }
        }
        List<Example> trainRows = rows(train, true);
        List<Example> evalRows = eval == null ? List.of() : rows(eval, false);
        List<Example> testRows = rows(test, true);
        if (labelsMissed) {
            problems.add(new RowProblem(folder.resolve(AboutTask.FILE), 0, "labels",
                    "No labels are listed, so answers are generated and must match exactly. To choose among labels, "
                            + "list them; to say that answers are generated, write \"labels\": null.", false));
        }
        Path last = folder.toAbsolutePath().normalize().getFileName();
        String name = last == null ? folder.toString() : last.toString();
        Optional<TaskMetric> ofTrace = sawPlain ? TaskMetric.ofTrace(name) : Optional.empty();
        TaskMetric usual = ofTrace.orElse(labels.isEmpty() ? TaskMetric.EXACT_MATCH : TaskMetric.ACCURACY);
        Task task = new Task(name, layout.labels(), trainRows, evalRows, testRows, about.metric().orElse(usual),
                about.facts());
        return new TaskReading(task, problems, source(task, ofTrace.isPresent(), Stream.of(train, eval, test)
                .filter(Objects::nonNull).map(f -> f.getFileName().toString()).toList()));
    }

    private TaskSource source(Task task, boolean trace, List<String> files) {
        String mapping = layout.keys().map(RowKeys::toString).orElse(Stream.of(
                sawPlain ? RowKeys.PROMPT_ANSWER.toString() : "", sawBuilt ? RowKeys.TEXT_LABEL.toString() : "")
                .filter(m -> !m.isEmpty()).collect(Collectors.joining("; or ")));
        String built = (task.listsLabels() ? "instruction, labels as options" : "instruction") + ", text, \"Answer:\"";
        return new TaskSource(layout.nameFor(sawPlain, sawBuilt, trace), files, mapping,
                sawPlain && sawBuilt ? "per row" : sawPlain ? "stands as it is" : built, List.copyOf(unused));
    }

    /** The one file of these names that is there, or null. */
    private Path file(String... names) {
        List<Path> found = Stream.of(names).flatMap(n -> ENDS.stream().map(end -> n + end))
                .map(folder::resolve).filter(Files::isRegularFile).toList();
        if (found.size() > 1) {
            throw new InvalidInputException("The task folder " + folder + " has both " + found.get(0).getFileName()
                    + " and " + found.get(1).getFileName() + ". Keep one of them.");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    private List<Example> rows(Path file, boolean needed) {
        List<Example> good = new ArrayList<>();
        int before = problems.size();
        Rows.read(file, new Rows.Sink() {
            @Override
            public void columns(List<String> names) {
                requireColumns(file, names);
            }

            @Override
            public void object(int row, JsonNode object) {
                Example example = example(file, row, object);
                if (example != null) {
                    good.add(example);
                }
            }

            @Override
            public void bad(int row, String reason) {
                problems.add(new RowProblem(file, row, "", reason, true));
            }

            @Override
            public void remark(String reason) {
                problems.add(new RowProblem(file, 0, "", reason, false));
            }
        });
        if (good.isEmpty()) {
            List<RowProblem> bad = problems.subList(before, problems.size()).stream().filter(RowProblem::fatal)
                    .toList();
            if (!bad.isEmpty()) {
                throw new InvalidInputException("None of the rows of " + file + " can be used. "
                        + TaskReading.listing(bad));
            }
            if (needed) {
                throw new InvalidInputException(file + " is empty. It needs at least one row.");
            }
            problems.add(new RowProblem(file, 0, "", "The file is empty.", false));
        }
        return good;
    }

    /** A table without the columns is told once, not of every row. */
    private void requireColumns(Path file, List<String> names) {
        List<RowKeys> accepted = layout.keys().map(List::of)
                .orElse(List.of(RowKeys.TEXT_LABEL, RowKeys.PROMPT_ANSWER));
        if (accepted.stream().noneMatch(k -> names.contains(k.text()) && names.contains(k.answer()))) {
            RowKeys first = accepted.get(0);
            String missing = names.contains(first.text()) ? first.answer() : first.text();
            throw new InvalidInputException(file + ", row 1, \"" + missing + "\": there is no such column; the columns "
                    + "are: " + String.join(", ", names) + ". Say which to use in " + AboutTask.FILE
                    + ": \"columns\": {\"text\": \"...\", \"label\": \"...\"}, or with \"prompt\" and \"answer\".");
        }
    }

    private RowKeys keys(JsonNode object) {
        return layout.keys().orElseGet(() -> !object.has("text") && !object.has("label")
                && (object.has("prompt") || object.has("answer")) ? RowKeys.PROMPT_ANSWER : RowKeys.TEXT_LABEL);
    }

    /** The row as an example, or null when it cannot be used and a problem was noted. */
    private Example example(Path file, int row, JsonNode object) {
        RowKeys keys = keys(object);
        boolean plain = keys.plain();
        String answerKey = keys.answer();
        String text = value(file, row, object, keys.text(), answerKey);
        String answer = text == null ? null : value(file, row, object, answerKey, keys.text());
        if (answer == null) {
            return null;
        }
        if (!labels.isEmpty() && !labels.contains(answer)) {
            problems.add(new RowProblem(file, row, answerKey, "\"" + shortly(answer) + "\" is not among the labels of "
                    + (Files.isRegularFile(folder.resolve(TaskLayout.LABELS_FILE)) ? TaskLayout.LABELS_FILE
                    : AboutTask.FILE) + ": " + layout.labels().stream().limit(SHOWN_LABELS)
                    .collect(Collectors.joining(", "))
                    + (labels.size() > SHOWN_LABELS ? ", and " + (labels.size() - SHOWN_LABELS) + " more." : "."),
                    true));
            return null;
        }
        labelsMissed |= !plain && !layout.labelsGiven();
        sawPlain |= plain;
        sawBuilt |= !plain;
        object.fieldNames().forEachRemaining(name -> {
            if (!name.equals(keys.text()) && !name.equals(answerKey) && unused.size() < SHOWN_LABELS) {
                unused.add(name);
            }
        });
        String here = file.getFileName() + ", row " + row;
        String first = firstPlace.putIfAbsent(new Content(text, answer), here);
        if (first != null) {
            problems.add(new RowProblem(file, row, "", "The row is the same as " + first + ". It is kept.", false));
        }
        return plain ? new Example(row, "", text, "", answer)
                : new Example(row, layout.before(), text, layout.after(), answer);
    }

    private String value(Path file, int row, JsonNode object, String key, String otherKey) {
        JsonNode value = object.get(key);
        String reason;
        if (value == null) {
            String keys = StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
                    .limit(SHOWN_LABELS).collect(Collectors.joining(", "));
            reason = "The key is missing; a row needs \"" + key + "\" and \"" + otherKey + "\". "
                    + (keys.isEmpty() ? "This row has no keys." : "This row has: " + keys + ".");
        } else if (!value.isTextual()) {
            reason = "The value must be a text, not " + Rows.kind(value) + ". Write it in quotation marks.";
        } else if (value.asText().isBlank()) {
            reason = "The text is empty.";
        } else {
            return value.asText();
        }
        problems.add(new RowProblem(file, row, key, reason, true));
        return null;
    }

    private static String shortly(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
