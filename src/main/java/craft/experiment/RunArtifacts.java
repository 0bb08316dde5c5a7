package craft.experiment;

import craft.intervention.Adapter;
import craft.task.Prediction;
import java.util.List;

/** Where a run puts its large results. Called on the service thread. */
public interface RunArtifacts {
    /** Answers to the test rows of {@code task} after training {@code after} tasks. */
    void predictions(int after, int task, List<Prediction> predictions);

    /**
     * What was trained of every group as they are after training {@code after} tasks, group 1 first.
     *
     * @param groupOfTask for each task trained so far, in order, its group
     */
    void adapters(int after, List<Adapter> groups, List<Integer> groupOfTask);

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
