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
 * eq. 2): {@code L = CE + lambda/2 ||theta - theta_0||^2}. theta_0 is where training on the task starts, as the authors have it:
 * for a second task that is where the first one ended ({@link Towards#PREVIOUS}, the default; the first task is free). Or,
 * with {@link Towards#START}, it is where the first task started, for all tasks, so that all of them stay near the untouched
 * model. Every parameter has a starting point here, so their second term, for new layers, is not there.
 */
public final class L2Sp implements Guard {
    /** Where the parameters are pulled to. */
    public enum Towards { PREVIOUS, START }

    /** @param lambda weight of the distance, alpha in the paper */
    public record Settings(double lambda, Towards towards) {
        public static Settings defaults() {
            return new Settings(0.1, Towards.PREVIOUS);
        }

        public void check() {
            Options.between("lambda", lambda, 0, 1e12);
        }
    }

    private final Settings settings;
    final GuardMath math = new GuardMath();
    private final Before before = new Before();
    private List<FloatTensor> start;
    private List<NDArray> target;

    public L2Sp(Settings settings) {
        this.settings = settings;
    }

    @Override
    public void begin(TrainingTask task, Training training) {
        List<FloatTensor> values = before.at(task, training);
        if (start == null && settings.towards == Towards.START) {
            start = values;
        }
        forgetTarget();
        if (settings.towards == Towards.START) {
            target = math.own(start);
        } else if (task.index() > 1) {
            target = math.own(values);
        }
    }

    @Override
    public Objective objective(List<Sequence> batch) {
        return target == null ? Objective.CROSS_ENTROPY
                : new Objective(null, (step, parameters) -> math.distance(step, settings.lambda, parameters, target), null);
    }

    @Override
    public void end(TrainingTask task, Training training) {
        before.forget();
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
        before.save(to.part("before"));
        to.put("started", start != null);
        if (start != null) {
            to.put("start", start);
        }
    }

    @Override
    public void restore(State from) {
        before.restore(from.part("before"));
        start = from.flag("started") ? from.arrays("start") : null;
    }

    @Override
    public void close() {
        math.close();
    }
}
