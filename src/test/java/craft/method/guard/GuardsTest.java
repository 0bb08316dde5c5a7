package craft.method.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.error.InvalidInputException;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Positions;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.lm.Stories;
import craft.lm.TorchThread;
import craft.method.Batches;
import craft.method.NotFiniteException;
import craft.method.State;
import craft.method.TrainingOptions;
import craft.method.TrainingTask;
import craft.method.adapter.AdapterOptions;
import craft.method.reft.LoReftTrainable;
import craft.method.sequential.Guard;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each guard's formula against plain Java on a small real model, and that a half-learnt task goes on bit for bit. */
class GuardsTest {
    private static final int[] LAYERS = {1, 3};
    private static final double RATE = 3e-2;
    private static final AdapterOptions LORA = AdapterOptions.defaults();

    private static CausalLm model;
    private static LoReftMath math;
    private static PrefixCache pass;
    private static InterventionSet start;

    @BeforeAll
    static void load() {
        model = Stories.load();
        math = new LoReftMath();
        Positions positions = Positions.parse("l4");
        pass = new PrefixCache(model, positions, LAYERS[0], 1 << 22);
        start = LoReftStart.fresh(positions, LAYERS, 2, 64, true, new Random(1));
    }

    @AfterAll
    static void close() {
        pass.close();
        math.close();
        model.close();
    }

    private static Training training() {
        return LoReftTrainable.training(model, pass, math, TrainingOptions.defaults(), start);
    }

    /** All tasks have the same prompts and different answers, so that learning one is forgetting the others. */
    private static TrainingTask task(int index, int rows) {
        Random prompts = new Random(0);
        Random answers = new Random(index);
        return new TrainingTask(index, "task " + index, Stream.generate(() -> new Sequence(prompts.ints(6 + prompts.nextInt(10), 3, 512).toArray(),
                List.of(answers.ints(1 + answers.nextInt(3), 3, 512).toArray()))).limit(rows).toList(), List.of());
    }

    private static void learn(Guard guard, TrainingTask task, Training training, int from, int to) {
        guard.begin(task, training);
        for (int step = from; step <= to; step++) {
            training.step(guard.batch(Batches.epoch(task.train(), 3, 1, step).get(0), step), objective(guard, task, step), RATE);
        }
    }

    private static Objective objective(Guard guard, TrainingTask task, int step) {
        return guard.objective(Batches.epoch(task.train(), 3, 1, step).get(0));
    }

    private static void learn(Guard guard, TrainingTask task, Training training) {
        learn(guard, task, training, 1, 8);
        guard.end(task, training);
    }

    private static double[] flat(List<float[]> arrays) {
        return arrays.stream().flatMapToDouble(a -> IntStream.range(0, a.length).mapToDouble(i -> a[i])).toArray();
    }

    private static double[] values(Training training) {
        return flat(training.values().stream().map(FloatTensor::data).toList());
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    /** What a guard's rule makes of a gradient, both flat. */
    private static double[] changed(Guard guard, Training training, TrainingTask task, double[] gradient) {
        try (NDManager scope = TorchThread.manager()) {
            List<NDArray> shaped = new ArrayList<>();
            int at = 0;
            for (FloatTensor value : training.values()) {
                float[] part = new float[value.data().length];
                for (int i = 0; i < part.length; i++) {
                    part[i] = (float) gradient[at++];
                }
                shaped.add(scope.create(part, new Shape(value.shape())));
            }
            List<NDArray> out = objective(guard, task, 1).rule().change(scope, shaped, shaped);
            assertThat(out).extracting(NDArray::getShape).containsExactlyElementsOf(shaped.stream().map(NDArray::getShape).toList());
            assertThat(out).allSatisfy(array -> assertThat(array.getManager()).isSameAs(scope));
            return flat(out.stream().map(NDArray::toFloatArray).toList());
        }
    }

    private static double[] gradient(Training training, List<Sequence> rows) {
        return flat(training.gradients(rows, Objective.CROSS_ENTROPY));
    }

    private static double penalty(Guard guard, Training training, TrainingTask task) {
        List<Sequence> rows = task.train().subList(0, 3);
        Training.Outcome outcome = training.step(rows, guard.objective(rows), 0);
        return outcome.loss() - outcome.crossEntropy();
    }

    // quadratic terms

    /** NaN is not below 0: a constraint that is none would count as kept, and the step would be made without it. */
    @Test
    void aConstraintThatIsNotFiniteEndsTheStep() {
        try (GuardMath flat = new GuardMath(); NDManager scope = TorchThread.manager()) {
            NDArray g = scope.create(new float[] {1, 2, 3});
            for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                NDArray constraint = scope.create(new float[] {1, bad, 0});
                Assertions.assertThatThrownBy(() -> Gem.project(flat, scope, g, List.of(constraint), 0))
                        .isInstanceOfSatisfying(NotFiniteException.class, e -> assertThat(e.what()).isEqualTo(NotFiniteException.What.GRADIENT));
            }
        }
    }

