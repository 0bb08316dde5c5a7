package craft.method.bench;

import craft.lm.ModelConfig;
import craft.lm.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Sequences of random tokens: what a pass costs does not depend on what it reads. */
final class RandomSequences {
    private final Random random;
    private final int vocabulary;

    RandomSequences(ModelConfig config, long seed) {
        this.random = new Random(seed);
        this.vocabulary = config.vocabulary();
    }

    /** {@code count} sequences of equal length with one continuation each. */
    List<Sequence> batch(int count, int prompt, int answer) {
        return batch(count, prompt, 1, answer);
    }

    List<Sequence> batch(int count, int prompt, int continuations, int answer) {
        List<int[]> labels = new ArrayList<>();
        for (int i = 0; i < continuations; i++) {
            labels.add(ids(answer));
        }
        List<Sequence> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batch.add(new Sequence(ids(prompt), labels));
        }
        return batch;
    }

    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    private int[] ids(int count) {
        return random.ints(count, 0, vocabulary).toArray();
    }
}
