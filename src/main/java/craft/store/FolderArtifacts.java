package craft.store;

import craft.experiment.Checkpoint;
import craft.experiment.Json;
import craft.experiment.NotRecordedException;
import craft.experiment.Recipe;
import craft.experiment.RunArtifacts;
import craft.intervention.Adapter;
import craft.intervention.InterventionFiles;
import craft.intervention.InterventionFiles.Contents;
import craft.intervention.InterventionFiles.Origin;
import craft.intervention.InterventionFiles.TaskGroup;
import craft.intervention.InterventionSet;
import craft.task.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Keeps a run's large results in its folder. Used by the run's service thread alone. */
final class FolderArtifacts implements RunArtifacts {
    private final RunFolder folder;
    private final Recipe recipe;
    private final Supplier<Provenance> provenance;
    private final Journal journal;
    private final Checkpoint resumed;
    private final Checkpoints checkpoints;
    private List<InterventionSet> newest = List.of();
    private final List<Integer> changedAfter = new ArrayList<>();

    /** @param resumed where to go on, null for a run that begins */
    FolderArtifacts(RunFolder folder, Recipe recipe, Supplier<Provenance> provenance, Journal journal, Checkpoint resumed) {
        this.folder = folder;
        this.recipe = recipe;
        this.provenance = provenance;
        this.journal = journal;
        this.resumed = resumed;
        this.checkpoints = new Checkpoints(folder.checkpoints());
        if (resumed != null && Files.exists(folder.interventions(resumed.tasksLearnt()))) {
            Contents before = InterventionFiles.read(folder.interventions(resumed.tasksLearnt()));
            newest = before.groups();
            changedAfter.addAll(before.origin().changedAfter());
        }
    }

    @Override
    public Optional<Checkpoint> resumed() {
        return Optional.ofNullable(resumed);
    }

    @Override
    public long recorded() {
        return journal.written();
    }

    @Override
    public String checkpoint(Checkpoint checkpoint) throws IOException {
        journal.force(); // first: a checkpoint that stands on lines lost in a power cut could not be used
        return checkpoints.write(checkpoint, recipe.engine().keepCheckpoints());
    }

    @Override
    public void predictions(int after, int task, List<Prediction> predictions) {
        Path file = folder.predictions(after, task, recipe);
        try {
            Files.createDirectories(file.getParent());
            AtomicFiles.write(file, out -> {
                for (Prediction prediction : predictions) {
                    out.write(Json.mapper().writeValueAsBytes(prediction));
                    out.write('\n');
                }
            });
        } catch (IOException e) {
            throw failure("predictions", file, e);
        }
    }

    @Override
    public void adapters(int after, List<Adapter> groups, List<Integer> groupOfTask) {
        List<InterventionSet> sets = groups.stream().filter(InterventionSet.class::isInstance).map(InterventionSet.class::cast).toList();
        if (sets.size() == groups.size()) {
            interventions(after, sets, groupOfTask);
        }
    }

    private void interventions(int after, List<InterventionSet> groups, List<Integer> groupOfTask) {
        for (int g = 0; g < groups.size(); g++) {
            if (g >= newest.size()) {
                changedAfter.add(after);
            } else if (!same(newest.get(g), groups.get(g))) {
                changedAfter.set(g, after);
            }
        }
        newest = List.copyOf(groups);
        List<TaskGroup> tasks = new ArrayList<>();
        for (int t = 1; t <= groupOfTask.size(); t++) {
            tasks.add(new TaskGroup(RunFolder.taskName(recipe, t), groupOfTask.get(t - 1)));
        }
        Origin origin = new Origin(recipe.methodName(), recipe.seed(), recipe.model(),
                provenance.get().model(), recipe.sites(), tasks, changedAfter);
        Path target = folder.interventions(after);
        try {
            Files.createDirectories(target.getParent());
            AtomicFiles.writeFolder(target, beside -> InterventionFiles.write(beside, new Contents(groups, origin)));
        } catch (IOException e) {
            throw failure("trained interventions", target, e);
        }
    }

    private static boolean same(InterventionSet a, InterventionSet b) {
        return a.placement().equals(b.placement()) && a.stacked().equals(b.stacked());
    }

    private static NotRecordedException failure(String what, Path where, IOException e) {
        return new NotRecordedException("The " + what + " could not be written to " + where + " (" + e.getMessage()
                + "). Is the disk full?", e);
    }
}
