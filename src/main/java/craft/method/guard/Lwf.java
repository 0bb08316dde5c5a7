package craft.method.guard;

import craft.lm.CausalLm.Direction;
import craft.lm.Sequence;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.sequential.Guard;
import craft.method.train.Objective;
import craft.method.train.Objective.Anchor;
import craft.method.train.ReferenceStates;
import craft.method.train.Training;
import java.util.List;

/**
 * Learning without forgetting (Li and Hoiem 2016): {@code L = CE + lambda T^2 KL(p_before^T || p^T)} on the new task's own
 * rows, p_before being the model as it was before the task, frozen, and T the softmax temperature (Hinton et al. 2015). Their
 * distillation loss is the cross-entropy of the same two distributions, which differs by a constant. All over the full
 * vocabulary at the answer's tokens. The first task has nothing to keep.
 */
public final class Lwf implements Guard {
    private final LwfOptions options;
    private ReferenceStates reference;

    public Lwf(LwfOptions options) {
        this.options = options;
    }

    @Override
    public void begin(TrainingTask task, Training training) {
        forgetReference();
        if (task.index() > 1) {
            reference = training.states(training.values(), task.train());
        }
    }

    @Override
    public Objective objective(List<Sequence> batch) {
        return reference == null ? Objective.CROSS_ENTROPY
                : Objective.anchored(new Anchor(reference, Direction.FORWARD, options.temperature(), options.lambda()));
    }

    @Override
    public void end(TrainingTask task, Training training) {
        forgetReference();
    }

    private void forgetReference() {
        if (reference != null) {
            reference.close();
            reference = null;
        }
    }

    /** Nothing: the model before a task is there when it begins. */
    @Override
    public long storedBytes() {
        return 0;
    }

    @Override
    public void save(State to) {
        // the model before a task is there when it is taken up again
    }

    @Override
    public void restore(State from) {
        // nothing was kept
    }

    @Override
    public void close() {
        forgetReference();
    }
}
