package craft.method.guard;

import ai.djl.ndarray.NDArray;
import craft.lm.FloatTensor;
import craft.lm.Sequence;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.sequential.Guard;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.util.List;

/**
 * L2-SP (Li, Grandvalet and Davoine 2018, "Explicit inductive bias for transfer learning with convolutional networks",
 * eq. 2): {@code L = CE + lambda/2 ||theta - theta_0||^2}. theta_0 is where training on the task starts, as the authors have
 * it: for a second task that is where the first one ended ({@code previous}, the default; the first task is free). Or, with
 * {@code start}, it is where the first task started, for all tasks, so that all of them stay near where they set out. Every
 * parameter has a starting point here, so their second term, for new layers, is not there.
 */
public final class L2Sp implements Guard {
    private final L2SpOptions options;
    final GuardMath math = new GuardMath();
    private List<FloatTensor> start;
    private List<NDArray> target;

    public L2Sp(L2SpOptions options) {
        this.options = options;
    }

    @Override
    public void begin(TrainingTask task, Training training) {
        forgetTarget();
        if (options.towards() == L2SpOptions.Towards.START) {
            start = start == null ? training.values() : start;
            target = math.own(start);
        } else if (task.index() > 1) {
            target = math.own(training.values());
        }
    }

    @Override
    public Objective objective(List<Sequence> batch) {
        return target == null ? Objective.CROSS_ENTROPY
                : new Objective(null, (step, parameters) -> math.distance(step, options.lambda(), parameters, target), null);
    }

    @Override
    public void end(TrainingTask task, Training training) {
        forgetTarget();
    }

    private void forgetTarget() {
        if (target != null) {
            target.forEach(NDArray::close);
            target = null;
        }
    }

    /** The start if it is the target; the parameters before a task are the parameters themselves. */
    @Override
    public long storedBytes() {
        return start == null ? 0 : start.stream().mapToLong(t -> (long) Float.BYTES * t.data().length).sum();
    }

    @Override
    public void save(State to) {
        to.put("started", start != null);
        if (start != null) {
            to.put("start", start);
        }
    }

    @Override
    public void restore(State from) {
        start = from.flag("started") ? from.arrays("start") : null;
    }

    @Override
    public void close() {
        math.close();
    }
}
