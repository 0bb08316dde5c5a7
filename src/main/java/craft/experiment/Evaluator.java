package craft.experiment;

import craft.intervention.Adapter;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.Generator;
import craft.lm.Sequence;
import craft.method.Answers;
import craft.method.Batches;
import craft.method.ContinualMethod;
import craft.task.Answered;
import craft.task.Example;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Answers a task's test rows. A label is chosen by the largest log-likelihood of label + end-of-text after the prompt; a text
 * is generated greedily, up to the length of the longest training answer. What a row gets depends, to the last bit, on the row, the
 * labels to choose among and the group alone: the labels of a second, wider choice are scored in a pass of their own.
 */
final class Evaluator {
    /** Padded tokens between two looks at the gate. */
    private static final int TOKENS = 2048;
    /** Rows whose texts are written between two looks at the gate. */
    private static final int WRITTEN = 4 * Generator.SLOTS;

    private final CausalLm model;
    private final TaskEncoder encoder;
    private final List<EncodedTask> tasks;
    private final Runnable gate;
    private final RowMemo<double[]> likelihoods = new RowMemo<>();
    private final RowMemo<Text> texts = new RowMemo<>();
    private final Map<Choice, List<Sequence>> choices = new HashMap<>();
    private long tokens;

    /** @param gate called between batches; blocks while paused, throws when the run is stopped */
    Evaluator(CausalLm model, Recipe recipe, List<EncodedTask> tasks, Runnable gate) {
        this.model = model;
        this.encoder = new TaskEncoder(model.tokens(), model.config(), recipe);
        this.tasks = tasks;
        this.gate = gate;
    }

    /** Tokens passed forward since this was asked last: prompts, every continuation, and what was generated. */
    long takeTokens() {
        long taken = tokens;
        tokens = 0;
        return taken;
    }

    /**
     * The labels that may be chosen where the task is unknown and classes come one after the other: those of the tasks learnt
     * so far, and the task's own where it is still to be learnt.
     */
    List<String> labelsSeen(EncodedTask task, int learnt) {
        return labelsOf(tasks.stream().filter(t -> t.training().index() <= learnt || t == task).toList());
    }

    List<String> allLabels() {
        return labelsOf(tasks);
    }

    private static List<String> labelsOf(List<EncodedTask> tasks) {
        Set<String> labels = new LinkedHashSet<>();
        tasks.forEach(task -> labels.addAll(task.task().labels()));
        return List.copyOf(labels);
    }

    private record Choice(int task, List<String> labels) {
    }

    /** @param tokens of the prompt and of what was generated */
    private record Text(Answered answered, int tokens) {
    }

    /**
     * @param groups for each test row the group that answers it; each group is opened once
     * @param among the labels to choose among; not looked at for a generation task
     * @param union a second choice among these labels, or none
     * @return one answer a test row, in their order; null for rows of a negative group, which are left out
     */
    List<Answered> answer(EncodedTask task, ContinualMethod method, int[] groups, List<String> among,
            List<String> union) {
        SortedMap<Integer, List<Integer>> rowsOf = new TreeMap<>();
        for (int row = 0; row < groups.length; row++) {
            if (groups[row] >= 0) {
                rowsOf.computeIfAbsent(groups[row], g -> new ArrayList<>()).add(row);
            }
        }
        Answered[] answered = new Answered[groups.length];
        rowsOf.forEach((group, rows) -> {
            if (task.task().classification()) {
                choose(task, method, group, rows, among, union, answered);
            } else {
                generate(task, method, group, rows, answered);
            }
        });
        return Collections.unmodifiableList(Arrays.asList(answered));
    }

    /** What a group answers with, to the last bit: none for the untouched model; null where the method does not tell. */
    private static Map<String, FloatTensor> adapter(ContinualMethod method, int group) {
        if (group == 0) {
            return Map.of();
        }
        List<Adapter> groups = method.groups();
        return group <= groups.size() ? groups.get(group - 1).tensors() : null;
    }

    private List<Sequence> sequences(EncodedTask task, List<String> labels) {
        return labels.equals(task.task().labels()) ? task.test()
                : choices.computeIfAbsent(new Choice(task.training().index(), labels), c -> encoder.choices(task, labels));
    }

