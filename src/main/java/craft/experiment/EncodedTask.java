package craft.experiment;

import craft.lm.Sequence;
import craft.method.TrainingTask;
import craft.task.Example;
import craft.task.Task;
import java.util.List;

/**
 * A task ready for the model: the rows that the recipe takes of it, as token sequences.
 *
 * @param training sequences of the training and validation rows
 * @param testRows the rows to score
 * @param test one sequence a test row: the prompt, with one continuation a label (in the task's order), or with the
 *     expected answer for a generation task
 * @param longestAnswer tokens of the longest training answer
 */
record EncodedTask(Task task, TrainingTask training, List<Example> testRows, List<Sequence> test, int longestAnswer) {
    EncodedTask {
        testRows = List.copyOf(testRows);
        test = List.copyOf(test);
    }
}
