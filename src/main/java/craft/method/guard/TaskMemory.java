package craft.method.guard;

import craft.lm.Sequence;
import craft.method.Seeds;
import craft.method.State;
import craft.method.TrainingTask;
import java.util.ArrayList;
import java.util.List;

/** The same number of rows of every task learnt, drawn by chance. */
final class TaskMemory {
    private final int rows;
    private final long seed;
    private final List<List<Sequence>> tasks = new ArrayList<>();

    /** @param rows kept of a task */
    TaskMemory(int rows, long seed) {
        this.rows = rows;
        this.seed = seed;
    }

    void add(TrainingTask task) {
        tasks.add(Rows.sample(task.train(), rows, Seeds.random(seed, "memory", task.index())));
    }

    /** One list a task learnt, in their order. */
    List<List<Sequence>> tasks() {
        return tasks;
    }

    List<Sequence> all() {
        return tasks.stream().flatMap(List::stream).toList();
    }

    long bytes() {
        return Rows.bytes(all());
    }

    void save(State to) {
        to.put("tasks", tasks.size());
        for (int i = 0; i < tasks.size(); i++) {
            Rows.save(tasks.get(i), to.part(i));
        }
    }

    void restore(State from) {
        for (int i = 0; i < from.integer("tasks"); i++) {
            tasks.add(List.copyOf(Rows.read(from.part(i))));
        }
    }
}
