package craft.store;

import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.error.Messages;
import craft.experiment.ExperimentRunner;
import craft.experiment.Json;
import craft.experiment.Metrics;
import craft.experiment.NotRecordedException;
import craft.experiment.Recipe;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import craft.task.Prediction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The folder in which runs are kept, one folder a run. Holds no state: everything is read from disk. */
public final class RunStore {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private final Path root;
    private final Clock clock;
    private final RunSession.Runners runners;
    private final JournalFile.Opener journals;

    public RunStore(Path root) {
        this(root, Clock.systemUTC(), ExperimentRunner::new);
    }

    RunStore(Path root, Clock clock, RunSession.Runners runners) {
        this(root, clock, runners, JournalFile::onDisk);
    }

    /** @param journals makes the files of new runs' journals */
    RunStore(Path root, Clock clock, RunSession.Runners runners, JournalFile.Opener journals) {
        this.root = root.toAbsolutePath().normalize();
        this.clock = clock;
        this.runners = runners;
        this.journals = journals;
    }

    /** System property {@code craft.runs}, else {@code ~/craft-runs}. */
    public static RunStore ofUser() {
        String folder = System.getProperty("craft.runs", "");
        return new RunStore(folder.isBlank() ? Path.of(System.getProperty("user.home"), "craft-runs")
                : Path.of(folder));
    }

    public Path root() {
        return root;
    }

    /**
     * All runs, newest first. A folder that cannot be read is listed with its problem; folders in which nothing of a
     * run is found are not listed.
     *
     * @throws InvalidInputException when the root itself cannot be read; a missing one is an empty list
     */
    public List<RunSummary> list() {
        if (Files.notExists(root)) {
            return List.of();
        }
        List<Path> folders;
        try (Stream<Path> all = Files.list(root)) {
            folders = all.filter(Files::isDirectory).filter(f -> !f.getFileName().toString().startsWith(".")).toList();
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException("The folder of runs, " + root + ", cannot be read: " + FileWords.reason(e)
                    + ". Choose another folder for runs.", e);
        }
        List<RunSummary> runs = new ArrayList<>();
        for (Path folder : folders) {
            if (new RunFolder(folder).isRun() || !Files.isReadable(folder)) {
                runs.add(summary(folder));
            }
        }
        runs.sort(Comparator.comparing(RunSummary::startedAt).reversed().thenComparing(RunSummary::folder,
                Comparator.reverseOrder()));
        return runs;
    }

    private static RunSummary summary(Path folder) {
        try {
            RunRecord run = RunRecord.read(folder, false);
            Recipe recipe = run.recipe();
            RunState state = run.state();
            return new RunSummary(folder, recipe.name(), state.start().map(RunEvent.RunStarted::method)
                    .orElse(recipe.methodName()), recipe.seed(), run.createdAt(), run.status(),
                    recipe.tasks().size(), state.tasksFinished(), Metrics.overallPerformance(state.matrix()),
                    Metrics.forgetting(state.matrix()), "");
        } catch (RuntimeException e) { // one broken folder must not hide the others
            String problem = e instanceof InvalidInputException ? e.getMessage() : folder + " cannot be read.";
            return new RunSummary(folder, folder.getFileName().toString(), "", 0, modified(folder),
                    RunState.Status.NEW, 0, 0, Double.NaN, Double.NaN, problem);
        }
    }

    private static Instant modified(Path folder) {
        try {
            return Files.getLastModifiedTime(folder).toInstant();
        } catch (IOException e) { // removed just now: it is listed with its problem, as the oldest
            return Instant.EPOCH;
        }
    }

    /** @throws craft.error.InvalidInputException when the folder is no run */
    public static RunRecord open(Path folder) {
        return RunRecord.read(folder.toAbsolutePath().normalize(), true);
    }

    /**
     * The recipe alone, without reading what came of it.
     *
     * @throws InvalidInputException when the folder is no run
     */
    public static Recipe recipe(Path folder) {
        return RunFile.read(new RunFolder(folder.toAbsolutePath().normalize()).runJson()).recipe();
    }

    /**
     * Answers after training {@code after} tasks to the rows of {@code task}, from their own file alone; empty when none were kept.
     *
     * @throws InvalidInputException when the folder is no run, or they were kept and cannot be read
     */
    public static List<Prediction> predictions(Path folder, int after, int task) {
        RunFolder run = new RunFolder(folder.toAbsolutePath().normalize());
        if (!run.isRun()) {
            throw new InvalidInputException(run.path() + " is not the folder of a run: it has no run.json.");
        }
        return PredictionFiles.read(run, after, task);
    }

    /**
     * Makes a new run folder for the recipe and connects a runner to it. The run begins with {@code control().start()}.
     *
     * @throws InvalidInputException when the recipe is wrong or the folder cannot be made
     */
    public RunSession prepare(Recipe recipe) {
        Instant now = clock.instant();
        return prepare(recipe, now, () -> create(recipe, now));
    }

