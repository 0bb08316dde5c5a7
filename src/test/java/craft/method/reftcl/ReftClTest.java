package craft.method.reftcl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.intervention.Intervention;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Placement;
import craft.intervention.Positions;
import craft.intervention.ReftForm;
import craft.lm.CausalLm;
import craft.lm.Edits;
import craft.lm.FloatTensor;
import craft.lm.TorchThread;
import craft.method.MethodRuns;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.reft.LoReftTrainable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ReFT-CL's sum of directions, by hand and in training. */
class ReftClTest {
    private static CausalLm model;

    @BeforeAll
    static void load() {
        TorchThread.prepare();
        model = MethodRuns.model();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** [M | c] of a set's sites, each [d, d + 1], from its edits. */
    private static List<double[]> functions(InterventionSet set) {
        List<double[]> all = new ArrayList<>();
        try (NDManager scope = model.newManager()) {
            Edits edits = set.on(scope);
            int d = set.sites().get(0).width();
            int r = set.sites().get(0).rank();
            for (int s = 0; s < set.sites().size(); s++) {
                float[] up = edits.up().get(s).toFloatArray();
                float[] down = edits.down().get(s).toFloatArray();
                float[] bias = edits.bias().get(s).toFloatArray();
                double[] f = new double[d * (d + 1)];
                for (int i = 0; i < d; i++) {
                    for (int j = 0; j < r; j++) {
                        for (int k = 0; k < d; k++) {
                            f[i * (d + 1) + k] += (double) up[j * d + i] * down[j * d + k];
                        }
                        f[i * (d + 1) + d] += (double) up[j * d + i] * bias[j];
                    }
                }
                all.add(f);
            }
        }
        return all;
    }

    private static double length(List<double[]> functions) {
        double sum = 0;
        for (double[] f : functions) {
            for (double value : f) {
                sum += value * value;
            }
        }
        return Math.sqrt(sum);
    }

    private static Directions split(InterventionSet set) {
        try (NDManager scope = model.newManager()) {
            return Directions.split(set, scope);
        }
    }

    @ParameterizedTest
    @EnumSource
    void splittingAnEditIntoLengthAndDirectionChangesNothing(ReftForm form) {
        Placement placement = Placement.of(form, Positions.parse("f1+l2", false), new int[] {1, 3});
        InterventionSet a = LoReftStart.fresh(placement, 2, 8, false, new Random(1));
        InterventionSet b = LoReftStart.fresh(placement, 2, 8, false, new Random(2));
        Directions split = split(a);
        assertThat((double) split.scalars().data()[0]).isCloseTo(length(functions(a)), within(1e-5));
        assertThat(length(functions(split.withScalars(one()).sum(placement)))).isCloseTo(1, within(1e-5));
        List<double[]> sum = functions(split.and(split(b)).sum(placement));
        for (int s = 0; s < 4; s++) {
            double[] expected = functions(a).get(s);
            double[] other = functions(b).get(s);
            for (int i = 0; i < expected.length; i++) {
                assertThat(sum.get(s)[i]).isCloseTo(expected[i] + other[i], within(1e-5));
            }
        }
    }

    private static FloatTensor one() {
        return new FloatTensor(new long[] {1}, new float[] {1});
    }

    @Test
    void anEditThatChangesNothingHasNoLength() {
        InterventionSet nothing = LoReftStart.fresh(Positions.parse("l2"), new int[] {1}, 2, 8, true, new Random(1));
        Directions split = split(nothing);
        assertThat(split.scalars().data()).containsExactly(0);
        functions(split.sum(nothing.placement())).forEach(f -> assertThat(f).containsOnly(0));
    }

    private static Directions kept(ReftClMethod method) {
        State state = new State();
        method.save(state);
        return Directions.of(state.arrays("values"));
    }

    /** Earlier directions stay to the last bit; their scalars are trained, or stay too. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNewTaskLeavesEarlierDirectionsAsTheyAre(boolean trained) {
        List<TrainingTask> tasks = MethodRuns.tasks();
        try (ReftClMethod method = new ReftClMethod(new ReftClOptions(trained), MethodRuns.setup(model))) {
            List<Directions> after = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                MethodRuns.learn(method, tasks.subList(0, t + 1), t + 1, 0);
                after.add(kept(method));
                InterventionSet answering = (InterventionSet) method.groups().get(0);
                assertThat(method.groups()).hasSize(1);
                assertThat(answering.form()).isEqualTo(ReftForm.NODIREFT);
                assertThat(answering.sites()).extracting(Intervention::rank).containsOnly(4 * (t + 1));
                assertThat(method.trainedParameters()).isEqualTo((t + 1) * (2 * (2 * 4 * 64 + 4) + 1));
                assertThat(method.storedBytes()).isEqualTo(4 * method.trainedParameters());
            }
            for (int t = 1; t < 3; t++) {
                Directions before = after.get(t - 1);
                Directions now = after.get(t);
                assertThat(now.tasks()).isEqualTo(t + 1);
                int rows = 4 * t;
                for (int s = 0; s < 2; s++) {
                    for (int i = 0; i < rows * 64; i++) {
                        assertThat(now.up().data()[s * (rows + 4) * 64 + i]).isEqualTo(before.up().data()[s * rows * 64 + i]);
                        assertThat(now.down().data()[s * (rows + 4) * 64 + i]).isEqualTo(before.down().data()[s * rows * 64 + i]);
                    }
                }
                for (int i = 0; i < t; i++) {
                    assertThat(now.scalars().data()[i] != before.scalars().data()[i]).isEqualTo(trained);
                }
            }
        }
    }

    /** What is trained on is what is answered with: the loss of the first step of task 2 contains task 1's edit. */
    @Test
    void trainingSeesTheSum() {
        Placement placement = Placement.of(ReftForm.LOREFT, Positions.parse("l2"), new int[] {1, 3});
        InterventionSet first = LoReftStart.fresh(placement, 2, 64, false, new Random(3));
        InterventionSet second = LoReftStart.fresh(placement, 2, 64, false, new Random(4));
        Directions earlier = split(first).withScalars(new FloatTensor(new long[] {1}, new float[] {1.5f}));
        for (boolean trained : new boolean[] {true, false}) {
            try (LoReftMath math = new LoReftMath(); NDManager step = model.newManager();
                    SumOfDirections sum = new SumOfDirections(model.newManager(), new LoReftTrainable(math, placement), 3, earlier, trained)) {
                List<FloatTensor> values = new ArrayList<>(second.stacked());
                if (trained) {
                    values.add(earlier.scalars());
                }
                Edits found = (Edits) sum.adaptation(values.stream()
                        .map(v -> step.create(v.data(), new Shape(v.shape()))).toList());
                Edits expected = split(second).and(earlier).sum(placement).on(step);
                // the new edit is not scaled, so compare products: up^T (down h + bias) for one h
                for (int s = 0; s < 2; s++) {
                    assertThat(edit(found, s)).containsExactly(edit(expected, s), within(1e-5));
                }
            }
        }
    }

    private static double[] edit(Edits edits, int site) {
        float[] up = edits.up().get(site).toFloatArray();
        float[] down = edits.down().get(site).toFloatArray();
        float[] bias = edits.bias().get(site).toFloatArray();
        double[] h = new Random(7).doubles(64, -1, 1).toArray();
        double[] out = new double[64];
        for (int j = 0; j < bias.length; j++) {
            double low = bias[j];
            for (int k = 0; k < 64; k++) {
                low += down[j * 64 + k] * h[k];
            }
            for (int k = 0; k < 64; k++) {
                out[k] += up[j * 64 + k] * low;
            }
        }
        return out;
    }
}
