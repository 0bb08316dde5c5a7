package craft.method.sequential;

import craft.intervention.Adapter;
import craft.lm.FloatTensor;
import craft.lm.Sequence;
import craft.method.Answers;
import craft.method.ContinualMethod;
import craft.method.MethodSetup;
import craft.method.Monitor;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.adapter.AdapterOptions;
import craft.method.train.AdapterTrainer;
import craft.method.train.Objective;
import craft.method.train.TrainingLoop;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * One adapter, trained on one task after the other: all epochs of a task with a fresh optimiser and a schedule of its own,
 * starting from what the task before left. A {@link Guard} says what is minimised and on which rows. There is one group.
 */
public final class SequentialMethod implements ContinualMethod {
    private final AdapterTrainer trainer;
    private final Guard guard;
    /** After the last task learnt; before the first one, where it will start. */
    private List<FloatTensor> values;
    private int learnt;
    private TrainingLoop loop;
    private State resumed;

    /** Without a guard. */
    public SequentialMethod(SequentialOptions options, MethodSetup setup) {
        this(options.adapter(), setup, trainer -> new NoGuard());
    }

    /** @param guard made from what trains the adapter, for a guard that needs the model; closed with this */
    public SequentialMethod(AdapterOptions adapter, MethodSetup setup, Function<AdapterTrainer, Guard> guard) {
        this.trainer = adapter.trainer(setup);
        this.guard = guard.apply(trainer);
        this.values = trainer.fresh(1);
    }

    @Override
    public int plannedSteps(int trainRows) {
        return trainer.plannedSteps(trainRows);
    }

    @Override
    public void learn(TrainingTask task, Monitor monitor) {
        if (resumed == null) {
            monitor.routed(new Monitor.Routed(List.of(), Double.NaN, Double.NaN, "one for all", learnt == 0 ? 0 : 1, 1, learnt == 0));
        }
        try (TrainingLoop newLoop = trainer.loop(values)) {
            guard.begin(task, newLoop.training());
            if (resumed != null) {
                newLoop.restore(resumed.part("loop"));
                resumed = null;
            }
            loop = newLoop;
            loop.run(trainer.plan(task), new Guarded(), "epochs", monitor);
            guard.end(task, loop.training());
            values = loop.training().values();
            learnt++;
            loop = null;
        }
        trainer.forget(task);
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
    public int groupOf(int task) {
        return 1;
    }

    @Override
    public int nearestGroup(List<Sequence> prompts) {
        return Math.min(1, learnt);
    }

    @Override
    public int[] groupsOf(List<Sequence> prompts) {
        int[] groups = new int[prompts.size()];
        Arrays.fill(groups, nearestGroup(prompts));
        return groups;
    }

    private Adapter adapter() {
        return trainer.trainable().adapter(values);
    }

    @Override
    public Answers answers(int group) {
        return trainer.answers(group == 0 ? null : adapter());
    }

    @Override
    public List<Adapter> groups() {
        return learnt == 0 ? List.of() : List.of(adapter());
    }

    @Override
    public long trainedParameters() {
        return learnt == 0 ? 0 : adapter().parameters();
    }

    @Override
    public long storedBytes() {
        return Float.BYTES * trainedParameters() + guard.storedBytes();
    }

    @Override
    public void save(State to) {
        to.put("learnt", learnt);
        to.put("values", values);
        guard.save(to.part("guard"));
        to.put("halfLearnt", loop != null);
        if (loop != null) {
            loop.save(to.part("loop"));
        }
    }

    @Override
    public void restore(State from) {
        learnt = from.integer("learnt");
        values = from.arrays("values");
        guard.restore(from.part("guard"));
        resumed = from.flag("halfLearnt") ? from : null;
    }

    @Override
    public void close() {
        guard.close();
        trainer.close();
    }
}
