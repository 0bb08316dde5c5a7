package craft.method.baseline;

import craft.intervention.Adapter;
import craft.lm.FloatTensor;
import craft.lm.Sequence;
import craft.method.Answers;
import craft.method.ContinualMethod;
import craft.method.MethodSetup;
import craft.method.Monitor;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.train.AdapterTrainer;
import craft.method.train.CurrentLoop;
import craft.method.train.NearestGroup;
import craft.method.train.Objective;
import craft.method.train.TrainingLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * One adapter a task, each trained from a beginning of its own with cross-entropy alone: nothing is forgotten and nothing
 * passed on. With the task known it is what training a task alone can reach, the usual upper bound without transfer.
 */
public final class PerTaskMethod implements ContinualMethod {
    private final AdapterTrainer trainer;
    private final CurrentLoop current = new CurrentLoop();
    private final NearestGroup nearest = new NearestGroup();
    /** By task, which are learnt in the order of their index. */
    private final List<List<FloatTensor>> values = new ArrayList<>();

    public PerTaskMethod(PerTaskOptions options, MethodSetup setup) {
        this.trainer = options.adapter().trainer(setup);
    }

    @Override
    public int plannedSteps(TrainingTask task) {
        return trainer.plannedSteps(task);
    }

    @Override
    public void learn(TrainingTask task, Monitor monitor) {
        int group = values.size() + 1;
        try (TrainingLoop loop = trainer.loop(trainer.fresh(task.index()))) {
            current.run(loop, trainer.plan(task), batch -> Objective.CROSS_ENTROPY, monitor);
            values.add(loop.training().values());
        }
        nearest.join(group, trainer.promptState(trainer.probe(task)));
        trainer.forget(task);
    }

    @Override
    public int groupOf(int task) {
        return task;
    }

    @Override
    public int nearestGroup(List<Sequence> prompts) {
        return nearest.isEmpty() ? 0 : nearest.of(trainer.promptState(prompts));
    }

    @Override
    public int[] groupsOf(List<Sequence> prompts) {
        return prompts.stream().mapToInt(prompt -> nearestGroup(List.of(prompt))).toArray();
    }

    @Override
    public Answers answers(int group) {
        return trainer.answers(group == 0 ? null : adapter(values.get(group - 1)));
    }

    private Adapter adapter(List<FloatTensor> of) {
        return trainer.trainable().adapter(of);
    }

    @Override
    public List<Adapter> groups() {
        return values.stream().map(this::adapter).toList();
    }

    @Override
    public long trainedParameters() {
        return groups().stream().mapToLong(Adapter::parameters).sum();
    }

    @Override
    public long storedBytes() {
        return Float.BYTES * trainedParameters() + nearest.storedBytes();
    }

    @Override
    public void save(State to) {
        to.put("tasks", values.size());
        for (int t = 0; t < values.size(); t++) {
            to.part("task").part(t + 1).put("values", values.get(t));
        }
        nearest.save(to.part("nearest"));
        current.save(to.part("current"));
    }

    @Override
    public void restore(State from) {
        for (int t = 1; t <= from.integer("tasks"); t++) {
            values.add(from.part("task").part(t).arrays("values"));
        }
        nearest.restore(from.part("nearest"));
        current.restore(from.part("current"));
    }

    @Override
    public void close() {
        trainer.close();
    }
}
