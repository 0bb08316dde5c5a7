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
import java.util.Optional;

/**
 * Turns rows into token sequences: beginning-of-text + prompt, answer + end-of-text. A prompt that is too long for
 * {@code data.maxPromptTokens} loses the end of its text when it has an instruction or a question around it, otherwise
 * its beginning; a row of which nothing would be left is refused. Spaces at a prompt's end and an answer's beginning are the
 * one space with which every answer is encoded.
 */
final class TaskEncoder {
    private final Tokens tokens;
    private final ModelConfig config;
    private final Recipe recipe;
    private final LabelTokens labels;

    TaskEncoder(Tokens tokens, ModelConfig config, Recipe recipe) {
        this.tokens = tokens;
        this.config = config;
        this.recipe = recipe;
        // A masked model sees by the number of its masks where a label ends.
        this.labels = new LabelTokens(tokens, !config.eosTokens().isEmpty() || !config.writesText());
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
        TokenRemarks remarks = new TokenRemarks(task, tokens, data.maxPromptTokens());
        if (task.classification()) {
            labels.check(task.labels(), "Task " + task.name() + ": ");
        }
        List<Sequence> training = answers(task, "train", take(train, data.trainRows()), remarks);
        List<Sequence> validation = answers(task, "eval", take(task.eval(), data.evalRows()), remarks);
        List<Example> testRows = take(task.test(), data.testRows());
        List<Sequence> test = task.classification() ? choices(task, testRows, remarks) : answers(task, "test", testRows, remarks);
        int longest = training.stream().mapToInt(Sequence::predictions).max().orElse(1);
        return new EncodedTask(task, new TrainingTask(index, task.name(), training, validation), testRows, test, longest,
                remarks.all());
    }

    /** Test rows with one continuation a label. */
    private List<Sequence> choices(Task task, List<Example> rows, TokenRemarks remarks) {
        List<int[]> continuations = task.labels().stream().map(this::answer).toList();
        int longest = continuations.stream().mapToInt(c -> c.length).max().orElse(0);
        return rows.stream().map(row -> {
            int[] prompt = prompt(task, "test", row, longest, remarks);
            remarks.row("test", row, prompt);
            return new Sequence(prompt, continuations);
        }).toList();
    }

    /** Two labels of different tasks that the model cannot tell apart, as a sentence. */
    Optional<String> clash(List<String> union) {
        return labels.clash(union);
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

    private List<Sequence> answers(Task task, String split, List<Example> rows, TokenRemarks remarks) {
        return rows.stream().map(row -> {
            int[] answer = answer(row.answer());
            if (answer.length == 0) {
                throw new InvalidInputException("Task " + task.name() + ", " + split + " row " + row.row() + ": the answer becomes no "
                        + "token at all with this model's tokenizer. Change it, or use another model.");
            }
            int[] prompt = prompt(task, split, row, answer.length, remarks);
            remarks.row(split, row, prompt, answer);
            return new Sequence(prompt, List.of(answer));
        }).toList();
    }

    private static <T> List<T> take(List<T> rows, int most) {
        return most == 0 || rows.size() <= most ? rows : rows.subList(0, most);
    }

    /** Without the end-of-text token. */
    static int[] answerIds(Tokens tokens, String text) {
        int from = 0;
        while (from < text.length() && text.charAt(from) == ' ') {
            from++;
        }
        return tokens.answer(text.substring(from));
    }

    private int[] promptIds(String text) {
        int to = text.length();
        while (to > 0 && text.charAt(to - 1) == ' ') {
            to--;
        }
        return tokens.prompt(text.substring(0, to));
    }

    private int[] answer(String text) {
        int[] ids = answerIds(tokens, text);
        if (config.eosTokens().isEmpty()) {
            return ids;
        }
        int[] ended = Arrays.copyOf(ids, ids.length + 1);
        ended[ids.length] = config.eosTokens().get(0);
        return ended;
    }

    private int[] prompt(Task task, String split, Example row, int answerTokens, TokenRemarks remarks) {
        int[] ids = promptIds(row.prompt());
        int most = recipe.data().maxPromptTokens();
        if (most > 0 && ids.length > most) {
            ids = shortened(task, split, row, ids.length, remarks);
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

    /** The longest part of the text with which the prompt keeps within the limit. */
    private int[] shortened(Task task, String split, Example row, int whole, TokenRemarks remarks) {
        int most = recipe.data().maxPromptTokens();
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
        if (part(points, low, keepStart).isBlank()) {
            int around = ids(row, points, 0, keepStart).length;
            throw new InvalidInputException("Task " + task.name() + ", " + split + " row " + row.row() + ": " + (keepStart
                    ? (task.listsLabels() ? "instruction and options" : "what stands around the text") + " alone take "
                    + around + " tokens, so that with data.maxPromptTokens " + most + " nothing is left of the text; "
                    : "with data.maxPromptTokens " + most + " nothing is left of the text; ") + "the whole prompt has " + whole
                    + " tokens. Set data.maxPromptTokens to more" + (keepStart ? " than " + around : "") + (task.listsLabels() && keepStart
                    ? ", or leave the options out (\"showOptions\": false in about.json)." : "."));
        }
        remarks.shortened(split, row, whole, low, points.length, keepStart);
        return ids(row, points, low, keepStart);
    }

    private int[] ids(Example row, int[] points, int keep, boolean start) {
        return promptIds(row.before() + part(points, keep, start) + row.after());
    }

    private static String part(int[] points, int keep, boolean start) {
        return new String(points, start ? 0 : points.length - keep, keep);
    }
}
