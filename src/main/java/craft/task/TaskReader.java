package craft.task;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads a task's folder: {@code train}, {@code eval} (or {@code dev}, {@code validation}, {@code val}, {@code valid}; may be
 * missing) and {@code test} as {@code .jsonl}, {@code .json}, {@code .csv} or {@code .tsv}, and {@code about.json}. Rows are
 * {@code {"text", "label"}}, whose prompt is built from the instruction and the labels of {@code about.json}, or {@code
 * {"prompt", "answer"}} as in TRACE and LLMCL, whose prompt stands as it is, or an {@link Exchange}; {@code about.json} may name
 * other keys or columns ({@code "columns"}), and a {@code labels.json} makes it a folder of O-LoRA's benchmark ({@link
 * TaskLayout}). Further keys of a row are let be. Answers are chosen among the task's labels, and generated where there are
 * none; {@code "metric"} says what they are scored by ({@link TaskMetric}).
 */
public final class TaskReader {
    /** Kinds of files, the one that is looked for first at the beginning. */
    private static final List<String> ENDS = List.of(".jsonl", ".json", ".csv", ".tsv");
    private static final String[] EVAL = {"eval", "dev", "validation", "val", "valid"};

    private final Path folder;
    private final AboutTask about;
    private final TaskLayout layout;
    private final RowReader reader;
    private final List<RowProblem> problems = new ArrayList<>();

    private TaskReader(Path folder, AboutTask about) {
        this.folder = folder;
        this.about = about;
        this.layout = TaskLayout.of(folder, about);
        this.reader = new RowReader(layout, Files.isRegularFile(folder.resolve(TaskLayout.LABELS_FILE)) ? TaskLayout.LABELS_FILE
                : AboutTask.FILE);
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
        return Files.isDirectory(folder) && !named(files(folder), "train", "test").isEmpty();
    }

    private TaskReading read() {
        Path train = file("train");
        Path eval = file(EVAL);
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
        problems.addAll(reader.remarks(folder));
        unread(train, eval, test);
        problems.addAll(reader.duplicates()); // last, since there may be many
        Path last = folder.toAbsolutePath().normalize().getFileName();
        String name = last == null ? folder.toString() : last.toString();
        Optional<TaskMetric> ofTrace = reader.sawPlain() ? TaskMetric.ofTrace(name) : Optional.empty();
        TaskMetric usual = ofTrace.orElse(layout.labels().isEmpty() ? TaskMetric.EXACT_MATCH : TaskMetric.ACCURACY);
        Task task = new Task(name, layout.labels(), trainRows, evalRows, testRows, about.metric().orElse(usual),
                about.facts());
        return new TaskReading(task, problems, reader.source(Stream.of(train, eval, test).filter(Objects::nonNull)
                .map(f -> f.getFileName().toString()).toList(), ofTrace.isPresent(), task.listsLabels()), reader.duplicates().size());
    }

    /** The folder's files, in the order of their names. */
    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new InvalidInputException("The task folder " + folder + " cannot be read.", e);
        }
    }

    /** Those with one of these names, in the order of the names and of {@link #ENDS}; capital letters do not matter. */
    private static List<Path> named(List<Path> files, String... names) {
        return Stream.of(names).flatMap(n -> ENDS.stream().map(end -> n + end))
                .flatMap(wanted -> files.stream().filter(f -> name(f).equals(wanted))).toList();
    }

    private static String name(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT);
    }

    /** The one file of these names that is there, or null. */
    private Path file(String... names) {
        List<Path> found = named(files(folder), names);
        if (found.size() > 1) {
            throw new InvalidInputException("The task folder " + folder + " has both " + found.get(0).getFileName()
                    + " and " + found.get(1).getFileName() + ". Keep one of them.");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** Files that look like rows and are none of the three. */
    private void unread(Path... read) {
        Set<String> known = new HashSet<>(List.of(AboutTask.FILE, TaskLayout.LABELS_FILE));
        Stream.of(read).filter(Objects::nonNull).forEach(f -> known.add(f.getFileName().toString()));
        files(folder).stream().filter(f -> !known.contains(f.getFileName().toString())
                && (ENDS.stream().anyMatch(name(f)::endsWith) || name(f).endsWith(".parquet")))
                .forEach(f -> problems.add(new RowProblem(f, 0, "", "The file is not read; rows are those of train, test, and "
                        + String.join(" or ", EVAL) + ", and what is known of the task is in " + AboutTask.FILE + ".", false)));
    }

    private List<Example> rows(Path file, boolean needed) {
        List<Example> good = new ArrayList<>();
        int before = problems.size();
        Rows.read(file, new Rows.Sink() {
            @Override
            public boolean accepts(Collection<String> names) {
                return reader.accepts(names);
            }

            @Override
            public void columns(List<String> names) {
                reader.requireColumns(file, names);
            }

            @Override
            public boolean looksLikeRow(List<String> names, List<String> cells) {
                return reader.looksLikeRow(names, cells);
            }

            @Override
            public void object(int row, JsonNode object) {
                try {
                    good.add(reader.example(file, row, object));
                } catch (UnusableRow e) {
                    problems.add(new RowProblem(file, row, e.column(), e.getMessage(), true));
                }
            }

            @Override
            public void bad(int row, String reason) {
                problems.add(new RowProblem(file, row, "", reason, true));
            }

            @Override
            public void doubt(int row, String reason) {
                problems.add(new RowProblem(file, row, "", reason, false));
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
}
