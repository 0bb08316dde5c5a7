package craft.method.baseline;

import craft.lm.FloatTensor;
import craft.lm.Sequence;
import craft.method.MethodSetup;
import craft.method.Monitor;
import craft.method.TrainingTask;
import craft.method.train.CurrentLoop;
import craft.method.train.Objective;
import craft.method.train.OneGroupMethod;
import craft.method.train.TrainingLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * One adapter, trained on the rows of all tasks shuffled together when the first task comes: as many epochs as each task has
 * in a sequence, so that every row is seen as often. Later tasks are known by then and change nothing; what a run reports
 * after a later task is what it reported after the first.
 */
public final class JointMethod extends OneGroupMethod {
    /** Known from {@link #prepare} on. */
    private TrainingTask all;

    public JointMethod(JointOptions options, MethodSetup setup) {
        super(options.adapter().trainer(setup));
    }

    @Override
    public void prepare(List<TrainingTask> tasks) {
        List<Sequence> train = new ArrayList<>();
        List<Sequence> eval = new ArrayList<>();
        tasks.forEach(task -> {
            train.addAll(task.train());
            eval.addAll(task.eval());
        });
        all = new TrainingTask(1, "all", train, eval);
    }

    /** All of them at the first task. */
    @Override
    public int plannedSteps(TrainingTask task) {
        return task.index() == all.index() ? super.plannedSteps(all) : 0;
    }

    @Override
    protected List<FloatTensor> learn(TrainingTask task, List<FloatTensor> before, CurrentLoop current, Monitor monitor) {
        if (before != null) {
            return before;
        }
        try (TrainingLoop loop = trainer().loop(trainer().fresh(1))) {
            current.run(loop, trainer().plan(all), batch -> Objective.CROSS_ENTROPY, monitor);
            trainer().forget(all);
            return loop.training().values();
        }
    }
}
