package craft.store;

import craft.experiment.Checkpoint;
import craft.experiment.NotRecordedException;
import craft.experiment.Recipe;
import craft.experiment.RunArtifacts;
import craft.intervention.Adapter;
import craft.intervention.AdapterFiles;
import craft.intervention.AdapterFiles.Origin;
import craft.intervention.AdapterFiles.TaskGroup;
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
    private List<Object> newest = List.of(); // every group's tensors, only to be compared
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
            takeUp(folder.interventions(resumed.tasksLearnt()));
        }
    }

    private void takeUp(Path before) {
        AdapterFiles.Contents kept = AdapterFiles.read(before);
        newest = kept.groups().stream().<Object>map(Adapter::tensors).toList();
        changedAfter.addAll(kept.origin().changedAfter());
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
        try {
            PredictionFiles.write(folder, after, task, recipe, predictions);
        } catch (IOException e) {
            throw failure("predictions", folder.predictions(after), e);
        }
    }

    @Override
    public void adapters(int after, List<Adapter> groups, List<Integer> groupOfTask) {
        if (groups.isEmpty()) {
            return;
        }
        for (int g = 0; g < groups.size(); g++) {
            if (g >= newest.size()) {
                changedAfter.add(after);
            } else if (!newest.get(g).equals(groups.get(g).tensors())) {
                changedAfter.set(g, after);
            }
        }
        newest = groups.stream().<Object>map(Adapter::tensors).toList();
        List<TaskGroup> tasks = new ArrayList<>();
        for (int t = 1; t <= groupOfTask.size(); t++) {
            tasks.add(new TaskGroup(RunFolder.taskName(recipe, t), groupOfTask.get(t - 1)));
        }
        Origin origin = new Origin(recipe.methodName(), recipe.seed(), recipe.model(),
                provenance.get().model(), recipe.sites(), tasks, changedAfter);
        Path target = folder.interventions(after);
        try {
            Files.createDirectories(target.getParent());
            AtomicFiles.writeFolder(target, beside -> AdapterFiles.write(beside, new AdapterFiles.Contents(groups, origin)));
        } catch (IOException e) {
            throw failure("trained adapters", target, e);
        }
    }

    private static NotRecordedException failure(String what, Path where, IOException e) {
        return Trouble.notRecorded("its " + what, where, e);
    }
}
