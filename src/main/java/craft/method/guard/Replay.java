package craft.method.guard;

import craft.lm.Sequence;
import craft.method.Seeds;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.sequential.Guard;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Experience replay (Chaudhry et al. 2019, "On tiny episodic memories in continual learning"): every batch of the task is
 * joined by rows drawn from a memory of earlier tasks, {@code L = CE(batch and memory rows)}, the mean over the answer tokens
 * of both. The memory is a reservoir (Vitter 1985, algorithm R): of the k rows of all tasks learnt each is in it with
 * probability n / k. Or, with a share, it keeps that share of every task's rows, however many tasks there are.
 */
public final class Replay implements Guard {
    private final ReplayOptions options;
    private final long seed;
    private List<Sequence> memory = new ArrayList<>();
    private int seen;
    private int task;

    public Replay(ReplayOptions options, long seed) {
        this.options = options;
        this.seed = seed;
    }

    @Override
    public void begin(TrainingTask begun, Training training) {
        task = begun.index();
    }

    @Override
    public List<Sequence> batch(List<Sequence> batch, int step) {
        int count = (int) Math.round(options.ratio() * batch.size());
        if (memory.isEmpty() || count == 0) {
            return batch;
        }
        List<Sequence> joined = new ArrayList<>(batch);
        joined.addAll(Rows.sample(memory, count, Seeds.random(seed, "replay of task " + task, step)));
        return List.copyOf(joined);
    }

    @Override
    public Objective objective(List<Sequence> batch) {
        return Objective.CROSS_ENTROPY;
    }

    @Override
    public void end(TrainingTask learnt, Training training) {
        if (options.share() > 0) {
            int count = Math.max(1, (int) Math.round(options.share() * learnt.train().size()));
            memory.addAll(Rows.sample(learnt.train(), count, Seeds.random(seed, "share", learnt.index())));
        } else {
            Random random = Seeds.random(seed, "reservoir", learnt.index());
            learnt.train().forEach(row -> offer(row, random));
        }
    }

    private void offer(Sequence row, Random random) {
        seen++;
        if (memory.size() < options.rows()) {
            memory.add(row);
            return;
        }
        int place = random.nextInt(seen);
        if (place < options.rows()) {
            memory.set(place, row);
        }
    }

    List<Sequence> memory() {
        return List.copyOf(memory);
    }

    @Override
    public long storedBytes() {
        return Rows.bytes(memory);
    }

    @Override
    public void save(State to) {
        to.put("seen", seen);
        Rows.save(memory, to.part("memory"));
    }

    @Override
    public void restore(State from) {
        seen = from.integer("seen");
        memory = Rows.read(from.part("memory"));
    }

    @Override
    public void close() {
        // no native memory
    }
}
