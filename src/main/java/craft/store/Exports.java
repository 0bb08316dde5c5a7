package craft.store;

import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.intervention.InterventionFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Exports of a run's trained interventions. */
public final class Exports {
    private Exports() {
    }

    /**
     * Exports the interventions as they are after the last task that was trained.
     *
     * @param run a run's folder
     * @param target folder to write into, made if missing; existing files of an earlier export are replaced
     * @return the files written
     * @throws craft.error.InvalidInputException when the run has nothing to export, what it has is damaged, or the
     *     target cannot be written
     */
    public static List<Path> export(Path run, Path target, ExportFormat format) {
        RunRecord record = RunStore.open(run);
        Path newest = record.newestInterventions().orElseThrow(() -> new InvalidInputException("The run " + run
                + " has nothing to export yet: no task has been trained to its end."));
        InterventionFiles.Contents contents = InterventionFiles.read(newest); // nothing damaged leaves the house
        try {
            Files.createDirectories(target);
            return switch (format) {
                case CRAFT -> copy(record, newest, target);
                case PYREFT -> PyreftExport.write(contents, target);
            };
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException("The export could not be written to " + target + ": " + e
                    + ". Choose another folder.", e);
        }
    }

    private static List<Path> copy(RunRecord record, Path from, Path target) throws IOException {
        List<Path> written = new ArrayList<>();
        for (String name : List.of(InterventionFiles.TENSORS, InterventionFiles.DESCRIPTION)) {
            written.add(AtomicFiles.write(target.resolve(name), out -> Files.copy(from.resolve(name), out)));
        }
        written.add(AtomicFiles.write(target.resolve("recipe.json"),
                Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(record.recipe())));
        return written;
    }
}