    @Test
    void quadraticTermsAreThoseOfTheFormula() {
        try (GuardMath guards = new GuardMath(); NDManager scope = TorchThread.manager()) {
            List<NDArray> p = List.of(scope.create(new float[] {1, 2}), scope.create(new float[] {-3}));
            p.forEach(array -> array.setRequiresGradient(true));
            List<NDArray> a = List.of(scope.create(new float[] {0, 4}), scope.create(new float[] {-2}));
            List<NDArray> w = List.of(scope.create(new float[] {3, 0.5f}), scope.create(new float[] {10}));
            // 3 * 1 + 0.5 * 4 + 10 * 1 = 15, and 1 + 4 + 1 = 6
            assertThat(guards.quadratic(scope, 0.4, p, a, w).getFloat()).isCloseTo(3f, within(1e-6f));
            assertThat(guards.distance(scope, 0.4, p, a).getFloat()).isCloseTo(1.2f, within(1e-6f));
        }
    }

    @Test
    void ewcWeighsTheWayFromEachTasksEndWithItsRowsSquaredGradients() {
        TrainingTask one = task(1, 4);
        TrainingTask two = task(2, 4);
        TrainingTask three = task(3, 4);
        try (Training training = training(); Ewc ewc = new Ewc(new EwcOptions(LORA, 50, false, 0.3, 4), 1);
                Ewc online = new Ewc(new EwcOptions(LORA, 50, true, 0.3, 4), 1)) {
            assertThat(ewc.objective(one.train())).isSameAs(Objective.CROSS_ENTROPY);
            List<double[]> centres = new ArrayList<>();
            List<double[]> fishers = new ArrayList<>();
            for (TrainingTask task : List.of(one, two)) {
                learn(ewc, task, training);
                online.end(task, training);
                centres.add(values(training));
                fishers.add(fisher(training, task.train()));
            }
            ewc.begin(three, training);
            training.step(three.train(), Objective.CROSS_ENTROPY, RATE);
            double expected = 25 * (weighted(training, centres.get(0), fishers.get(0)) + weighted(training, centres.get(1), fishers.get(1)));
            assertThat(expected).isGreaterThan(1e-4);
            double[] now = values(training);
            double[] running = new double[now.length];
            for (int i = 0; i < running.length; i++) {
                running[i] = 0.3 * fishers.get(0)[i] + fishers.get(1)[i];
            }
            double expectedOnline = 0.3 * 25 * weighted(training, centres.get(1), running);
            assertThat(penalty(ewc, training, three)).isCloseTo(expected, within(1e-3 * expected + 2e-6));
            assertThat(penalty(online, training, three)).isCloseTo(expectedOnline, within(1e-3 * expectedOnline + 2e-6));
            assertThat(ewc.storedBytes()).isEqualTo(4L * 4 * now.length);
            assertThat(online.storedBytes()).isEqualTo(2L * 4 * now.length);
        }
    }

