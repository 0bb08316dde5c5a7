package craft.method.train;

import craft.intervention.Adapter;
import craft.lm.FloatTensor;
import craft.lm.Sequence;
import craft.method.Answers;
import craft.method.ContinualMethod;
import craft.method.Monitor;
import craft.method.State;
import craft.method.TrainingTask;
import java.util.Arrays;
import java.util.List;

/** A method that answers all tasks with one adapter, whatever it does to get it. */
public abstract class OneGroupMethod implements ContinualMethod {
    private final AdapterTrainer trainer;
    private final CurrentLoop current = new CurrentLoop();
    private List<FloatTensor> values;
    private int learnt;

    /** @param trainer closed with this */
    protected OneGroupMethod(AdapterTrainer trainer) {
        this.trainer = trainer;
    }

    /**
     * Trains on a task.
     *
     * @param before the adapter's values as they are, null before the first task
     * @param current what the task's loop is run by, so that it can be kept and taken up
     * @return the values to answer with from now on
     */
    protected abstract List<FloatTensor> learn(TrainingTask task, List<FloatTensor> before, CurrentLoop current, Monitor monitor);

    /** Bytes kept beside the adapter. */
    protected long moreBytes() {
        return 0;
    }

    /** Keeps what a method has beside the adapter and the loop. */
    protected void saveMore(State to) {
    }

    protected void restoreMore(State from) {
    }

    protected final AdapterTrainer trainer() {
        return trainer;
    }

    /** Tasks learnt to their end. */
    protected final int learnt() {
        return learnt;
    }

    @Override
    public int plannedSteps(TrainingTask task) {
        return trainer.plannedSteps(task);
    }

    @Override
    public final void learn(TrainingTask task, Monitor monitor) {
        values = learn(task, values, current, monitor);
        learnt++;
        trainer.forget(task);
    }

    @Override
    public final int groupOf(int task) {
        return 1;
    }

    @Override
    public final int nearestGroup(List<Sequence> prompts) {
        return Math.min(1, learnt);
    }

    @Override
    public final int[] groupsOf(List<Sequence> prompts) {
        int[] groups = new int[prompts.size()];
        Arrays.fill(groups, nearestGroup(prompts));
        return groups;
    }

    /** What to answer with, from the values that learning gave. */
    protected Adapter adapter(List<FloatTensor> learntValues) {
        return trainer.trainable().adapter(learntValues);
    }

    private Adapter adapter() {
        return adapter(values);
    }

    @Override
    public final Answers answers(int group) {
        return trainer.answers(group == 0 ? null : adapter());
    }

    @Override
    public final List<Adapter> groups() {
        return learnt == 0 ? List.of() : List.of(adapter());
    }

    @Override
    public long trainedParameters() {
        return learnt == 0 ? 0 : adapter().parameters();
    }

    @Override
    public final long storedBytes() {
        return (learnt == 0 ? 0 : Float.BYTES * adapter().parameters()) + moreBytes();
    }

    @Override
    public final void save(State to) {
        to.put("learnt", learnt);
        if (values != null) {
            to.put("values", values);
        }
        saveMore(to.part("more"));
        current.save(to.part("current"));
    }

    @Override
    public final void restore(State from) {
        learnt = from.integer("learnt");
        values = from.has("values") ? from.arrays("values") : null;
        restoreMore(from.part("more"));
        current.restore(from.part("current"));
    }

    @Override
    public void close() {
        trainer.close();
    }
}
