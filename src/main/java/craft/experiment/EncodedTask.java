package craft.experiment;

import craft.lm.Sequence;
import craft.method.TrainingTask;
import craft.task.Example;
import craft.task.Task;
import java.util.List;
import java.util.stream.Stream;

/**
 * A task ready for the model: the rows that the recipe takes of it, as token sequences.
 *
 * @param training sequences of the training and validation rows
 * @param testRows the rows to score
 * @param test one sequence a test row: the prompt, with one continuation a label (in the task's order), or with the
 *     expected answer for a generation task
 * @param longestAnswer tokens of the longest training answer
 * @param remarks what became of rows that their author would not expect, each a sentence or two that names the task
 */
record EncodedTask(Task task, TrainingTask training, List<Example> testRows, List<Sequence> test, int longestAnswer,
        List<String> remarks) {
    EncodedTask {
        testRows = List.copyOf(testRows);
        test = List.copyOf(test);
        remarks = List.copyOf(remarks);
    }

    EncodedTask with(String remark) {
        return new EncodedTask(task, training, testRows, test, longestAnswer, Stream.concat(remarks.stream(), Stream.of(remark)).toList());
    }
}
