package craft.method.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Positions;
import craft.lm.CausalLm;
import craft.lm.CausalLm.Direction;
import craft.lm.EngineSettings;
import craft.lm.ForwardPass;
import craft.lm.PlainPass;
import craft.lm.Precision;
import craft.lm.PrefixCache;
import craft.lm.Scaled;
import craft.lm.Sequence;
import craft.lm.Stories;
import craft.method.Batches;
import craft.method.Monitor;
import craft.method.Schedule;
import craft.method.Stage;
import craft.method.State;
import craft.method.TrainingOptions;
import craft.method.reft.LoReftTrainable;
import craft.method.train.Objective.Anchor;
import craft.method.train.Training.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** A step whose rows are passed forward in parts is the step of all rows at once. */
class AccumulationTest {
    private static final int[] LAYERS = {1, 3};
    private static CausalLm model;
    private static LoReftMath math;

    @BeforeAll
    static void load() {
        model = Stories.load();
        math = new LoReftMath();
    }

    @AfterAll
    static void close() {
        math.close();
        model.close();
    }

    private static TrainingOptions options(int batchSize, int batchTokens, int accumulate) {
        return new TrainingOptions(1e-2, batchSize, batchTokens, accumulate, 1, "", 0, 0, 1);
    }

    private static Sequence sequence(Random random) {
        return new Sequence(random.ints(1 + random.nextInt(30), 3, 512).toArray(),
                List.of(random.ints(1 + random.nextInt(6), 3, 512).toArray()));
    }

    private static InterventionSet set(Random random) {
        return LoReftStart.fresh(Positions.parse("l4"), LAYERS, 4, 64, false, random);
    }

    /** Counts how often the gradient rule is asked. */
    private static Objective objective(ReferenceStates reference, int[] asked) {
        return new Objective(new Anchor(reference, Direction.FORWARD, 2, 0.5),
                (step, parameters) -> Scaled.of(parameters.get(1).square().sum(), 0.01),
                (step, parameters, gradients) -> {
                    asked[0]++;
                    List<NDArray> turned = new ArrayList<>();
                    gradients.forEach(g -> turned.add(g.mul(-2)));
                    return turned;
                });
    }

    @RepeatedTest(6)
    void partsGiveTheGradientOfTheWhole(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Sequence> rows = IntStream.range(0, 9).mapToObj(i -> sequence(random)).toList();
        InterventionSet start = set(random);
        InterventionSet frozen = set(random);
        List<TrainingOptions> ways = List.of(options(2, 0, 5), options(4, 0, 3), options(1, 0, 9), options(8, 70, 4));
        try (PrefixCache cache = new PrefixCache(model, start.positions(), 1, 1 << 24)) {
            ForwardPass pass = random.nextBoolean() ? cache : new PlainPass(model);
            try (ReferenceStates states = new ReferenceStates(model, pass, frozen, List.of(rows));
                    Training whole = LoReftTrainable.training(model, pass, math, options(9, 0, 1), start)) {
                int[] asked = {0};
                Objective objective = objective(states, asked);
                List<float[]> expected = whole.gradients(rows, objective);
                Outcome once = whole.step(rows, objective, 1e-2);
                assertThat(asked[0]).isEqualTo(1);
                for (TrainingOptions way : ways) {
                    assertThat(Batches.parts(rows, way)).hasSizeGreaterThan(1);
                    try (Training parts = LoReftTrainable.training(model, pass, math, way, start)) {
                        List<float[]> gradients = parts.gradients(rows, objective);
                        for (int i = 0; i < expected.size(); i++) {
                            assertThat(gradients.get(i)).containsExactly(expected.get(i), within(1e-5f));
                        }
                        asked[0] = 0;
                        Outcome o = parts.step(rows, objective, 1e-2);
                        assertThat(asked[0]).isEqualTo(1);
                        assertThat(new double[] {o.loss(), o.crossEntropy(), o.kl(), o.gradientNorm()}).containsExactly(
                                new double[] {once.loss(), once.crossEntropy(), once.kl(), once.gradientNorm()}, within(1e-4));
                    }
                }
            }
        }
    }

    /** The same model cut into pieces by its settings, on the plain and the cached pass, with and without an anchor. */
    @RepeatedTest(4)
    void piecesComputedSideBySideGiveTheGradientOfTheWhole(RepetitionInfo repetition) {
        Random random = new Random(100 + repetition.getCurrentRepetition());
        List<Sequence> rows = IntStream.range(0, 11).mapToObj(i -> sequence(random)).toList();
        InterventionSet start = set(random);
        boolean cached = repetition.getCurrentRepetition() % 2 == 0;
        List<float[]> expected = gradients(model, cached, start, rows);
        try (CausalLm pieces = Stories.load(new EngineSettings(Precision.FLOAT32, false, 3))) {
            List<float[]> gradients = gradients(pieces, cached, start, rows);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(gradients.get(i)).containsExactly(expected.get(i), within(1e-5f));
            }
            List<float[]> again = gradients(pieces, cached, start, rows);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(again.get(i)).as("no chance in the last bits").containsExactly(gradients.get(i));
            }
        }
    }

    private static List<float[]> gradients(CausalLm of, boolean cached, InterventionSet start, List<Sequence> rows) {
        try (PrefixCache cache = new PrefixCache(of, start.positions(), 1, 1 << 24)) {
            ForwardPass pass = cached ? cache : new PlainPass(of);
            try (ReferenceStates states = new ReferenceStates(of, pass, null, List.of(rows));
                    Training training = LoReftTrainable.training(of, pass, math, options(11, 0, 1), start)) {
                return training.gradients(rows, objective(states, new int[1]));
            }
        }
    }

    @RepeatedTest(2)
    void aResumedLoopKnowsItsPlaceByItsStepsAlone(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Sequence> rows = IntStream.range(0, 20).mapToObj(i -> sequence(random)).toList();
        TrainingOptions options = repetition.getCurrentRepetition() == 1 ? options(2, 0, 3) : options(2, 64, 2);
        int perEpoch = Batches.perEpoch(rows, options);
        List<List<Sequence>> expected = new ArrayList<>(Batches.epoch(rows, options, 3, 10));
        assertThat(expected).hasSize(perEpoch);
        expected.addAll(Batches.epoch(rows, options, 3, 11));
        InterventionSet start = set(random);
        List<List<Sequence>> seen = new ArrayList<>();
        State kept = new State();
        for (int stop : new int[] {perEpoch + 1, 2 * perEpoch}) {
            Training training = LoReftTrainable.training(model, new PlainPass(model), math, options, start);
            try (TrainingLoop loop = new TrainingLoop(training, options, 3)) {
                if (!seen.isEmpty()) {
                    loop.restore(kept);
                }
                loop.run(new TrainingLoop.Plan(Stage.TUNE, rows, 10, stop, new Schedule(1e-3, stop, 0, false)), batch -> {
                    seen.add(batch);
                    return Objective.CROSS_ENTROPY;
                }, "", new Silent());
                loop.save(kept);
            }
        }
        assertThat(seen).isEqualTo(expected);
    }

    private static final class Silent implements Monitor {
        @Override
        public void stageStarted(Stage stage, int plannedSteps) {
        }

        @Override
        public void stageFinished(Stage stage, int steps, String reason) {
        }

        @Override
        public void step(Step step) {
        }

        @Override
        public void safePoint() {
        }

        @Override
        public void validated(int step, double crossEntropy, double klAverage) {
        }

        @Override
        public void routed(Routed decision) {
        }

        @Override
        public void merged(Merge merge) {
        }

        @Override
        public void note(String message) {
        }
    }
}
