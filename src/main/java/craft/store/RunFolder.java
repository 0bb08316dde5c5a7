package craft.store;

import craft.experiment.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where things are in a run's folder. */
record RunFolder(Path path) {
    private static final Pattern AFTER = Pattern.compile("after-(\\d{1,6})");

    Path runJson() {
        return path.resolve("run.json");
    }

    Path provenance() {
        return path.resolve("provenance.json");
    }

    /** Where model and tasks are now, if they have moved since the run began. */
    Path places() {
        return path.resolve("places.json");
    }

    Path journal() {
        return path.resolve("events.jsonl");
    }

    Path checkpoints() {
        return path.resolve("checkpoints");
    }

    /** Whole of a journal of which only the beginning could be read when the run was resumed. */
    Path damagedJournal() {
        return path.resolve("events-damaged.jsonl");
    }

    Path lock() {
        return path.resolve("run.lock");
    }

    /** Empty file: the run's journal could not be written to its end. A full disk still has room for a name. */
    Path unrecorded() {
        return path.resolve("run.unrecorded");
    }

    Path predictions(int after) {
        return path.resolve("predictions").resolve("after-" + after);
    }

    /** @param task 1-based */
    Path predictions(int after, int task, Recipe recipe) {
        Path folder = predictions(after);
        return folder.resolve(number(task) + Slug.of(taskName(recipe, task), folder, "task") + ".jsonl");
    }

    /** What the name of a task's file begins with. */
    static String number(int task) {
        return (task < 10 ? "0" : "") + task + "-";
    }

    Path interventions(int after) {
        return path.resolve("interventions").resolve("after-" + after);
    }

    /** The folder {@code interventions/after-<j>} of the largest j. */
    Optional<Path> newestInterventions() throws IOException {
        Path all = path.resolve("interventions");
        if (!Files.isDirectory(all)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(all)) {
            return folders.filter(f -> after(f) >= 0).max(Comparator.comparingInt(RunFolder::after));
        }
    }

    /** The j of {@code after-<j>}, -1 for any other folder. */
    private static int after(Path folder) {
        Matcher m = AFTER.matcher(folder.getFileName().toString());
        return m.matches() ? Integer.parseInt(m.group(1)) : -1;
    }

    /** Whether this is the folder of a run at all, readable or not. */
    boolean isRun() {
        return Files.exists(runJson()) || Files.exists(journal());
    }

    /** The task's folder name. @param task 1-based */
    static String taskName(Recipe recipe, int task) {
        String folder = recipe.tasks().get(task - 1).replaceAll("[/\\\\]+$", "");
        return folder.substring(Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\')) + 1);
    }
}
