package craft.method.sequential;

import craft.lm.FloatTensor;
import craft.lm.Sequence;
import craft.method.MethodSetup;
import craft.method.Monitor;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.adapter.AdapterOptions;
import craft.method.train.AdapterTrainer;
import craft.method.train.CurrentLoop;
import craft.method.train.Objective;
import craft.method.train.OneGroupMethod;
import craft.method.train.TrainingLoop;
import java.util.List;
import java.util.function.Function;

/**
 * One adapter, trained on one task after the other: all epochs of a task with a fresh optimiser and a schedule of its own,
 * starting from what the task before left. A {@link Guard} says what is minimised and on which rows.
 */
public final class SequentialMethod extends OneGroupMethod {
    private final Guard guard;

    /** @param guard made from what trains the adapter, for a guard that needs the model; closed with this */
    public SequentialMethod(AdapterOptions adapter, MethodSetup setup, Function<AdapterTrainer, Guard> guard) {
        this(adapter.trainer(setup), guard);
    }

    private SequentialMethod(AdapterTrainer trainer, Function<AdapterTrainer, Guard> guard) {
        super(trainer);
        this.guard = guard.apply(trainer);
    }

    /** Cross-entropy on each task's own rows, and nothing else. */
    public static SequentialMethod unguarded(AdapterTrainer trainer) {
        return new SequentialMethod(trainer, t -> new NoGuard());
    }

    @Override
    protected List<FloatTensor> learn(TrainingTask task, List<FloatTensor> before, CurrentLoop current, Monitor monitor) {
        try (TrainingLoop loop = trainer().loop(before == null ? trainer().fresh(1) : before)) {
            guard.begin(task, loop.training());
            current.run(loop, trainer().plan(task), new Guarded(), monitor);
            guard.end(task, loop.training());
            return loop.training().values();
        }
    }

    private final class Guarded implements TrainingLoop.Course {
        @Override
        public List<Sequence> batch(List<Sequence> own, int step) {
            return guard.batch(own, step);
        }

        @Override
        public Objective objective(List<Sequence> batch) {
            return guard.objective(batch);
        }
    }

    @Override
    protected long moreBytes() {
        return guard.storedBytes();
    }

    @Override
    protected void saveMore(State to) {
        guard.save(to);
    }

    @Override
    protected void restoreMore(State from) {
        guard.restore(from);
    }

    @Override
    public void close() {
        guard.close();
        super.close();
    }
}