    private void choose(EncodedTask task, ContinualMethod method, int group, List<Integer> rows, List<String> among,
            List<String> union, Answered[] into) {
        List<String> rest = union.stream().filter(label -> !among.contains(label)).toList();
        List<String> asked = new ArrayList<>(among);
        asked.addAll(rest);
        List<Sequence> sequences = sequences(task, among);
        Map<Integer, double[]> first = likelihoods(task, sequences, method, group, rows, among);
        Map<Integer, double[]> second = rest.isEmpty() ? Map.of()
                : likelihoods(task, sequences(task, rest), method, group, rows, rest);
        for (int place : rows) {
            double[] of = joined(first.get(place), second.getOrDefault(place, new double[0]));
            Example row = task.testRows().get(place);
            int expected = asked.indexOf(row.answer());
            into[place] = new Answered(row.row(), row.text(), row.answer(), best(of, asked, among),
                    union.isEmpty() ? null : best(of, asked, union), of[expected],
                    tokensOf(task, row.answer()), byLabel(of, asked, among));
        }
    }

    private static double[] joined(double[] first, double[] second) {
        double[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static int tokensOf(EncodedTask task, String label) {
        return task.test().get(0).continuations().get(task.task().labels().indexOf(label)).length;
    }

    /** Row to the log-likelihood of each label, of all rows asked for at least. */
    private Map<Integer, double[]> likelihoods(EncodedTask task, List<Sequence> sequences, ContinualMethod method, int group,
            List<Integer> rows, List<String> labels) {
        Map<Integer, double[]> known = likelihoods.of(task.training().index(), group, labels, adapter(method, group));
        rows.forEach(row -> tokens += sequences.get(row).length()); // of known rows, too: a run's cost must not depend on resuming
        Map<Sequence, Integer> places = new IdentityHashMap<>();
        rows.stream().filter(row -> !known.containsKey(row)).forEach(row -> places.put(sequences.get(row), row));
        if (places.isEmpty()) {
            return known;
        }
        try (Answers answers = method.answers(group)) {
            for (List<Sequence> batch : Batches.byLength(rows.stream().map(sequences::get).filter(places::containsKey).toList(),
                    TOKENS)) {
                gate.run();
                List<double[]> values = answers.logLikelihoods(batch);
                for (int i = 0; i < batch.size(); i++) {
                    known.put(places.get(batch.get(i)), values.get(i));
                }
            }
        }
        return known;
    }

    private static Map<String, Double> byLabel(double[] likelihoods, List<String> asked, List<String> among) {
        Map<String, Double> byLabel = new LinkedHashMap<>();
        among.forEach(label -> byLabel.put(label, likelihoods[asked.indexOf(label)]));
        return byLabel;
    }

    /** The likeliest of {@code among}; the first of equals. */
    private static String best(double[] likelihoods, List<String> asked, List<String> among) {
        String best = among.get(0);
        double most = likelihoods[asked.indexOf(best)];
        for (String label : among) {
            double value = likelihoods[asked.indexOf(label)];
            if (value > most) {
                best = label;
                most = value;
            }
        }
        return best;
    }

    private void generate(EncodedTask task, ContinualMethod method, int group, List<Integer> rows, Answered[] into) {
        Map<Integer, double[]> likely = likelihoods(task, task.test(), method, group, rows, List.of());
        Map<Integer, Text> known = texts.of(task.training().index(), group, List.of(), adapter(method, group));
        List<Integer> open = rows.stream().filter(row -> !known.containsKey(row)).toList();
        if (!open.isEmpty()) {
            try (Answers answers = method.answers(group)) {
                for (int from = 0; from < open.size(); from += WRITTEN) {
                    gate.run();
                    write(task, open.subList(from, Math.min(from + WRITTEN, open.size())), answers, likely, known);
                }
            }
        }
        for (int place : rows) {
            into[place] = known.get(place).answered;
            tokens += known.get(place).tokens;
        }
    }

    private void write(EncodedTask task, List<Integer> places, Answers answers, Map<Integer, double[]> likely, Map<Integer, Text> into) {
        List<int[]> generated = answers.generate(places.stream().map(place -> task.test().get(place).prompt()).toList(),
                task.longestAnswer());
        for (int i = 0; i < places.size(); i++) {
            int place = places.get(i);
            Example row = task.testRows().get(place);
            Sequence sequence = task.test().get(place);
            String text = model.tokens().decode(generated.get(i)).strip();
            into.put(place, new Text(new Answered(row.row(), row.text(), row.answer(), text, null, likely.get(place)[0],
                    sequence.continuations().get(0).length), sequence.prompt().length + generated.get(i).length));
        }
    }
}
