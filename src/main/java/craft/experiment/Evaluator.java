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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Answers a task's test rows. A label is chosen by the largest log-likelihood of label + end-of-text after the prompt; a text
 * is generated greedily, up to the length of the longest training answer. Every label that is asked of a row, for
 * whichever choice, is scored in one pass over the row. A group that has not changed since it was asked the same gives the same
 * answers to the last bit, so it is not asked again.
 */
final class Evaluator {
    /** Padded tokens a batch. */
    private static final int TOKENS = 2048;
    /** Rows whose texts are written between two looks at the gate. */
    private static final int WRITTEN = 4 * Generator.SLOTS;

    private final CausalLm model;
    private final TaskEncoder encoder;
    private final List<EncodedTask> tasks;
    private final Runnable gate;
    private final Map<Question, Known> known = new HashMap<>();
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

    /** The same rows asked for the same labels of the same group. */
    private record Question(int task, int group, List<Integer> rows, List<String> among, List<String> union) {
    }

    /** What a group answered, and what it was then. */
    private record Known(Map<String, FloatTensor> adapter, Map<Integer, Answered> answers) {
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
        List<Sequence> sequences = sequences(task, among, union);
        rowsOf.forEach((group, rows) -> {
            Question question = new Question(task.training().index(), group, rows, among, union);
            Map<String, FloatTensor> adapter = adapter(method, group);
            Known before = known.get(question);
            if (adapter != null && before != null && adapter.equals(before.adapter)) {
                before.answers.forEach((row, answer) -> answered[row] = answer);
                return;
            }
            try (Answers answers = method.answers(group)) {
                if (task.task().classification()) {
                    choose(task, sequences, rows, answers, among, union, answered);
                } else {
                    generate(task, rows, answers, answered);
                }
            }
            if (adapter != null) {
                Map<Integer, Answered> answers = new HashMap<>();
                rows.forEach(row -> answers.put(row, answered[row]));
                known.put(question, new Known(adapter, answers));
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

    private List<Sequence> sequences(EncodedTask task, List<String> among, List<String> union) {
        if (!task.task().classification()) {
            return task.test();
        }
        List<String> asked = asked(among, union);
        return asked.equals(task.task().labels()) ? task.test() : encoder.choices(task, asked);
    }

    /** All labels whose likelihoods are needed. */
    private static List<String> asked(List<String> among, List<String> union) {
        Set<String> asked = new LinkedHashSet<>(among);
        asked.addAll(union);
        return List.copyOf(asked);
    }

    private void choose(EncodedTask task, List<Sequence> sequences, List<Integer> rows, Answers answers,
            List<String> among, List<String> union, Answered[] into) {
        List<String> asked = asked(among, union);
        Map<Sequence, Integer> places = new IdentityHashMap<>();
        rows.forEach(row -> places.put(sequences.get(row), row));
        for (List<Sequence> batch : Batches.byLength(rows.stream().map(sequences::get).toList(), TOKENS)) {
            gate.run();
            List<double[]> likelihoods = answers.logLikelihoods(batch);
            tokens += batch.stream().mapToLong(Sequence::length).sum();
            for (int i = 0; i < batch.size(); i++) {
                int place = places.get(batch.get(i));
                double[] of = likelihoods.get(i);
                Example row = task.testRows().get(place);
                int expected = asked.indexOf(row.answer());
                into[place] = new Answered(row.row(), row.text(), row.answer(), best(of, asked, among),
                        union.isEmpty() ? null : best(of, asked, union), of[expected],
                        batch.get(i).continuations().get(expected).length);
            }
        }
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

    private void generate(EncodedTask task, List<Integer> rows, Answers answers, Answered[] into) {
        Map<Sequence, double[]> likelihoods = new IdentityHashMap<>();
        for (List<Sequence> batch : Batches.byLength(rows.stream().map(task.test()::get).toList(), TOKENS)) {
            gate.run();
            List<double[]> values = answers.logLikelihoods(batch);
            tokens += batch.stream().mapToLong(Sequence::length).sum();
            for (int i = 0; i < batch.size(); i++) {
                likelihoods.put(batch.get(i), values.get(i));
            }
        }
        for (int from = 0; from < rows.size(); from += WRITTEN) {
            gate.run();
            List<Integer> places = rows.subList(from, Math.min(from + WRITTEN, rows.size()));
            List<int[]> generated = answers.generate(places.stream().map(place -> task.test().get(place).prompt()).toList(),
                    task.longestAnswer());
            for (int i = 0; i < places.size(); i++) {
                int place = places.get(i);
                Example row = task.testRows().get(place);
                Sequence sequence = task.test().get(place);
                tokens += sequence.prompt().length + generated.get(i).length;
                String text = model.tokens().decode(generated.get(i)).strip();
                into[place] = new Answered(row.row(), row.text(), row.answer(), text, null, likelihoods.get(sequence)[0],
                        sequence.continuations().get(0).length);
            }
        }
    }
}
