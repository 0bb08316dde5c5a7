package craft.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import craft.error.InvalidInputException;
import craft.lm.CausalLm;
import craft.lm.Edits;
import craft.lm.PlainPass;
import craft.lm.Sequence;
import craft.lm.Stories;
import craft.lm.TorchThread;
import craft.method.TrainingOptions;
import craft.method.reft.LoReftTrainable;
import craft.method.train.Objective;
import craft.method.train.Training;
import craft.lm.FloatTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LoReFT's relatives, each against the formula of Wu et al. 2024 in plain Java. */
class ReftFormTest {
    private static final Positions POSITIONS = Positions.parse("f1+l2", false);
    private static final int RANK = 3;
    private static final int WIDTH = 12;

    private static LoReftMath math;

    @BeforeAll
    static void open() {
        TorchThread.prepare();
        math = new LoReftMath();
    }

    @AfterAll
    static void close() {
        math.close();
    }

    private static InterventionSet random(ReftForm form, long seed) {
        return LoReftStart.fresh(Placement.of(form, POSITIONS, new int[] {0, 3}), RANK, WIDTH, false, new Random(seed));
    }

    /** Phi(h) as the paper writes it. */
    private static double[] formula(Intervention site, double[] h) {
        double[] b = wide(site.array("bias"));
        double[] out = h.clone();
        double[] low = switch (site.form()) {
            case LOREFT -> minus(plus(times(site, "weight", h), b), times(site, "rotation", h));
            case NOREFT -> minus(plus(times(site, "weight", h), b), times(site, "projection", h));
            case DIREFT, NODIREFT -> plus(times(site, "weight", h), b);
            case CONSREFT -> minus(b, times(site, "rotation", h));
            case LOBIREFT -> b;
        };
        float[] up = site.array(site.form() == ReftForm.NOREFT || site.form() == ReftForm.NODIREFT ? "projection" : "rotation");
        for (int i = 0; i < low.length; i++) {
            for (int k = 0; k < h.length; k++) {
                out[k] += up[i * h.length + k] * low[i];
            }
        }
        return out;
    }

    private static double[] times(Intervention site, String array, double[] h) {
        float[] m = site.array(array);
        double[] product = new double[site.rank()];
        for (int i = 0; i < product.length; i++) {
            for (int k = 0; k < h.length; k++) {
                product[i] += m[i * h.length + k] * h[k];
            }
        }
        return product;
    }

    private static double[] plus(double[] a, double[] b) {
        double[] sum = a.clone();
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = a.clone();
        Arrays.setAll(difference, i -> a[i] - b[i]);
        return difference;
    }

