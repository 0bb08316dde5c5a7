package craft.method.guard;

import craft.lm.FloatTensor;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.train.Training;
import java.util.List;

/** The parameters as they were before the first step of the task being learnt, also when it is taken up half learnt. */
final class Before {
    private int task;
    private List<FloatTensor> values;

    /** To be called where a task begins, or goes on. */
    List<FloatTensor> at(TrainingTask begun, Training training) {
        if (values == null || task != begun.index()) {
            task = begun.index();
            values = training.values();
        }
        return values;
    }

    /** To be called where a task ends. */
    void forget() {
        values = null;
    }

    void save(State to) {
        to.put("task", values == null ? 0 : task);
        if (values != null) {
            to.put("values", values);
        }
    }

    void restore(State from) {
        task = from.integer("task");
        values = task == 0 ? null : from.arrays("values");
    }
}
