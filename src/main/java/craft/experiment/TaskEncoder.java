package craft.experiment;

import craft.error.InvalidInputException;
import craft.lm.ModelConfig;
import craft.lm.Sequence;
import craft.lm.Tokens;
import craft.method.Seeds;
import craft.method.TrainingTask;
import craft.task.Example;
import craft.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Turns rows into token sequences: beginning-of-text + prompt, answer + end-of-text. A prompt that is too long for
 * {@code data.maxPromptTokens} loses the end of its text when it has an instruction or a question around it, otherwise
 * its beginning.
 */
final class TaskEncoder {
    private final Tokens tokens;
    private final ModelConfig config;
    private final Recipe recipe;

    TaskEncoder(Tokens tokens, ModelConfig config, Recipe recipe) {
        this.tokens = tokens;
        this.config = config;
        this.recipe = recipe;
    }

    /** @param index 1-based place of the task in the run */
    EncodedTask encode(Task task, int index) {
        if (!task.classification() && !config.writesText()) {
            throw new InvalidInputException("Task " + task.name() + " has no labels, but a masked language model ("
                    + config.architecture() + ") can only choose among labels. Leave the task out, or use a causal model.");
        }
        DataOptions data = recipe.data();
        List<Example> train = new ArrayList<>(task.train());
        Collections.shuffle(train, Seeds.random(recipe.seed(), "rows", index));
        List<Sequence> training = answers(task, "train", take(train, data.trainRows()));
        List<Sequence> validation = answers(task, "eval", take(task.eval(), data.evalRows()));
        List<Example> testRows = take(task.test(), data.testRows());
        List<Sequence> test = task.classification() ? choices(task, testRows, task.labels()) : answers(task, "test", testRows);
        int longest = training.stream().mapToInt(Sequence::predictions).max().orElse(1);
        return new EncodedTask(task, new TrainingTask(index, task.name(), training, validation), testRows, test, longest);
    }

    /** Test rows with one continuation a label. */
    private List<Sequence> choices(Task task, List<Example> rows, List<String> labels) {
        List<int[]> continuations = labels.stream().map(this::answer).toList();
        int longest = continuations.stream().mapToInt(c -> c.length).max().orElse(0);
        return rows.stream().map(row -> new Sequence(prompt(task, "test", row, longest), continuations)).toList();
    }

    /** The test rows of an encoded task with other labels to choose among; prompts are those it has. */
    List<Sequence> choices(EncodedTask task, List<String> labels) {
        List<int[]> continuations = labels.stream().map(this::answer).toList();
        int longest = continuations.stream().mapToInt(c -> c.length).max().orElse(0);
        List<Sequence> sequences = new ArrayList<>();
        for (int i = 0; i < task.test().size(); i++) {
            int[] prompt = task.test().get(i).prompt();
            requireRoom(task.task(), "test", task.testRows().get(i), prompt.length, longest);
            sequences.add(new Sequence(prompt, continuations));
        }
        return sequences;
    }

    private List<Sequence> answers(Task task, String split, List<Example> rows) {
        return rows.stream().map(row -> {
            int[] answer = answer(row.answer());
            return new Sequence(prompt(task, split, row, answer.length), List.of(answer));
        }).toList();
    }

    private static <T> List<T> take(List<T> rows, int most) {
        return most == 0 || rows.size() <= most ? rows : rows.subList(0, most);
    }

    private int[] answer(String text) {
        int[] ids = tokens.answer(text);
        if (config.eosTokens().isEmpty()) {
            return ids;
        }
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = config.eosTokens().get(0);
        return ended;
    }

    private int[] prompt(Task task, String split, Example row, int answerTokens) {
        int[] ids = tokens.prompt(row.prompt());
        int most = recipe.data().maxPromptTokens();
        if (most > 0 && ids.length > most) {
            ids = shortened(row, most);
        }
        requireRoom(task, split, row, ids.length, answerTokens);
        return ids;
    }

    private void requireRoom(Task task, String split, Example row, int promptTokens, int answerTokens) {
        if (promptTokens + answerTokens > config.room()) {
            throw new InvalidInputException("Task " + task.name() + ", " + split + " row " + row.row() + ": the prompt has "
                    + promptTokens + " tokens and the answer up to " + answerTokens + ", but the model's context is "
                    + config.context() + ". Set data.maxPromptTokens to at most " + (config.room() - answerTokens)
                    + " to shorten long prompts, or use a model with a longer context.");
        }
    }

    /** The longest part of the text with which the prompt keeps within {@code most} tokens. */
    private int[] shortened(Example row, int most) {
        boolean keepStart = !row.before().isEmpty() || !row.after().isEmpty();
        int[] points = row.text().codePoints().toArray();
        int low = 0;
        int high = points.length;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (ids(row, points, middle, keepStart).length <= most) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return ids(row, points, low, keepStart);
    }

    private int[] ids(Example row, int[] points, int keep, boolean start) {
        String text = new String(points, start ? 0 : points.length - keep, keep);
        return tokens.prompt(row.before() + text + row.after());
    }
}
