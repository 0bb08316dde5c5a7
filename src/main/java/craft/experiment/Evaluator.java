package craft.experiment;

import craft.lm.CausalLm;
import craft.lm.Sequence;
import craft.method.Answers;
import craft.method.Batches;
import craft.task.Example;
import craft.task.Prediction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers a task's test rows. A label is chosen by the largest log-likelihood of label + end-of-text after the prompt; a text
 * is generated greedily and compared exactly.
 */
final class Evaluator {
    /** Padded tokens a batch. */
    private static final int TOKENS = 2048;

    private final CausalLm model;
    private final Recipe recipe;
    private final List<EncodedTask> tasks;
    private final Runnable gate;
    private final Map<Integer, List<Sequence>> unions = new HashMap<>();

    /** @param gate called between batches; blocks while paused, throws when the run is stopped */
    Evaluator(CausalLm model, Recipe recipe, List<EncodedTask> tasks, Runnable gate) {
        this.model = model;
        this.recipe = recipe;
        this.tasks = tasks;
        this.gate = gate;
    }

    /** @param union also choose among the labels of all tasks */
    List<Prediction> predict(EncodedTask task, Answers answers, boolean union) {
        if (!task.task().classification()) {
            return generated(task, answers);
        }
        List<String> labels = task.task().labels();
        Map<Sequence, String> known = choose(task.test(), labels, answers);
        List<String> all = allLabels();
        List<Sequence> unionSequences = union ? unions.computeIfAbsent(task.training().index(), i -> unionOf(task, all)) : List.of();
        Map<Sequence, String> among = union ? choose(unionSequences, all, answers) : Map.of();
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < task.testRows().size(); i++) {
            Example row = task.testRows().get(i);
            String chosen = known.get(task.test().get(i));
            predictions.add(new Prediction(row.row(), row.text(), row.answer(), chosen,
                    union ? among.get(unionSequences.get(i)) : null, chosen.equals(row.answer()) ? 1 : 0));
        }
        return predictions;
    }

    private List<Sequence> unionOf(EncodedTask task, List<String> all) {
        return new TaskEncoder(model.tokens(), model.config(), recipe).choices(task.task(), task.testRows(), all);
    }

    private List<String> allLabels() {
        Set<String> labels = new LinkedHashSet<>();
        tasks.forEach(task -> labels.addAll(task.task().labels()));
        return List.copyOf(labels);
    }

    private Map<Sequence, String> choose(List<Sequence> rows, List<String> labels, Answers answers) {
        Map<Sequence, String> chosen = new HashMap<>();
        for (List<Sequence> batch : Batches.byLength(rows, TOKENS)) {
            gate.run();
            List<double[]> likelihoods = answers.logLikelihoods(batch);
            for (int i = 0; i < batch.size(); i++) {
                chosen.put(batch.get(i), labels.get(best(likelihoods.get(i))));
            }
        }
        return chosen;
    }

    private static int best(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }

    private List<Prediction> generated(EncodedTask task, Answers answers) {
        List<Prediction> predictions = new ArrayList<>();
        for (int i = 0; i < task.testRows().size(); i++) {
            gate.run();
            Example row = task.testRows().get(i);
            String text = model.tokens().decode(answers.generate(task.test().get(i).prompt(), task.longestAnswer())).strip();
            predictions.add(new Prediction(row.row(), row.text(), row.answer(), text, null, text.equals(row.answer().strip()) ? 1 : 0));
        }
        return predictions;
    }
}