    /** Mean over rows of the squared gradient of the answer's log-likelihood. */
    private static double[] fisher(Training training, List<Sequence> rows) {
        double[] fisher = new double[values(training).length];
        for (Sequence row : rows) {
            double[] g = gradient(training, List.of(row));
            for (int i = 0; i < g.length; i++) {
                fisher[i] += Math.pow(g[i] * row.predictions(), 2) / rows.size();
            }
        }
        return fisher;
    }

    private static double weighted(Training training, double[] centre, double[] weights) {
        double[] now = values(training);
        return IntStream.range(0, now.length).mapToDouble(i -> weights[i] * Math.pow(now[i] - centre[i], 2)).sum();
    }

    @Test
    void l2SpPullsTowardsWhereTheTaskOrTheRunBegan() {
        TrainingTask one = task(1, 4);
        TrainingTask two = task(2, 4);
        for (L2SpOptions.Towards towards : L2SpOptions.Towards.values()) {
            try (Training training = training(); L2Sp guard = new L2Sp(new L2SpOptions(LORA, 0.5, towards))) {
                double[] first = values(training);
                learn(guard, one, training);
                double[] second = values(training);
                learn(guard, two, training, 1, 3);
                double[] ones = new double[first.length];
                Arrays.fill(ones, 1);
                double expected = 0.25 * weighted(training, towards == L2SpOptions.Towards.START ? first : second, ones);
                assertThat(expected).isGreaterThan(1e-4);
                assertThat(penalty(guard, training, two)).as("%s", towards).isCloseTo(expected, within(1e-3 * expected + 2e-6));
                guard.end(two, training);
                assertThat(guard.storedBytes()).isEqualTo(towards == L2SpOptions.Towards.START ? 4L * first.length : 0);
                assertThat(guard.math.ownArrays()).isZero();
            }
        }
    }

    // divergence

    @Test
    void lwfHoldsTheNewTasksRowsToTheModelAsItWas() {
        TrainingTask one = task(1, 4);
        TrainingTask two = task(2, 4);
        try (Training training = training(); Lwf guard = new Lwf(LwfOptions.defaults())) {
            learn(guard, one, training);
            List<FloatTensor> was = training.values();
            guard.begin(two, training);
            List<Sequence> rows = two.train();
            Training.Outcome first = training.step(rows, guard.objective(rows), RATE);
            assertThat(first.kl()).isCloseTo(0, within(1e-5));
            Training.Outcome next = training.step(rows, guard.objective(rows), 0);
            double expected;
            try (var before = training.states(was, rows); var now = training.states(training.values(), rows)) {
                expected = before.divergence(now, CausalLm.Direction.FORWARD, 2);
            }
            assertThat(expected).isGreaterThan(1e-4);
            assertThat(next.kl()).isCloseTo(expected, within(1e-3 * expected));
            assertThat(next.loss()).isCloseTo(next.crossEntropy() + expected, within(1e-4));
        }
    }

    // rows

    @Test
    void aReservoirHoldsEveryRowSeenWithTheSameProbability() {
        int[] kept = new int[40];
        for (int seed = 0; seed < 400; seed++) {
            Replay replay = new Replay(new ReplayOptions(LORA, 10, 0, 1), seed);
            List<Sequence> all = new ArrayList<>();
            for (int index = 1; index <= 2; index++) {
                TrainingTask task = task(index, 20);
                all.addAll(task.train());
                replay.end(task, null);
            }
            assertThat(new HashSet<>(replay.memory())).hasSize(10).isSubsetOf(all);
            replay.memory().forEach(row -> kept[all.indexOf(row)]++);
        }
        // 400 draws with probability 1/4: mean 100, standard deviation 8.7
        assertThat(kept).satisfies(counts -> IntStream.of(counts).forEach(c -> assertThat(c).isBetween(65, 135)));
    }

