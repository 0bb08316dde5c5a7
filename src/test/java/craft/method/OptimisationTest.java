package craft.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.error.InvalidInputException;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** AdamW, the learning-rate schedule and batches, on cases worked out by hand. */
class OptimisationTest {
    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    @Test
    void adamWFollowsItsFormula() {
        try (NDManager scope = TorchThread.manager(); AdamW adam = new AdamW(0.1, 0)) {
            double p = 1;
            double m = 0;
            double v = 0;
            NDArray parameter = scope.create(new float[] {1});
            for (int t = 1; t <= 5; t++) {
                double g = 0.5 * t - 1;
                parameter = adam.step(List.of(parameter), List.of(scope.create(new float[] {(float) g})), 0.01).parameters().get(0);
                m = 0.9 * m + 0.1 * g;
                v = 0.999 * v + 0.001 * g * g;
                p = p * (1 - 0.01 * 0.1) - 0.01 * (m / (1 - Math.pow(0.9, t))) / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
                assertThat((double) parameter.getFloat(0)).isCloseTo(p, within(1e-6));
            }
        }
    }

    @Test
    void clippingScalesAllGradientsByOneGlobalNormWhateverTheirSigns() {
        try (NDManager scope = TorchThread.manager(); AdamW clipped = new AdamW(0, 1); AdamW scaled = new AdamW(0, 0)) {
            List<NDArray> parameters = List.of(scope.create(new float[] {1, 1}), scope.create(new float[] {1}));
            AdamW.Update a = clipped.step(parameters, List.of(scope.create(new float[] {-3, 0}), scope.create(new float[] {4})), 0.01);
            AdamW.Update b = scaled.step(parameters, List.of(scope.create(new float[] {-0.6f, 0}), scope.create(new float[] {0.8f})), 0.01);
            assertThat(a.gradientNorm()).isCloseTo(5, within(1e-9));
            for (int i = 0; i < 2; i++) {
                assertThat(a.parameters().get(i).toFloatArray()).containsExactly(b.parameters().get(i).toFloatArray(), within(1e-7f));
            }
        }
    }

    @Test
    void theLearningRateRisesThenFallsTowardsZero() {
        TrainingOptions options = new TrainingOptions(1, 8, 0, 1, 1, "", 0.2, 0, 0);
        Schedule decay = Schedule.warmupAndDecay(options, 10);
        assertThat(IntStream.rangeClosed(1, 10).mapToDouble(decay::rate).toArray())
                .containsExactly(new double[] {1 / 3., 2 / 3., 1, 7 / 8., 6 / 8., 5 / 8., 4 / 8., 3 / 8., 2 / 8., 1 / 8.}, within(1e-12));
        Schedule constant = Schedule.warmupOnly(options, 10);
        assertThat(constant.rate(1)).isCloseTo(1 / 3., within(1e-12));
        assertThat(constant.rate(10)).isEqualTo(1);
    }

    private static List<Sequence> examples(int count) {
        Random random = new Random(5);
        return IntStream.range(0, count).mapToObj(i -> new Sequence(new int[1 + random.nextInt(60)], List.of(new int[] {1}))).toList();
    }

    @Test
    void anEpochHasEveryExampleOnceInAnOrderThatOnlySeedAndEpochDecide() {
        List<Sequence> examples = examples(101);
        List<List<Sequence>> batches = Batches.epoch(examples, 8, 7, 3);
        List<Sequence> all = new ArrayList<>();
        batches.forEach(all::addAll);
        assertThat(batches).hasSize(13).hasSize(Batches.perEpoch(examples, options(8, 0, 1)));
        assertThat(all).hasSize(101);
        assertThat(new HashSet<>(all)).isEqualTo(new HashSet<>(examples));
        assertThat(Batches.epoch(examples, 8, 7, 3)).isEqualTo(batches);
        assertThat(Batches.epoch(examples, 8, 7, 4)).isNotEqualTo(batches);
        assertThat(Batches.epoch(examples, 8, 8, 3)).isNotEqualTo(batches);
    }

