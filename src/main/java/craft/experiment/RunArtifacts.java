package craft.experiment;

import craft.intervention.Adapter;
import craft.task.Prediction;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where a run puts its large results, and what it goes on from. Called on the service thread. */
public interface RunArtifacts {
    /** Answers to the test rows of {@code task} after training {@code after} tasks. */
    void predictions(int after, int task, List<Prediction> predictions);

    /**
     * What was trained of every group as they are after training {@code after} tasks, group 1 first.
     *
     * @param groupOfTask for each task trained so far, in order, its group
     */
    void adapters(int after, List<Adapter> groups, List<Integer> groupOfTask);

    /** Where to go on; empty for a run that begins. */
    default Optional<Checkpoint> resumed() {
        return Optional.empty();
    }

    /** How many events have been recorded, for {@link Checkpoint#events()}. */
    default long recorded() {
        return 0;
    }

    /**
     * @return its name, empty when it is not kept
     * @throws IOException when it could not be kept; the one before is still there then
     */
    default String checkpoint(Checkpoint checkpoint) throws IOException {
        return "";
    }

    /** Keeps nothing. */
    RunArtifacts NONE = new RunArtifacts() {
        @Override
        public void predictions(int after, int task, List<Prediction> predictions) {
        }

        @Override
        public void adapters(int after, List<Adapter> groups, List<Integer> groupOfTask) {
        }
    };
}