    @Test
    void replayAddsRowsOfEarlierTasksToABatch() {
        TrainingTask one = task(1, 20);
        TrainingTask two = task(2, 20);
        List<Sequence> batch = two.train().subList(0, 8);
        Replay replay = new Replay(new ReplayOptions(LORA, 10, 0, 0.5), 1);
        replay.begin(one, null);
        assertThat(replay.batch(batch, 1)).isEqualTo(batch);
        replay.end(one, null);
        replay.begin(two, null);
        List<Sequence> joined = replay.batch(batch, 1);
        assertThat(joined).hasSize(12).startsWith(batch.toArray(Sequence[]::new));
        assertThat(new HashSet<>(joined.subList(8, 12))).hasSize(4).isSubsetOf(one.train());
        assertThat(replay.batch(batch, 1)).isEqualTo(joined);
        assertThat(replay.batch(batch, 2)).isNotEqualTo(joined);
        assertThat(replay.storedBytes()).isEqualTo(4L * replay.memory().stream().mapToInt(Sequence::length).sum());

        Replay share = new Replay(new ReplayOptions(LORA, 1, 0.25, 1), 1);
        share.end(one, null);
        share.end(two, null);
        assertThat(share.memory()).hasSize(10);
        assertThat(share.memory().subList(0, 5)).isSubsetOf(one.train());
        assertThat(share.memory().subList(5, 10)).isSubsetOf(two.train());
    }

    @Test
    void rowsComeBackFromAStateAsTheyWere() {
        List<Sequence> rows = new ArrayList<>(task(1, 5).train());
        rows.add(new Sequence(new int[] {16_777_215}, List.of(new int[] {0, 262_143})));
        State state = new State();
        Rows.save(rows, state.part("some"));
        Rows.save(List.of(), state.part("none"));
        assertThat(Rows.read(state.part("some"))).usingRecursiveComparison().isEqualTo(rows);
        assertThat(Rows.read(state.part("none"))).isEmpty();
    }

    // projections

