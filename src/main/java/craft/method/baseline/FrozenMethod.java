package craft.method.baseline;

import craft.intervention.Adapter;
import craft.lm.CausalLm;
import craft.lm.PlainPass;
import craft.lm.Sequence;
import craft.method.Answers;
import craft.method.ContinualMethod;
import craft.method.MethodSetup;
import craft.method.Monitor;
import craft.method.Seeds;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.train.AdapterAnswers;
import craft.method.train.NearestGroup;
import craft.method.train.PromptStates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Trains nothing. With {@code shots} a learnt task's prompts get demonstrations from its training rows, drawn with the seed,
 * and each task is a group; without, everything is answered as it is, by group 0.
 */
public final class FrozenMethod implements ContinualMethod {
    private static final int PROBE = 32;

    private final MethodSetup setup;
    private final int shots;
    private final PromptStates states;
    private final NearestGroup nearest = new NearestGroup();
    private final List<Demonstrations> demonstrations = new ArrayList<>();

    public FrozenMethod(FrozenOptions options, MethodSetup setup) {
        this.setup = setup;
        this.shots = options.shots();
        this.states = new PromptStates(setup);
    }

    @Override
    public int plannedSteps(TrainingTask task) {
        return 0;
    }

    @Override
    public void learn(TrainingTask task, Monitor monitor) {
        if (shots > 0) {
            List<Sequence> rows = drawn(task, task.train().size(), setup.seed());
            demonstrations.add(Demonstrations.of(setup.model(), rows.subList(0, Math.min(shots, rows.size()))));
            nearest.join(demonstrations.size(), states.mean(rows.subList(0, Math.min(PROBE, rows.size()))));
        }
        monitor.safePoint();
    }

    /** The training rows that are a task's demonstrations, in their order: the first so many of all, drawn with the seed. */
    public static List<Sequence> drawn(TrainingTask task, int shots, long seed) {
        List<Sequence> rows = new ArrayList<>(task.train());
        Collections.shuffle(rows, Seeds.random(seed, "demonstrations", task.index()));
        return rows.subList(0, Math.min(shots, rows.size()));
    }

    @Override
    public int groupOf(int task) {
        return shots == 0 ? 0 : task;
    }

    @Override
    public int nearestGroup(List<Sequence> prompts) {
        return nearest.isEmpty() ? 0 : nearest.of(states.mean(prompts));
    }

    @Override
    public int[] groupsOf(List<Sequence> prompts) {
        return prompts.stream().mapToInt(prompt -> nearestGroup(List.of(prompt))).toArray();
    }

    @Override
    public Answers answers(int group) {
        Answers plain = new AdapterAnswers(setup.model(), new PlainPass(setup.model()), null);
        return group == 0 ? plain : new InContext(plain, demonstrations.get(group - 1));
    }

    /** Puts demonstrations before every prompt. */
    private record InContext(Answers plain, Demonstrations demonstrations) implements Answers {
        @Override
        public List<double[]> logLikelihoods(List<Sequence> batch) {
            return plain.logLikelihoods(batch.stream().map(demonstrations::before).toList());
        }

        @Override
        public List<int[]> generate(List<int[]> prompts, int maxNewTokens) {
            return plain.generate(prompts.stream().map(prompt -> demonstrations.before(prompt, maxNewTokens)).toList(), maxNewTokens);
        }

        @Override
        public void close() {
            plain.close();
        }
    }

    @Override
    public List<Adapter> groups() {
        return List.of();
    }

    @Override
    public long trainedParameters() {
        return 0;
    }

    /** The demonstrations' token ids, and where the tasks lie. */
    @Override
    public long storedBytes() {
        return Integer.BYTES * demonstrations.stream().flatMap(d -> d.shots().stream()).mapToLong(s -> s.length).sum()
                + nearest.storedBytes();
    }

    @Override
    public void save(State to) {
        to.put("tasks", demonstrations.size());
        for (int t = 0; t < demonstrations.size(); t++) {
            State task = to.part("task").part(t + 1);
            List<int[]> of = demonstrations.get(t).shots();
            task.put("shots", of.size());
            for (int i = 0; i < of.size(); i++) {
                task.put("shot" + i, IntStream.of(of.get(i)).mapToObj(Integer::toString).collect(Collectors.joining(",")));
            }
        }
        nearest.save(to.part("nearest"));
    }

    @Override
    public void restore(State from) {
        CausalLm model = setup.model();
        for (int t = 1; t <= from.integer("tasks"); t++) {
            State task = from.part("task").part(t);
            demonstrations.add(new Demonstrations(model, IntStream.range(0, task.integer("shots"))
                    .mapToObj(i -> Arrays.stream(task.text("shot" + i).split(",")).mapToInt(Integer::parseInt).toArray()).toList()));
        }
        nearest.restore(from.part("nearest"));
    }

    @Override
    public void close() {
        states.close();
    }
}
