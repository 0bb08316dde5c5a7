package craft.task;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads a task's folder: {@code train}, {@code eval} (or {@code dev}; may be missing) and {@code test} as
 * {@code .jsonl} or {@code .json}, and {@code about.json}. Rows are {@code {"text", "label"}}, whose prompt is built from the
 * instruction and the labels of {@code about.json}, or {@code {"prompt", "answer"}} as in TRACE and LLMCL, whose prompt
 * stands as it is. Further keys of a row are let be. Answers are chosen among the labels of {@code about.json}, and
 * generated where it lists none.
 */
public final class TaskReader {
    private static final int SHOWN_LABELS = 12;

    private final Path folder;
    private final AboutTask about;
    private final Set<String> labels;
    private final List<RowProblem> problems = new ArrayList<>();
    private final Map<Content, String> firstPlace = new HashMap<>();
    private boolean labelsMissed;

    /** What makes two rows the same. */
    private record Content(String text, String answer) {
    }

    private TaskReader(Path folder, AboutTask about) {
        this.folder = folder;
        this.about = about;
        this.labels = new HashSet<>(about.labels());
    }

    /**
     * @return the task from the rows that can be used, and every problem found
     * @throws InvalidInputException when there is no such task: a file is missing, broken, or has no row that can be
     *     used
     */
    public static TaskReading read(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException("There is no task folder " + folder
                    + ". A task is a folder with train.jsonl and test.jsonl (or .json).");
        }
        return new TaskReader(folder, AboutTask.read(folder)).read();
    }

    /** Whether the folder looks like a task: it holds training or test rows. */
    public static boolean looksLikeTask(Path folder) {
        return Stream.of("train.jsonl", "train.json", "test.jsonl", "test.json")
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
                        + ".json.");
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
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return new TaskReading(new Task(name == null ? folder.toString() : name.toString(), about.labels(), trainRows,
                evalRows, testRows, about.facts()), problems);
    }

    /** The one file of these names that is there, or null. */
    private Path file(String... names) {
        List<Path> found = Stream.of(names).flatMap(n -> Stream.of(n + ".jsonl", n + ".json"))
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

    /** The row as an example, or null when it cannot be used and a problem was noted. */
    private Example example(Path file, int row, JsonNode object) {
        boolean plain = !object.has("text") && !object.has("label") && (object.has("prompt") || object.has("answer"));
        String textKey = plain ? "prompt" : "text";
        String answerKey = plain ? "answer" : "label";
        String text = value(file, row, object, textKey, answerKey);
        String answer = text == null ? null : value(file, row, object, answerKey, textKey);
        if (answer == null) {
            return null;
        }
        if (!labels.isEmpty() && !labels.contains(answer)) {
            problems.add(new RowProblem(file, row, answerKey, "\"" + shortly(answer) + "\" is not among the labels of "
                    + AboutTask.FILE + ": " + about.labels().stream().limit(SHOWN_LABELS)
                    .collect(Collectors.joining(", "))
                    + (labels.size() > SHOWN_LABELS ? ", and " + (labels.size() - SHOWN_LABELS) + " more." : "."),
                    true));
            return null;
        }
        labelsMissed |= !plain && !about.labelsGiven();
        String here = file.getFileName() + ", row " + row;
        String first = firstPlace.putIfAbsent(new Content(text, answer), here);
        if (first != null) {
            problems.add(new RowProblem(file, row, "", "The row is the same as " + first + ". It is kept.", false));
        }
        return plain ? new Example(row, "", text, "", answer)
                : new Example(row, about.before(), text, "\nAnswer:", answer);
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