    @Test
    void aGemTakesAwayWhatPointsAgainstTheMemory() {
        TrainingTask one = task(1, 4);
        TrainingTask two = task(2, 4);
        try (Training training = training(); AGem guard = new AGem(new AGemOptions(LORA, 4, 4), 1)) {
            learn(guard, one, training);
            guard.begin(two, training);
            guard.batch(two.train(), 1);
            double[] reference = gradient(training, one.train());
            double[] against = new Random(1).doubles(reference.length, -1e-2, 1e-2).toArray();
            double push = (dot(against, reference) + 1) / dot(reference, reference);
            for (int i = 0; i < against.length; i++) {
                against[i] -= push * reference[i]; // now the product is -1
            }
            double[] projected = changed(guard, training, two, against);
            double[] expected = new double[against.length];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = against[i] - dot(against, reference) / dot(reference, reference) * reference[i];
            }
            double length = Math.sqrt(dot(against, against));
            assertThat(projected).containsExactly(expected, within(1e-5 * length));
            double[] along = IntStream.range(0, against.length).mapToDouble(i -> -against[i]).toArray();
            assertThat(changed(guard, training, two, along)).containsExactly(along, within(1e-6 * length));
        }
    }

    @Test
    void gemLeavesNoEarlierTaskWorseOff() {
        List<TrainingTask> tasks = List.of(task(1, 4), task(2, 4), task(3, 4));
        try (Training training = training(); Gem guard = new Gem(new GemOptions(LORA, 4, 0, 0), 1)) {
            learn(guard, tasks.get(0), training);
            learn(guard, tasks.get(1), training);
            guard.begin(tasks.get(2), training);
            double[] a = gradient(training, tasks.get(0).train());
            double[] b = gradient(training, tasks.get(1).train());
            double[] against = IntStream.range(0, a.length).mapToDouble(i -> -a[i] - 2 * b[i]).toArray();
            double[] projected = changed(guard, training, tasks.get(2), against);
            double scale = dot(against, against);
            assertThat(dot(projected, a)).isGreaterThan(-1e-5 * scale);
            assertThat(dot(projected, b)).isGreaterThan(-1e-5 * scale);
            assertThat(dot(projected, projected)).isLessThan(1e-6 * scale); // in their span nothing is left
            double[] along = IntStream.range(0, a.length).mapToDouble(i -> -against[i]).toArray();
            assertThat(dot(along, a)).isPositive();
            assertThat(changed(guard, training, tasks.get(2), along)).containsExactly(along, within(1e-6 * Math.sqrt(scale)));
        }
    }

    @Test
    void gemsMarginLeansTowardsTheMemory() {
        try (GuardMath guards = new GuardMath(); NDManager scope = TorchThread.manager()) {
            NDArray g = scope.create(new float[] {-0.2f, 1});
            List<NDArray> memory = List.of(scope.create(new float[] {1, 0}));
            assertThat(Gem.project(guards, scope, g, memory, 0).toFloatArray()).containsExactly(new float[] {0, 1}, within(1e-6f));
            assertThat(Gem.project(guards, scope, g, memory, 0.5).toFloatArray()).containsExactly(new float[] {0.3f, 1}, within(1e-6f));
            NDArray kept = scope.create(new float[] {0.2f, 1});
            assertThat(Gem.project(guards, scope, kept, memory, 0.5).toFloatArray()).containsExactly(0.2f, 1);
        }
    }

    @Test
    void gramSchmidtGivesWhatIsNew() {
        try (GuardMath guards = new GuardMath(); NDManager scope = TorchThread.manager()) {
            NDArray first = guards.basis(scope, List.of(scope.create(new float[] {3, 0, 0}), scope.create(new float[] {-6, 0, 0})), List.of());
            assertThat(first.getShape()).isEqualTo(new Shape(1, 3));
            assertThat(first.toFloatArray()).containsExactly(new float[] {1, 0, 0}, within(1e-6f));
            NDArray second = guards.basis(scope, List.of(scope.create(new float[] {5, 0, 0}), scope.create(new float[] {5, 3, 4})), List.of(first));
            assertThat(second.toFloatArray()).containsExactly(new float[] {0, 0.6f, 0.8f}, within(1e-6f));
            assertThat(guards.basis(scope, List.of(scope.create(new float[] {1, 6, 8})), List.of(first, second)).getShape()).isEqualTo(new Shape(0, 3));
            assertThat(guards.orthogonal(scope.create(new float[] {7, 8, -6}), List.of(first, second)).toFloatArray())
                    .containsExactly(new float[] {0, 8, -6}, within(1e-5f));
        }
    }

    @Test
    void ogdTakesAwayAllThatMovesStoredLogits() {
        TrainingTask one = task(1, 4);
        TrainingTask two = task(2, 4);
        TrainingTask three = task(3, 4);
        try (Training training = training(); Ogd guard = new Ogd(new OgdOptions(LORA, 3), 1)) {
            learn(guard, one, training);
            learn(guard, two, training);
            guard.begin(three, training);
            assertThat(guard.bases()).extracting(b -> b.getShape().get(0)).containsExactly(3L, 3L);
            List<double[]> directions = new ArrayList<>();
            for (NDArray basis : guard.bases()) {
                for (int i = 0; i < basis.getShape().get(0); i++) {
                    try (NDArray row = basis.get(i)) {
                        directions.add(flat(List.of(row.toFloatArray())));
                    }
                }
            }
            for (int i = 0; i < 6; i++) {
                for (int j = 0; j <= i; j++) {
                    assertThat(dot(directions.get(i), directions.get(j))).isCloseTo(i == j ? 1 : 0, within(1e-5));
                }
            }
            double[] g = new Random(2).doubles(directions.get(0).length, -1, 1).toArray();
            double[] expected = g.clone();
            for (double[] s : directions) {
                double along = dot(g, s);
                for (int i = 0; i < g.length; i++) {
                    expected[i] -= along * s[i];
                }
            }
            assertThat(changed(guard, training, three, g)).containsExactly(expected, within(1e-4));
            assertThat(guard.storedBytes()).isEqualTo(6L * 4 * g.length);
        }
    }

    @Test
    void ogdsDirectionsAreGradientsOfTheAnswersLogits() {
        Sequence row = task(1, 1).train().get(0);
        try (Training training = training(); NDManager scope = TorchThread.manager()) {
            double[] g = flat(training.logitGradients(scope, List.of(row)).stream().map(NDArray::toFloatArray).toList());
            // the difference quotient along the gradient is its length
            double norm = Math.sqrt(dot(g, g));
            double h = 1e-2;
            double[] logits = new double[2];
            for (int side = 0; side < 2; side++) {
                List<FloatTensor> moved = new ArrayList<>();
                int at = 0;
                for (FloatTensor value : training.values()) {
                    float[] data = value.data().clone();
                    for (int i = 0; i < data.length; i++) {
                        data[i] += (float) ((side == 0 ? -h : h) * g[at++] / norm);
                    }
                    moved.add(new FloatTensor(value.shape(), data));
                }
                InterventionSet set = InterventionSet.of(start.placement(), moved);
                NDArray hidden = pass.hidden(scope, List.of(row), set.on(scope));
                NDArray all = model.logits(hidden);
                int[] answer = row.continuations().get(0);
                for (int i = 0; i < answer.length; i++) {
                    logits[side] += all.getFloat(i, answer[i]) / answer.length;
                }
            }
            assertThat((logits[1] - logits[0]) / (2 * h)).isCloseTo(norm, within(1e-2 * norm));
        }
    }

    // all of them

    static Stream<String> all() {
        return guards().keySet().stream();
    }

    private static Map<String, Supplier<Guard>> guards() {
        Map<String, Supplier<Guard>> guards = new LinkedHashMap<>();
        guards.put("ewc", () -> new Ewc(new EwcOptions(LORA, 100, false, 0.9, 3), 1));
        guards.put("online ewc", () -> new Ewc(new EwcOptions(LORA, 100, true, 0.9, 3), 1));
        guards.put("l2-sp", () -> new L2Sp(L2SpOptions.defaults()));
        guards.put("l2-sp to the start", () -> new L2Sp(new L2SpOptions(LORA, 0.1, L2SpOptions.Towards.START)));
        guards.put("lwf", () -> new Lwf(LwfOptions.defaults()));
        guards.put("replay", () -> new Replay(new ReplayOptions(LORA, 6, 0, 1), 1));
        guards.put("a-gem", () -> new AGem(new AGemOptions(LORA, 5, 3), 1));
        guards.put("gem", () -> new Gem(new GemOptions(LORA, 5, 3, 0.5), 1));
        guards.put("ogd", () -> new Ogd(new OgdOptions(LORA, 4), 1));
        return guards;
    }

    @ParameterizedTest
    @MethodSource("all")
    void aRunStoppedWithinATaskGoesOnBitForBit(String name) {
        List<TrainingTask> tasks = List.of(task(1, 6), task(2, 6), task(3, 6));
        State whole = new State();
        State middle = new State();
        State start = new State();
        try (Training training = training(); Guard guard = guards().get(name).get()) {
            learn(guard, tasks.get(0), training);
            learn(guard, tasks.get(1), training);
            training.save(start);
            learn(guard, tasks.get(2), training, 1, 2);
            guard.save(middle.part("guard"));
            training.save(middle.part("training"));
            learnRest(guard, tasks.get(2), training, whole);
        }
        State taken = new State();
        try (Training training = training(); Guard guard = guards().get(name).get()) {
            State kept = new State(middle.arrays(), middle.values());
            guard.restore(kept.part("guard"));
            training.restore(start);
            guard.begin(tasks.get(2), training);
            training.restore(kept.part("training"));
            learnRest(guard, tasks.get(2), training, taken);
        }
        assertThat(taken.arrays()).isEqualTo(whole.arrays());
        assertThat(taken.values()).isEqualTo(whole.values());
        State unguarded = new State();
        try (Training training = training(); Guard none = new Replay(new ReplayOptions(LORA, 1, 0, 0), 1)) {
            tasks.subList(0, 2).forEach(task -> learn(none, task, training));
            learn(none, tasks.get(2), training, 1, 2);
            learnRest(none, tasks.get(2), training, unguarded);
        }
        assertThat(taken.part("training").arrays("parameters")).isNotEqualTo(unguarded.part("training").arrays("parameters"));
    }

    /** Steps 3 and 4 without beginning anew, and all that is kept after the task. */
    private static void learnRest(Guard guard, TrainingTask task, Training training, State to) {
        for (int step = 3; step <= 4; step++) {
            training.step(guard.batch(Batches.epoch(task.train(), 3, 1, step).get(0), step), objective(guard, task, step), RATE);
        }
        guard.end(task, training);
        guard.save(to.part("guard"));
        training.save(to.part("training"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void nothingNativeIsLeftBehindByAHundredSteps(String name) {
        try (Training training = training(); Guard guard = guards().get(name).get(); NDManager probe = model.newManager()) {
            learn(guard, task(1, 6), training);
            TrainingTask two = task(2, 6);
            learn(guard, two, training, 1, 5);
            int models = probe.getParentManager().getManagedArrays().size();
            int own = own(guard);
            for (int step = 6; step <= 105; step++) {
                training.step(guard.batch(Batches.epoch(two.train(), 3, 1, step).get(0), step), objective(guard, two, step), RATE);
            }
            assertThat(probe.getParentManager().getManagedArrays()).hasSize(models);
            assertThat(own(guard)).isEqualTo(own);
        }
    }

    private static int own(Guard guard) {
        return guard instanceof Ewc e ? e.math.ownArrays() : guard instanceof L2Sp l ? l.math.ownArrays()
                : guard instanceof AGem a ? a.math.ownArrays() : guard instanceof Gem m ? m.math.ownArrays()
                : guard instanceof Ogd o ? o.math.ownArrays() : 0;
    }

    @ParameterizedTest
    @MethodSource("all")
    void theFirstTaskIsLearntAsWithoutAGuard(String name) {
        if (name.equals("l2-sp to the start")) {
            return;
        }
        try (Training guarded = training(); Training free = training(); Guard guard = guards().get(name).get()) {
            learn(guard, task(1, 6), guarded);
            learn(new Replay(new ReplayOptions(LORA, 1, 0, 0), 1), task(1, 6), free);
            assertThat(guarded.values()).isEqualTo(free.values());
        }
    }

    @Test
    void rowsWhoseGradientsARuleAsksForCountInAStepsTokens() {
        TrainingTask one = task(1, 4);
        TrainingTask two = task(2, 4);
        int own = two.train().stream().mapToInt(Sequence::length).sum();
        int memory = one.train().stream().mapToInt(Sequence::length).sum();
        try (Training training = training(); AGem guard = new AGem(new AGemOptions(LORA, 4, 4), 1)) {
            learn(guard, one, training);
            guard.begin(two, training);
            assertThat(training.step(two.train(), Objective.CROSS_ENTROPY, 0).tokens()).isEqualTo(own);
            assertThat(training.step(two.train(), guard.objective(two.train()), 0).tokens()).isEqualTo(own + memory);
        }
    }

    @Test
    void optionsOutOfRangeAreNamed() {
        refused(() -> new EwcOptions(LORA, -1, false, 0.9, 3).check(), "lambda");
        refused(() -> new EwcOptions(LORA, 1, true, 1.1, 3).check(), "decay");
        refused(() -> new EwcOptions(LORA, 1, true, 1, 0).check(), "fisherRows");
        refused(() -> new L2SpOptions(LORA, Double.NaN, L2SpOptions.Towards.START).check(), "lambda");
        refused(() -> new LwfOptions(LORA, 1, 0).check(), "temperature");
        refused(() -> new ReplayOptions(LORA, 0, 0, 1).check(), "rows");
        refused(() -> new ReplayOptions(LORA, 1, 1.5, 1).check(), "share");
        refused(() -> new AGemOptions(LORA, 1, 0).check(), "sample");
        refused(() -> new GemOptions(LORA, 1, 0, -0.5).check(), "margin");
        refused(() -> new OgdOptions(LORA, 0).check(), "directions");
    }

    private static void refused(Runnable check, String option) {
        Assertions.assertThatThrownBy(check::run).isInstanceOf(InvalidInputException.class).hasMessageContaining("method." + option);
    }
}
