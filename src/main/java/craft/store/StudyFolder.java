package craft.store;

import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.experiment.RecipeReader;
import craft.experiment.RunState;
import craft.experiment.study.RecipeContent;
import craft.experiment.study.RunResult;
import craft.experiment.study.RunResult.Status;
import craft.experiment.study.Study;
import craft.experiment.study.StudyReader;
import craft.experiment.study.StudyResults;
import craft.experiment.study.StudyRun;
import craft.experiment.study.StudyTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A study on disk: {@code study.json}, the base {@code recipe.json}, {@code runs/<id>} (ordinary run folders) and
 * {@code results/}. Holds no state of the runs: everything is read from their folders.
 */
public final class StudyFolder {
    private static final Object WRITING = new Object();

    private final Path root;
    private final Study study;

    private StudyFolder(Path root, Study study) {
        this.root = root.toAbsolutePath().normalize();
        this.study = study;
    }

    /** @throws InvalidInputException when there is no study, or it is wrong */
    public static StudyFolder open(Path folder) {
        return new StudyFolder(folder, StudyReader.read(folder.resolve(StudyReader.FILE)));
    }

    /**
     * Makes the folder, or puts a changed study in the place of the one that is there; runs that are there are kept.
     *
     * @throws InvalidInputException when it cannot be written
     */
    public static StudyFolder make(Path folder, Study study) {
        StudyFolder made = new StudyFolder(folder, study);
        try {
            Files.createDirectories(made.runs());
            write(made.root.resolve(RecipeReader.FILE), RecipeReader.write(study.base()));
            write(made.root.resolve(StudyReader.FILE), StudyReader.write(study, RecipeReader.FILE));
            return made;
        } catch (IOException e) {
            throw made.unwritable(e);
        }
    }

    /** Leaves a file that says so already untouched: two programs may begin the same study at once. */
    private static void write(Path file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
            AtomicFiles.write(file, bytes);
        }
    }

    InvalidInputException unwritable(IOException e) {
        return new InvalidInputException("The study cannot be kept in " + root + ": " + FileWords.reason(e)
                + ". Choose another folder, or make room in this one.", e);
    }

    /** Where a study is kept when no folder is named: among the user's runs. */
    public static Path ofUser(Study study) {
        return studiesOfUser().resolve(Slug.of(study.name(), RunStore.ofUser().root(), "study"));
    }

    public static Path studiesOfUser() {
        return RunStore.ofUser().root().resolve("studies");
    }

    /** Folders of studies below the given one, by name. */
    public static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> Files.isRegularFile(f.resolve(StudyReader.FILE))).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException("The folder " + folder + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }

    public Path root() {
        return root;
    }

    public Study study() {
        return study;
    }

    Path runs() {
        return root.resolve("runs");
    }

    public Path folderOf(StudyRun run) {
        return runs().resolve(run.id());
    }

    /** Where the newest tables are, once {@link #writeTables} was called. */
    public Path tables() {
        return root.resolve("results");
    }

    /** How the run stands now, from its folder. */
    public RunResult result(StudyRun run) {
        RunFolder folder = new RunFolder(folderOf(run));
        if (!folder.isRun()) {
            return result(run, Status.MISSING, "", new RunState());
        }
        if (!Files.exists(folder.runJson())) {
            return result(run, Status.INTERRUPTED, "The program ended before the run began", new RunState());
        }
        RunRecord record;
        try {
            record = RunRecord.read(folder.path(), false);
        } catch (InvalidInputException e) {
            return result(run, Status.NOT_THIS_STUDY, e.getMessage(), new RunState());
        }
        List<String> differences = RecipeContent.of(record.recipe()).differences(RecipeContent.of(run.recipe()));
        if (!differences.isEmpty()) {
            return result(run, Status.NOT_THIS_STUDY, "Its folder holds a run of another recipe (" + String.join(", ",
                    differences.subList(0, Math.min(3, differences.size()))) + (differences.size() > 3 ? ", ..." : "")
                    + "). Move " + folder.path() + " away, or undo the change of the study.", new RunState());
        }
        Status status = switch (record.status()) {
            case FINISHED -> Status.FINISHED;
            case FAILED -> record.state().failedFromOutside() ? Status.INTERRUPTED : Status.FAILED; // it goes on
            case INTERRUPTED -> Status.INTERRUPTED;
            case NEW, RUNNING, PAUSED -> Status.RUNNING;
        };
        return result(run, status, record.state().endReason(), record.state());
    }

    private static RunResult result(StudyRun run, Status status, String reason, RunState state) {
        return new RunResult(run, status, reason, state, List.of());
    }

    /** All runs as they are now. */
    public StudyResults results() {
        return new StudyResults(study, study.runs().stream().map(this::result).toList());
    }

    /**
     * Computes the tables from the run folders and writes {@code results/table.md}, {@code .csv}, {@code .json} and
     * {@code runs.csv}.
     */
    public StudyResults writeTables() {
        // One after the other, also between programs: what is written last has then seen every run that ended before.
        synchronized (WRITING) {
            try {
                Files.createDirectories(tables());
                try (FileChannel channel = FileChannel.open(tables().resolve(".lock"), StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
                    channel.lock(); // let go of with the channel
                    StudyResults results = results();
                    StudyTable table = new StudyTable(results);
                    write(tables().resolve("table.md"), table.markdown());
                    write(tables().resolve("table.csv"), table.csv());
                    write(tables().resolve("table.json"), table.json());
                    write(tables().resolve("runs.csv"), table.runsCsv());
                    return results;
                }
            } catch (IOException e) {
                throw unwritable(e);
            }
        }
    }

    /** Keeps what is in a run's place, out of the way: {@code earlier/<id>-<n>}. */
    void setAside(StudyRun run) throws IOException {
        Path earlier = root.resolve("earlier");
        Files.createDirectories(earlier);
        int n = 1;
        while (Files.exists(earlier.resolve(run.id() + "-" + n))) {
            n++;
        }
        Files.move(folderOf(run), earlier.resolve(run.id() + "-" + n));
    }

    /**
     * Takes a run for this program: two programs may work on one study, but never on the same run.
     *
     * @return empty when another program has it
     */
    Optional<RunLock> claim(StudyRun run) throws IOException {
        RunFolder claims = new RunFolder(root.resolve(".claims").resolve(run.id()));
        Files.createDirectories(claims.path());
        try {
            return Optional.of(RunLock.acquire(claims));
        } catch (IOException e) {
            if (RunLock.isHeld(claims)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
