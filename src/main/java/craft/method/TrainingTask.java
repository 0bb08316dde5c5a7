package craft.method;

import craft.lm.Sequence;
import java.util.List;

/**
 * A task as methods see it: token sequences, each a prompt with one answer (end-of-text token included).
 *
 * @param index 1-based place in the run
 * @param eval validation rows, may be empty
 */
public record TrainingTask(int index, String name, List<Sequence> train, List<Sequence> eval) {
    public TrainingTask {
        train = List.copyOf(train);
        eval = List.copyOf(eval);
    }
}
