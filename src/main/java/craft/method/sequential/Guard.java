package craft.method.sequential;

import craft.lm.Sequence;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.util.List;

/**
 * What holds one parameter set, trained on task after task, to what it learnt before: a regulariser, a memory of rows, a
 * projection of gradients. It never changes the parameters itself.
 */
public interface Guard extends AutoCloseable {
    /**
     * Before a task's first step, and again, after {@link #restore}, when a half-learnt task is taken up: in both cases the
     * training stands at the values that the task starts from.
     */
    default void begin(TrainingTask task, Training training) {
    }

    /** The batch to train on: the given rows of the task, and rows of a memory if there is one. */
    default List<Sequence> batch(List<Sequence> batch, int step) {
        return batch;
    }

    /** What a step minimises, and what becomes of its gradient. */
    Objective objective(List<Sequence> batch);

    /** After a task's last step. */
    void end(TrainingTask task, Training training);

    /** Bytes kept between tasks beside the parameters. */
    long storedBytes();

    void save(State to);

    void restore(State from);

    @Override
    void close();
}
