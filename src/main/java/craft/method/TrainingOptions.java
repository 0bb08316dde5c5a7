package craft.method;

import craft.error.InvalidInputException;
import craft.error.Range;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Optimisation, the same for every method: AdamW with linear warm-up and linear decay to 0.
 *
 * @param learningRate peak learning rate
 * @param batchSize examples passed forward together
 * @param batchTokens padded tokens passed forward together at most, instead of a fixed number of examples; 0: batchSize counts
 * @param accumulate batches whose gradients are summed up to one optimiser step
 * @param epochs passes over the training rows at most (maxEpochs)
 * @param epochsByTask other numbers of epochs for some tasks by name, such as {@code "fomc = 3, scienceqa = 5"}; may be empty
 * @param warmupRatio share of the steps over which the learning rate rises
 * @param weightDecay decoupled weight decay of AdamW
 * @param maxGradientNorm global norm to which gradients are clipped; 0 switches clipping off
 */
public record TrainingOptions(double learningRate, int batchSize, int batchTokens, int accumulate, int epochs, String epochsByTask,
        double warmupRatio, double weightDecay, double maxGradientNorm) {

    private static final int MOST_EPOCHS = 10_000;

    public static TrainingOptions defaults() {
        return new TrainingOptions(2e-4, 4, 0, 1, 3, "", 0.05, 0, 1);
    }

    public void check() {
        Range.above("training.learningRate", learningRate, 0, 10);
        Range.between("training.batchSize", batchSize, 1, 4096);
        Range.between("training.batchTokens", batchTokens, 0, 10_000_000);
        Range.between("training.accumulate", accumulate, 1, 4096);
        Range.between("training.epochs", epochs, 1, MOST_EPOCHS);
        ofTasks();
        Range.below("training.warmupRatio", warmupRatio, 0, 1);
        Range.below("training.weightDecay", weightDecay, 0, 10);
        Range.below("training.maxGradientNorm", maxGradientNorm, 0, 1e9);
    }

    /** Passes over a task's training rows at most. */
    public int epochsOf(String task) {
        return ofTasks().getOrDefault(task, epochs);
    }

    /** @throws InvalidInputException when {@code epochsByTask} speaks of a task that is not among these */
    public void checkTasks(Collection<String> tasks) {
        for (String task : ofTasks().keySet()) {
            if (!tasks.contains(task)) {
                throw new InvalidInputException("Option training.epochsByTask speaks of a task \"" + task
                        + "\" that the recipe does not have. Its tasks are " + String.join(", ", tasks) + ".");
            }
        }
    }

    private Map<String, Integer> ofTasks() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String entry : epochsByTask.isBlank() ? new String[0] : epochsByTask.split(",")) {
            int equals = entry.lastIndexOf('=');
            String count = entry.substring(equals + 1).strip();
            if (equals < 0 || !count.matches("[0-9]{1,5}") || Integer.parseInt(count) < 1 || Integer.parseInt(count) > MOST_EPOCHS) {
                throw new InvalidInputException("Option training.epochsByTask has \"" + entry.strip()
                        + "\"; it must be a list such as \"first-task = 3, second-task = 5\", each number from 1 to " + MOST_EPOCHS + ".");
            }
            counts.put(entry.substring(0, equals).strip(), Integer.parseInt(count));
        }
        return counts;
    }
}