    private static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        return wide;
    }

    private static double[] hidden(long seed) {
        return new Random(seed).doubles(WIDTH, -2, 2).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void theModelsEditIsThePapersFormula(ReftForm form) {
        InterventionSet set = random(form, 1);
        try (NDManager scope = NDManager.newBaseManager()) {
            Edits edits = set.on(scope);
            assertThat(edits.layers()).containsExactly(0, 0, 3, 3);
            assertThat(edits.parts()).containsExactly(0, 1, 0, 1);
            for (int n = 0; n < 4; n++) {
                double[] h = hidden(n);
                float[] down = edits.down().get(n).toFloatArray();
                float[] up = edits.up().get(n).toFloatArray();
                float[] bias = edits.bias().get(n).toFloatArray();
                double[] found = h.clone();
                for (int i = 0; i < RANK; i++) {
                    double low = bias[i];
                    for (int k = 0; k < WIDTH; k++) {
                        low += down[i * WIDTH + k] * h[k];
                    }
                    for (int k = 0; k < WIDTH; k++) {
                        found[k] += up[i * WIDTH + k] * low;
                    }
                }
                assertThat(found).containsExactly(formula(set.sites().get(n), h), within(1e-5));
            }
        }
    }

    @Test
    void numbersOfParametersAreThePapers() {
        long square = (long) RANK * WIDTH;
        for (ReftForm form : List.of(ReftForm.LOREFT, ReftForm.NOREFT, ReftForm.DIREFT, ReftForm.NODIREFT)) {
            assertThat(random(form, 1).parameters()).isEqualTo(4 * (2 * square + RANK));
        }
        for (ReftForm form : List.of(ReftForm.CONSREFT, ReftForm.LOBIREFT)) {
            assertThat(random(form, 1).parameters()).isEqualTo(4 * (square + RANK));
        }
    }

    @ParameterizedTest
    @EnumSource
    void asTheIdentityItChangesNothing(ReftForm form) {
        SiteOptions options = new SiteOptions("0", "f1+l2", RANK, true, false, form);
        if (form == ReftForm.CONSREFT) {
            assertThatThrownBy(() -> options.check(WIDTH)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("identityStart").hasMessageContaining("consreft");
            return;
        }
        options.check(WIDTH);
        InterventionSet set = LoReftStart.fresh(options.placement(1), RANK, WIDTH, true, new Random(2));
        assertThat(set.sites()).hasSize(2).allSatisfy(site -> assertThat(formula(site, hidden(7))).containsExactly(hidden(7), within(1e-6)));
    }

    private static void same(InterventionSet found, InterventionSet expected, double within) {
        for (int n = 0; n < expected.sites().size(); n++) {
            for (long seed = 0; seed < 4; seed++) {
                assertThat(formula(found.sites().get(n), hidden(seed)))
                        .containsExactly(formula(expected.sites().get(n), hidden(seed)), within(within));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void mergedWithItselfItIsItself(ReftForm form) {
        InterventionSet one = random(form, 3);
        for (double alpha : new double[] {0.1, 0.5}) {
            same(math.mergeFunctions(one, one, alpha), one, 1e-5);
            same(math.mergeParameters(one, one, alpha), one, 1e-5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void mergingGoesFromOneToTheOtherAndStaysOnTheForm(ReftForm form) {
        InterventionSet a = random(form, 4);
        InterventionSet b = random(form, 5);
        same(math.mergeFunctions(a, b, 1e-7), a, 1e-4);
        same(math.mergeFunctions(a, b, 1 - 1e-7), b, 1e-4);
        assertThat(math.mergeFunctions(a, b, 0)).isEqualTo(a);
        InterventionSet half = math.mergeFunctions(a, b, 0.5);
        assertThat(half.placement()).isEqualTo(a.placement());
        if (form.orthonormal()) {
            half.sites().forEach(site -> assertThat(gram(site)).containsExactly(identity(), within(1e-5)));
            math.mergeParameters(a, b, 0.5).sites().forEach(site -> assertThat(gram(site)).containsExactly(identity(), within(1e-5)));
        }
    }

    private static double[] gram(Intervention site) {
        double[] gram = new double[RANK * RANK];
        float[] r = site.arrays().get(0);
        for (int i = 0; i < RANK; i++) {
            for (int j = 0; j < RANK; j++) {
                for (int k = 0; k < WIDTH; k++) {
                    gram[i * RANK + j] += (double) r[i * WIDTH + k] * r[j * WIDTH + k];
                }
            }
        }
        return gram;
    }

    private static double[] identity() {
        double[] identity = new double[RANK * RANK];
        for (int i = 0; i < RANK; i++) {
            identity[i * RANK + i] = 1;
        }
        return identity;
    }

    /** [M | c] of Phi(h) - h = M h + c, flat. */
    private static double[] function(Intervention site) {
        double[] f = new double[WIDTH * (WIDTH + 1)];
        double[] c = formula(site, new double[WIDTH]);
        for (int k = 0; k < WIDTH; k++) {
            double[] unit = new double[WIDTH];
            unit[k] = 1;
            double[] column = formula(site, unit);
            for (int i = 0; i < WIDTH; i++) {
                f[i * (WIDTH + 1) + k] = column[i] - unit[i] - c[i];
                f[i * (WIDTH + 1) + WIDTH] = c[i];
            }
        }
        return f;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    private static double[] mean(Intervention a, Intervention b, double alpha) {
        double[] mean = function(a);
        double[] other = function(b);
        Arrays.setAll(mean, i -> (1 - alpha) * mean[i] + alpha * other[i]);
        return mean;
    }

    /** Of LobiReFT the mean is one; of every form nothing near the merge is nearer to the mean than the merge. */
    @ParameterizedTest
    @EnumSource
    void noNeighbourIsNearerToTheMean(ReftForm form) {
        InterventionSet a = random(form, 6);
        InterventionSet b = random(form, 7);
        InterventionSet merged = math.mergeFunctions(a, b, 0.3);
        Random random = new Random(8);
        try (NDManager scope = NDManager.newBaseManager()) {
            for (int n = 0; n < 4; n++) {
                double[] mean = mean(a.sites().get(n), b.sites().get(n), 0.3);
                double best = distance(function(merged.sites().get(n)), mean);
                if (form == ReftForm.LOBIREFT) {
                    assertThat(best).isLessThan(1e-5);
                    continue;
                }
                assertThat(best).isLessThan(distance(function(a.sites().get(n)), mean));
                for (int t = 0; t < 40; t++) {
                    List<FloatTensor> moved = new ArrayList<>();
                    double step = Math.pow(10, -1 - t % 3);
                    for (FloatTensor array : merged.stacked()) {
                        float[] data = array.data().clone();
                        for (int i = 0; i < data.length; i++) {
                            data[i] += (float) (step * random.nextGaussian());
                        }
                        moved.add(new FloatTensor(array.shape(), data));
                    }
                    LoReftTensors near = LoReftTensors.of(scope, InterventionSet.of(merged.placement(), moved));
                    InterventionSet neighbour = new LoReftTensors(near.placement(), math.retract(form, near.arrays())).toSet();
                    assertThat(distance(function(neighbour.sites().get(n)), mean)).isGreaterThan(best - 1e-5);
                }
            }
        }
    }

    @Test
    void formsAreNotMergedWithEachOther() {
        assertThatThrownBy(() -> math.mergeFunctions(random(ReftForm.LOREFT, 1), random(ReftForm.DIREFT, 1), 0.5))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Through the whole model, tied and untied, against central differences of the loss. */
    @ParameterizedTest
    @EnumSource
    void gradientsAreThoseOfFiniteDifferences(ReftForm form) {
        List<Sequence> batch = List.of(new Sequence(new int[] {1, 403, 407, 261}, List.of(new int[] {298, 2})),
                new Sequence(new int[] {1, 378, 300, 261, 290, 264, 421}, List.of(new int[] {421, 268, 2})));
        TrainingOptions options = TrainingOptions.defaults();
        Random random = new Random(9);
        try (CausalLm model = Stories.load()) {
            for (boolean tied : new boolean[] {true, false}) {
                InterventionSet set = LoReftStart.fresh(Placement.of(form, Positions.parse("f1+l2", tied), new int[] {1, 2}), 2, 64,
                        false, new Random(10));
                List<float[]> gradients;
                try (Training training = LoReftTrainable.training(model, new PlainPass(model), math, options, set)) {
                    gradients = training.gradients(batch, Objective.CROSS_ENTROPY);
                }
                for (int a = 0; a < gradients.size(); a++) {
                    double[] direction = random.doubles(gradients.get(a).length, -1, 1).toArray();
                    double expected = 0;
                    for (int i = 0; i < direction.length; i++) {
                        expected += direction[i] * gradients.get(a)[i];
                    }
                    double h = 4e-3;
                    double found = (loss(model, set, batch, a, direction, h) - loss(model, set, batch, a, direction, -h)) / (2 * h);
                    assertThat(expected).as(form + " " + form.arrays().get(a)).isNotZero();
                    assertThat(found).as(form + " " + form.arrays().get(a)).isCloseTo(expected, within(3e-3 + 0.02 * Math.abs(expected)));
                }
            }
        }
    }

    private static double loss(CausalLm model, InterventionSet set, List<Sequence> batch, int array, double[] direction, double h) {
        List<FloatTensor> moved = new ArrayList<>(set.stacked());
        float[] data = moved.get(array).data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] += (float) (h * direction[i]);
        }
        moved.set(array, new FloatTensor(moved.get(array).shape(), data));
        try (Training training = LoReftTrainable.training(model, new PlainPass(model), math, TrainingOptions.defaults(),
                InterventionSet.of(set.placement(), moved))) {
            return training.crossEntropy(List.of(batch));
        }
    }

    /** R stays a rotation where there is one, and every form learns. */
    @ParameterizedTest
    @EnumSource
    void everyFormLearns(ReftForm form) {
        List<Sequence> batch = List.of(new Sequence(new int[] {1, 403, 407, 261}, List.of(new int[] {298, 2})),
                new Sequence(new int[] {1, 378, 300, 261, 290, 264, 421}, List.of(new int[] {298, 2})));
        try (CausalLm model = Stories.load()) {
            InterventionSet set = LoReftStart.fresh(Placement.of(form, POSITIONS, new int[] {1, 3}), RANK, 64, false, new Random(10));
            try (Training training = LoReftTrainable.training(model, new PlainPass(model), math, TrainingOptions.defaults(), set)) {
                double first = training.step(batch, Objective.CROSS_ENTROPY, 2e-2).loss();
                double last = first;
                for (int step = 0; step < 40; step++) {
                    last = training.step(batch, Objective.CROSS_ENTROPY, 2e-2).loss();
                }
                assertThat(last).isLessThan(0.8 * first);
                InterventionSet trained = (InterventionSet) training.current();
                if (form.orthonormal()) {
                    float[] r = trained.sites().get(1).arrays().get(0);
                    double dot = 0;
                    for (int k = 0; k < 64; k++) {
                        dot += (double) r[k] * r[64 + k];
                    }
                    assertThat(dot).isCloseTo(0, within(1e-5));
                }
            }
        }
    }
}
