package craft.store;

import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.intervention.AdapterFiles;
import craft.intervention.InterventionFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Exports of what a run has trained. */
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
        boolean interventions = Files.exists(newest.resolve(InterventionFiles.DESCRIPTION));
        try {
            return interventions ? interventions(record, newest, target, format) : adapters(record, newest, target, format);
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException("The export could not be written to " + target + ": " + e
                    + ". Choose another folder.", e);
        }
    }

    private static List<Path> interventions(RunRecord record, Path from, Path target, ExportFormat format) throws IOException {
        InterventionFiles.Contents contents = InterventionFiles.read(from); // nothing damaged leaves the house
        Files.createDirectories(target);
        return switch (format) {
            case CRAFT -> copy(record, List.of(InterventionFiles.TENSORS, InterventionFiles.DESCRIPTION), from, target);
            case PYREFT -> PyreftExport.write(contents, target);
            case PEFT -> throw other(record, "PEFT has no form for interventions on hidden states", "pyreft");
        };
    }

    private static List<Path> adapters(RunRecord record, Path from, Path target, ExportFormat format) throws IOException {
        AdapterFiles.Contents contents = AdapterFiles.read(from);
        Files.createDirectories(target);
        return switch (format) {
            case CRAFT -> copy(record, List.of(AdapterFiles.TENSORS, AdapterFiles.DESCRIPTION), from, target);
            case PYREFT -> throw other(record, "pyreft has no form for what this method trains", "peft (LoRA)");
            case PEFT -> PeftExport.write(contents, target);
        };
    }

    private static InvalidInputException other(RunRecord record, String why, String choose) {
        return new InvalidInputException("The run was made with " + record.recipe().methodName() + ": " + why + ". Choose the format "
                + choose + ", or craft.");
    }

    private static List<Path> copy(RunRecord record, List<String> names, Path from, Path target) throws IOException {
        List<Path> written = new ArrayList<>();
        for (String name : names) {
            written.add(AtomicFiles.write(target.resolve(name), out -> Files.copy(from.resolve(name), out)));
        }
        written.add(AtomicFiles.write(target.resolve("recipe.json"),
                Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(record.recipe())));
        return written;
    }
}