    /**
     * The same in a folder of the given name, which must not be there yet.
     *
     * @throws InvalidInputException also when it is there
     */
    RunSession prepare(Recipe recipe, String name) {
        return prepare(recipe, clock.instant(), () -> Files.createDirectory(root.resolve(name)));
    }

    /** Makes a run's folder. */
    @FunctionalInterface
    private interface Making {
        Path folder() throws IOException;
    }

    private RunSession prepare(Recipe recipe, Instant now, Making making) {
        recipe.check();
        Path path = null;
        RunLock lock = null;
        Journal journal = null;
        try {
            Files.createDirectories(root);
            path = making.folder();
            RunFolder folder = new RunFolder(path);
            lock = RunLock.acquire(folder); // first, so that nobody takes the new folder for an interrupted run
            journal = Journal.create(folder.journal(), journals, Json.mapper(), clock);
            RunFile.of(recipe, now).write(folder.runJson());
            AtomicFiles.forceFolder(root);
            return new RunSession(folder, recipe, lock, journal, runners);
        } catch (IOException e) {
            RuntimeException problem = unusable("No run can be kept in " + root, root, e,
                    " Choose another folder for runs, or make room in this one.");
            undo(path, lock, journal, problem);
            throw problem;
        } catch (RuntimeException e) {
            undo(path, lock, journal, e);
            throw e;
        }
    }

    /**
     * A run's recipe with model and tasks where they are now.
     *
     * @param set as in {@link #resume(Path, Map)}
     * @throws InvalidInputException when they are not there, or are not what they were when the run began
     */
    public static Recipe recipeInPlace(Path run, Map<String, String> set) {
        RunFolder folder = new RunFolder(run.toAbsolutePath().normalize());
        Recipe recorded = RunFile.read(folder.runJson()).recipe();
        Places places = Places.read(folder, recorded).with(set, recorded);
        places.requireThere(folder.path());
        if (!set.isEmpty()) {
            Resuming.requireSame(folder, recorded, Provenance.read(folder.provenance()), places);
        }
        return places.in(recorded);
    }

    /**
     * Takes up a run that has ended without being finished, in its own folder: from the newest checkpoint that is whole, or from
     * its beginning. It goes on with {@code control().start()}; listeners get the events that stand first.
     *
     * @throws InvalidInputException when it is finished, another program is writing it, its model or data have changed, or the
     *     folder cannot be written
     */
    public RunSession resume(Path run) {
        return resume(run, Map.of());
    }

    /**
     * The same where model or tasks have moved: found again only when every file has the SHA-256 it had when the run began.
     *
     * @param set {@code model} and {@code tasks} only, as {@code --set} gives them; where they are now is remembered
     * @throws InvalidInputException also when another option is set, or other files are there, naming them
     */
    public RunSession resume(Path run, Map<String, String> set) {
        RunFolder folder = new RunFolder(run.toAbsolutePath().normalize());
        RunFile file = RunFile.read(folder.runJson());
        RunLock lock = null;
        Journal journal = null;
        try {
            lock = RunLock.acquire(folder);
            Resuming resuming = Resuming.plan(folder, file, set);
            journal = resuming.open(clock);
            Files.deleteIfExists(folder.unrecorded());
            RunSession.Runners inPlace = (recipe, listener, artifacts) -> runners.make(resuming.places().in(recipe), listener, artifacts);
            return new RunSession(folder, file.recipe(), lock, journal, inPlace, resuming.resumption(journal));
        } catch (IOException e) {
            RuntimeException problem = unusable("The run " + folder.path() + " cannot be resumed", folder.path(), e, "");
            undo(null, lock, journal, problem);
            throw problem;
        } catch (RuntimeException e) {
            undo(null, lock, journal, e);
            throw e;
        }
    }

    /** A full disk is nobody's bad input. */
    private static RuntimeException unusable(String what, Path folder, IOException e, String remedy) {
        return Trouble.full(e, folder) ? new NotRecordedException(what + ": the disk is full. Make room and try again.", e)
                : new InvalidInputException(what + ": " + FileWords.reason(e) + "." + remedy, e);
    }

    private Path create(Recipe recipe, Instant now) throws IOException {
        String name = Slug.of(recipe.name(), root, "run") + "-" + TIME.format(now.atZone(ZoneId.systemDefault())) + "-s"
                + recipe.seed();
        for (int n = 1;; n++) {
            try {
                return Files.createDirectory(root.resolve(n == 1 ? name : name + "-" + n));
            } catch (FileAlreadyExistsException e) {
                if (n == 10_000) {
                    throw e;
                }
            }
        }
    }

    /** Leaves no half-made run behind. */
    private static void undo(Path folder, RunLock lock, Journal journal, RuntimeException problem) {
        try {
            if (journal != null) {
                journal.close();
            }
            if (lock != null) {
                lock.close();
            }
            if (folder != null) {
                AtomicFiles.deleteTree(folder);
            }
        } catch (IOException e) {
            problem.addSuppressed(e);
        }
    }
}
