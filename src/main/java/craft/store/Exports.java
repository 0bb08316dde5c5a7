package craft.store;

import craft.error.InvalidInputException;
import craft.error.Messages;
import craft.experiment.BaseModels;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.intervention.AdapterFiles;
import craft.intervention.InterventionSet;
import craft.intervention.LoraSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Exports of what a run has trained. */
public final class Exports {
    /** Files of our own format, of today's and of earlier versions. */
    private static final List<String> OWN = List.of(AdapterFiles.DESCRIPTION, AdapterFiles.TENSORS, "interventions.json",
            "interventions.safetensors");
    private static final String RECIPE = "recipe.json";

    private Exports() {
    }

    /** With the base model where the run was last told it is. */
    public static List<Path> export(Path run, Path target, ExportFormat format) {
        return export(run, target, format, Map.of());
    }

    /**
     * Exports the adapters as they are after the last task that was trained.
     *
     * @param run a run's folder
     * @param target folder to write into, made if missing; files of an earlier export are replaced once this one is whole
     * @param set {@code model} only: where the base model is now. Only PEFT's format needs it
     * @return the files written
     * @throws craft.error.InvalidInputException when the run has nothing to export, what it has is damaged, the format has no
     *     place for it, the base model is needed and gone, or the target cannot be written
     */
    public static List<Path> export(Path run, Path target, ExportFormat format, Map<String, String> set) {
        RunRecord record = RunStore.open(run);
        Path newest = record.newestInterventions().orElseThrow(() -> new InvalidInputException("The run " + run
                + " has nothing to export yet: no task has been trained to its end."));
        AdapterFiles.Contents contents = AdapterFiles.read(newest); // nothing damaged leaves the house
        Path model = model(record, format, set);
        try {
            return switch (format) {
                case CRAFT -> own(target).replace(folder -> own(record.recipe(), contents, folder));
                case PYREFT -> {
                    if (!contents.groups().stream().allMatch(InterventionSet.class::isInstance)) {
                        throw other(record, "pyreft has no form for what this method trains", "peft (LoRA)");
                    }
                    yield PyreftExport.write(contents, target);
                }
                case PEFT -> {
                    if (!contents.groups().stream().allMatch(LoraSet.class::isInstance)) {
                        throw other(record, "PEFT has no form for interventions on hidden states", "pyreft");
                    }
                    requireModel(run, model);
                    yield PeftExport.write(contents, model, target);
                }
            };
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException("The export could not be written to " + target + ". " + Messages.forUser(e)
                    + " What was there before is still there; choose another folder.", e);
        }
    }

    /** The base model's folder. */
    private static Path model(RunRecord record, ExportFormat format, Map<String, String> set) {
        RunFolder folder = new RunFolder(record.folder());
        Recipe recorded = record.recipe();
        if (!set.isEmpty() && (format != ExportFormat.PEFT || !set.keySet().equals(Set.of("model")))) {
            throw new InvalidInputException("--set " + String.join(", ", set.keySet()) + ": an export takes model=<folder> alone, and only "
                    + "in the format peft, which needs the base model's config.json. Leave it out.");
        }
        Path model = BaseModels.folder(Places.read(folder, recorded).with(set, recorded).model());
        if (!set.isEmpty() && Files.exists(model)) {
            List<String> differences = Provenance.read(folder.provenance()).orElse(Provenance.UNKNOWN)
                    .modelDifferences(model.toString());
            if (!differences.isEmpty()) {
                throw new InvalidInputException("The model " + model + " is not the base model of the run " + record.folder() + ": "
                        + String.join(", ", differences) + ".");
            }
        }
        return model;
    }

    private static void requireModel(Path run, Path model) {
        if (!Files.exists(model.resolve("config.json"))) {
            throw new InvalidInputException("The base model of the run " + run + " is gone from " + model + ", and PEFT's files cannot be "
                    + "written without its config.json. Say where it is now (export " + run + " --format peft --set model=<folder>), or "
                    + "choose the format craft, which needs no base model.");
        }
    }

    private static InvalidInputException other(RunRecord record, String why, String choose) {
        return new InvalidInputException("The run was made with " + record.recipe().methodName() + ": " + why + ". Choose the format "
                + choose + ", or craft.");
    }

    private static ExportFolder own(Path target) {
        return new ExportFolder(target, OWN, file -> OWN.contains(file) || file.equals(RECIPE));
    }

    /** Today's form of the files, also of a run that an earlier version has kept. */
    private static List<Path> own(Recipe recipe, AdapterFiles.Contents contents, Path folder) throws IOException {
        List<Path> written = new ArrayList<>(AdapterFiles.write(folder, contents));
        written.add(AtomicFiles.write(folder.resolve(RECIPE), Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(recipe)));
        return written;
    }
}
