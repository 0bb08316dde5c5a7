package craft.method.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Positions;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.PlainPass;
import craft.lm.Scaled;
import craft.lm.Sequence;
import craft.lm.Stories;
import craft.method.Answers;
import craft.method.MethodRuns;
import craft.method.NotFiniteException;
import craft.method.NotFiniteException.What;
import craft.method.Schedule;
import craft.method.Stage;
import craft.method.TrainingOptions;
import craft.method.reft.LoReftTrainable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where training looks at its numbers. */
class NotFiniteTest {
    private static final int[] LAYERS = {1, 3};
    private static CausalLm model;
    private static LoReftMath math;
    private static InterventionSet start;
    private static final List<Sequence> BATCH = MethodRuns.tasks().get(0).train().subList(0, 4);

    @BeforeAll
    static void load() {
        model = Stories.load();
        math = new LoReftMath();
        start = LoReftStart.fresh(Positions.parse("l4"), LAYERS, 2, 64, true, new Random(1));
    }

    @AfterAll
    static void close() {
        math.close();
        model.close();
    }

    private static Training training(double maxNorm) {
        return LoReftTrainable.training(model, new PlainPass(model), math, new TrainingOptions(1e-2, 4, 0, 1, 1, "", 0, 0, maxNorm), start);
    }

    private static Objective withGradientOf(float value) {
        return new Objective(null, null, (scope, parameters, gradients) -> {
            List<NDArray> changed = new ArrayList<>(gradients.subList(1, gradients.size()));
            float[] numbers = gradients.get(0).toFloatArray();
            numbers[3] = value;
            changed.add(0, scope.create(numbers, gradients.get(0).getShape()));
            return changed;
        });
    }

    /** Clipped, an infinite gradient would become 0 and NaN; the loss, finite, would not tell. */
    @ParameterizedTest
    @CsvSource({"NaN, 0", "NaN, 1", "Infinity, 0", "Infinity, 1", "-Infinity, 1"})
    void aGradientThatIsNotFiniteChangesNoParameter(float value, double maxNorm) {
        try (Training training = training(maxNorm)) {
            List<FloatTensor> before = training.values();
            assertThatThrownBy(() -> training.step(BATCH, withGradientOf(value), 1e-2)).isInstanceOfSatisfying(NotFiniteException.class,
                    e -> assertThat(e.what()).isEqualTo(What.GRADIENT));
            assertThat(training.values()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aPenaltyThatIsNotFiniteIsALossThatIsNot(double weight) {
        Objective.Penalty penalty = (step, parameters) -> Scaled.of(parameters.get(0).square().sum(), weight);
        try (Training training = training(1)) {
            assertThatThrownBy(() -> training.step(BATCH, new Objective(null, penalty, null), 1e-2))
                    .isInstanceOfSatisfying(NotFiniteException.class, e -> {
                        assertThat(e.what()).isEqualTo(What.LOSS);
                        assertThat(e.infinite()).isEqualTo(Double.isInfinite(weight));
                    });
        }
    }

    /** The step is told that cannot be made, and is not told as made. */
    @Test
    void theLoopSaysWhichStep() {
        MethodRuns.Told told = new MethodRuns.Told(0);
        try (TrainingLoop loop = new TrainingLoop(training(1), MethodRuns.TRAINING, 1)) {
            TrainingLoop.Plan plan = new TrainingLoop.Plan(Stage.TUNE, BATCH, 1, 5, new Schedule(1e-2, 5, 0, false));
            TrainingLoop.Course course = new TrainingLoop.Course() {
                @Override
                public Objective objective(List<Sequence> batch) {
                    return told.steps.size() == 2 ? withGradientOf(Float.NaN) : Objective.CROSS_ENTROPY;
                }
            };
            assertThatThrownBy(() -> loop.run(plan, course, "", told)).isInstanceOfSatisfying(NotFiniteException.class, e -> {
                assertThat(e.step()).isEqualTo(3);
                assertThat(e.plannedSteps()).isEqualTo(5);
                assertThat(e.told()).isFalse();
            });
        }
        assertThat(told.steps).hasSize(2);
    }

    /** Parameters of a last step, which no loss is computed of any more. */
    @Test
    void whatTheLastStepMadeIsLookedAt() {
        Trainable spoiling = new Trainable() {
            private final Trainable inner = new LoReftTrainable(math, start.placement());

            @Override
            public craft.lm.Adaptation adaptation(List<NDArray> parameters) {
                return inner.adaptation(parameters);
            }

            @Override
            public List<NDArray> retract(List<NDArray> parameters) {
                NDManager scope = parameters.get(0).getManager();
                List<NDArray> spoilt = new ArrayList<>(inner.retract(parameters));
                spoilt.set(2, scope.create(new float[(int) spoilt.get(2).size()], spoilt.get(2).getShape()).add(Float.NaN));
                return spoilt;
            }

            @Override
            public craft.intervention.Adapter adapter(List<FloatTensor> values) {
                return inner.adapter(values);
            }
        };
        Training training = new Training(model, new PlainPass(model), spoiling, start.stacked(), MethodRuns.TRAINING);
        try (TrainingLoop loop = new TrainingLoop(training, MethodRuns.TRAINING, 1)) {
            TrainingLoop.Plan plan = new TrainingLoop.Plan(Stage.TUNE, BATCH, 1, 1, new Schedule(1e-2, 1, 0, false));
            assertThatThrownBy(() -> loop.run(plan, batch -> Objective.CROSS_ENTROPY, "", new MethodRuns.Told(0)))
                    .isInstanceOfSatisfying(NotFiniteException.class, e -> {
                        assertThat(e.what()).isEqualTo(What.WEIGHTS);
                        assertThat(e.step()).isEqualTo(1);
                        assertThat(e.told()).isTrue();
                    });
            assertThatThrownBy(() -> training.crossEntropy(List.of(BATCH))).isInstanceOfSatisfying(NotFiniteException.class,
                    e -> assertThat(e.what()).isEqualTo(What.VALIDATION));
            try (Answers answers = new AdapterAnswers(model, new PlainPass(model), training.current())) {
                assertThatThrownBy(() -> answers.logLikelihoods(BATCH)).isInstanceOfSatisfying(NotFiniteException.class,
                        e -> assertThat(e.what()).isEqualTo(What.LIKELIHOOD));
            }
        }
    }

    @Test
    void noGroupIsNearestToAStateThatIsNotFinite() {
        NearestGroup groups = new NearestGroup();
        assertThat(groups.of(new float[] {Float.NaN})).isZero();
        groups.join(1, new float[] {1, 2});
        assertThat(groups.of(new float[] {3, 4})).isEqualTo(1);
        assertThatThrownBy(() -> groups.of(new float[] {3, Float.NaN})).isInstanceOf(NotFiniteException.class);
    }
}