    @Test
    void someTasksMayHaveOtherNumbersOfEpochs() {
        TrainingOptions options = new TrainingOptions(1, 8, 0, 1, 3, "C-STANCE = 5,a=b=7", 0.2, 0, 0);
        options.check();
        assertThat(options.epochsOf("C-STANCE")).isEqualTo(5);
        assertThat(options.epochsOf("a=b")).isEqualTo(7);
        assertThat(options.epochsOf("other")).isEqualTo(3);
        options.checkTasks(List.of("other", "a=b", "C-STANCE"));
        assertThatThrownBy(() -> options.checkTasks(List.of("other", "a=b"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("C-STANCE").hasMessageContaining("other, a=b");
        for (String wrong : List.of("a", "a=", "a=0", "a=-1", "a=1.5", "a=10001", "a=99999999999", "a=3,,b=4")) {
            TrainingOptions refused = new TrainingOptions(1, 8, 0, 1, 3, wrong, 0.2, 0, 0);
            assertThatThrownBy(refused::check).as(wrong).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("training.epochsByTask");
        }
    }

    private static TrainingOptions options(int batchSize, int batchTokens, int accumulate) {
        return new TrainingOptions(1, batchSize, batchTokens, accumulate, 1, "", 0, 0, 0);
    }

    private static int padded(List<Sequence> batch) {
        return batch.size() * batch.stream().mapToInt(Sequence::length).max().orElse(0);
    }

    @Test
    void aTokenBudgetBoundsEveryBatchAndAllEpochsHaveAsManySteps() {
        List<Sequence> examples = examples(301);
        for (int accumulate : new int[] {1, 3}) {
            TrainingOptions options = options(8, 256, accumulate);
            List<List<Sequence>> first = Batches.epoch(examples, options, 7, 0);
            for (int epoch = 0; epoch < 20; epoch++) {
                List<List<Sequence>> steps = Batches.epoch(examples, options, 7, epoch);
                List<Sequence> all = steps.stream().flatMap(List::stream).toList();
                assertThat(all).hasSize(301);
                assertThat(new HashSet<>(all)).isEqualTo(new HashSet<>(examples));
                assertThat(steps).hasSize(Batches.perEpoch(examples, options));
                assertThat(steps).isEqualTo(Batches.epoch(examples, options, 7, epoch));
                assertThat(epoch == 0 || !steps.equals(first)).isTrue();
                assertThat(steps).allSatisfy(rows -> assertThat(Batches.parts(rows, options)).allSatisfy(
                        part -> assertThat(padded(part)).isLessThanOrEqualTo(256)));
            }
            List<List<Sequence>> parts = first.stream().flatMap(rows -> Batches.parts(rows, options).stream()).toList();
            long real = examples.stream().mapToInt(Sequence::length).sum();
            assertThat(parts.stream().mapToLong(OptimisationTest::padded).sum()).isLessThan((long) (1.3 * real));
            assertThat((double) real / parts.size()).isGreaterThan(0.6 * 256);
        }
    }

    @Test
    void aRowLongerThanTheBudgetStandsAlone() {
        List<Sequence> examples = examples(20);
        assertThat(Batches.perEpoch(examples, options(8, 1, 1))).isEqualTo(20);
        assertThat(Batches.epoch(examples, options(8, 1, 1), 7, 0)).allSatisfy(rows -> assertThat(rows).hasSize(1));
    }

    @Test
    void lengthsOfABucketDifferByAQuarterAtMost() {
        for (int length = 1; length <= 5000; length++) {
            int bucket = Batches.bucket(length);
            assertThat(bucket).isBetween(length, length + Math.max(0, length / 4));
            assertThat(Batches.bucket(bucket)).isEqualTo(bucket);
        }
    }

    @Test
    void partsOfAStepAreAsLargeAsTheOptionsSay() {
        List<Sequence> rows = examples(20);
        assertThat(Batches.parts(rows, options(4, 0, 1))).containsExactly(rows);
        List<List<Sequence>> parts = Batches.parts(rows, options(8, 0, 3));
        assertThat(parts.stream().map(List::size)).containsExactly(8, 8, 4);
        assertThat(new HashSet<>(parts.stream().flatMap(List::stream).toList())).isEqualTo(new HashSet<>(rows));
        assertThat(Batches.perEpoch(rows, options(4, 0, 2))).isEqualTo(3);
        assertThat(Batches.epoch(rows, options(4, 0, 2), 7, 0).stream().map(List::size)).containsExactlyInAnyOrder(8, 8, 4);
    }

    @Test
    void batchesOfAnEpochPadLittle() {
        List<List<Sequence>> batches = Batches.epoch(examples(512), 8, 7, 1);
        long padded = batches.stream().mapToLong(b -> 8L * b.stream().mapToInt(Sequence::length).max().orElse(0)).sum();
        long real = batches.stream().flatMap(List::stream).mapToInt(Sequence::length).sum();
        assertThat(padded).isLessThan((long) (1.15 * real));
    }

    @Test
    void evaluationBatchesKeepWithinTheirTokensAndLoseNothing() {
        List<Sequence> examples = examples(100);
        List<List<Sequence>> batches = Batches.byLength(examples, 200);
        assertThat(batches.stream().mapToInt(List::size).sum()).isEqualTo(100);
        assertThat(batches).allSatisfy(b -> assertThat(b.size() * b.stream().mapToInt(Sequence::length).max().orElse(0))
                .isLessThanOrEqualTo(200));
        assertThat(Batches.byLength(examples, 1)).hasSize(100);
    }
}
