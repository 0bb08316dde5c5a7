package craft.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import craft.lm.CausalLm;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.lm.Stories;
import craft.method.TrainingOptions;
import craft.method.reft.LoReftTrainable;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must hold of every LoReFT intervention, however it came about. */
class LoReftPropertiesTest {
    private static final Positions POSITIONS = Positions.parse("f1+l2");
    private static final int[] LAYERS = {0, 3};

    private static LoReftMath math;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        math = new LoReftMath();
    }

    @AfterAll
    static void close() {
        math.close();
    }

    private static InterventionSet random(int rank, int width, boolean identity, long seed) {
        return LoReftStart.fresh(POSITIONS, LAYERS, rank, width, identity, new Random(seed));
    }

    /** Largest deviation of any R R^T from the identity. */
    private static double orthonormality(InterventionSet set) {
        double worst = 0;
        for (Intervention site : set.sites()) {
            for (int i = 0; i < site.rank(); i++) {
                for (int j = 0; j < site.rank(); j++) {
                    double dot = 0;
                    for (int k = 0; k < site.width(); k++) {
                        dot += (double) site.array("rotation")[i * site.width() + k] * site.array("rotation")[j * site.width() + k];
                    }
                    worst = Math.max(worst, Math.abs(dot - (i == j ? 1 : 0)));
                    assertThat(dot).isFinite();
                }
            }
        }
        return worst;
    }

    /** The edit as an affine function, M = R^T (W - R) and c = R^T b: [d, d + 1], flat, for each site. */
    private static List<double[]> functions(InterventionSet set) {
        List<double[]> all = new ArrayList<>();
        for (Intervention s : set.sites()) {
            int d = s.width();
            double[] f = new double[d * (d + 1)];
            for (int i = 0; i < d; i++) {
                for (int r = 0; r < s.rank(); r++) {
                    double up = s.array("rotation")[r * d + i];
                    for (int k = 0; k < d; k++) {
                        f[i * (d + 1) + k] += up * ((double) s.array("weight")[r * d + k] - s.array("rotation")[r * d + k]);
                    }
                    f[i * (d + 1) + d] += up * s.array("bias")[r];
                }
            }
            all.add(f);
        }
        return all;
    }

    private static void sameFunctions(InterventionSet found, List<double[]> expected, double within) {
        List<double[]> functions = functions(found);
        for (int n = 0; n < expected.size(); n++) {
            assertThat(functions.get(n)).containsExactly(expected.get(n), within(within));
        }
    }

    @Test
    void rotationsStayOrthonormalThroughTrainingSavingAndLoading() throws IOException {
        InterventionSet trained;
        try (CausalLm model = Stories.load(); PrefixCache pass = new PrefixCache(model, POSITIONS, 0, 1 << 20);
                Training training = LoReftTrainable.training(model, pass, math, TrainingOptions.defaults(),
                        random(4, 64, false, 1))) {
            List<Sequence> batch = List.of(new Sequence(new int[] {1, 403, 407, 261}, List.of(new int[] {298, 2})),
                    new Sequence(new int[] {1, 410, 286}, List.of(new int[] {315, 2})),
                    new Sequence(new int[] {1, 378, 300, 261, 290, 264}, List.of(new int[] {421, 268, 2})));
            double first = training.step(batch, Objective.CROSS_ENTROPY, 1e-2).loss();
            double last = first;
            for (int step = 1; step < 200; step++) {
                last = training.step(batch, Objective.CROSS_ENTROPY, 1e-2).loss();
            }
            assertThat(last).isLessThan(first / 2);
            trained = (InterventionSet) training.current();
        }
        float[] start = random(4, 64, false, 1).sites().get(0).array("rotation");
        double moved = 0;
        for (int i = 0; i < 4 * 64; i++) {
            moved = Math.max(moved, Math.abs(trained.sites().get(0).array("rotation")[i] - start[i]));
        }
        assertThat(moved).isGreaterThan(0.05);
        assertThat(orthonormality(trained)).isLessThan(1e-5);
        AdapterFiles.write(folder, new AdapterFiles.Contents(List.of(trained), new AdapterFiles.Origin(
                "m", 1, "b", Map.of(), SiteOptions.defaults(), List.of(), List.of(1))));
        InterventionSet loaded = (InterventionSet) AdapterFiles.read(folder).groups().get(0);
        assertThat(loaded).usingRecursiveComparison().isEqualTo(trained);
        assertThat(orthonormality(loaded)).isLessThan(1e-5);
    }

    @Test
    void freshInterventionsAreOrthonormalAndTheIdentityIfWanted() {
        for (int rank : new int[] {1, 5, 16}) {
            assertThat(orthonormality(random(rank, 16, false, rank))).isLessThan(1e-6);
            InterventionSet identity = random(rank, 16, true, rank);
            assertThat(orthonormality(identity)).isLessThan(1e-6);
            functions(identity).forEach(f -> assertThat(f).containsOnly(0));
        }
    }

    @Test
    void mergedWithItselfItIsItself() {
        for (int rank : new int[] {1, 4, 16}) {
            InterventionSet one = random(rank, 16, false, 10 + rank);
            for (double alpha : new double[] {0.1, 0.5, 0.9}) {
                sameFunctions(math.mergeFunctions(one, one, alpha), functions(one), 1e-5);
                InterventionSet parameters = math.mergeParameters(one, one, alpha);
                for (int n = 0; n < LAYERS.length; n++) {
                    Intervention found = parameters.sites().get(n);
                    Intervention expected = one.sites().get(n);
                    assertThat(found.array("rotation")).containsExactly(expected.array("rotation"), within(1e-6f));
                    assertThat(found.array("weight")).containsExactly(expected.array("weight"), within(1e-6f));
                    assertThat(found.array("bias")).containsExactly(expected.array("bias"), within(1e-6f));
                }
            }
        }
    }

    @Test
    void alphaGoesFromTheFirstToTheSecond() {
        InterventionSet a = random(3, 12, false, 20);
        InterventionSet b = random(3, 12, false, 21);
        for (double little : new double[] {0, 1e-7}) {
            sameFunctions(math.mergeFunctions(a, b, little), functions(a), 1e-5);
            sameFunctions(math.mergeFunctions(a, b, 1 - little), functions(b), 1e-5);
            sameFunctions(math.mergeParameters(a, b, little), functions(a), 1e-5);
            sameFunctions(math.mergeParameters(a, b, 1 - little), functions(b), 1e-5);
        }
        assertThat(math.mergeFunctions(a, b, 0)).usingRecursiveComparison().isEqualTo(a);
        assertThat(math.mergeFunctions(a, b, 1)).usingRecursiveComparison().isEqualTo(b);
    }

    /** Edits in one subspace have a mean in it, which has the same rank: nothing may be lost. */
    @Test
    void inOneSubspaceTheMeanIsExact() {
        InterventionSet a = random(3, 12, false, 30);
        InterventionSet other = random(3, 12, false, 31);
        List<Intervention> sites = new ArrayList<>();
        for (int n = 0; n < LAYERS.length; n++) {
            Intervention w = other.sites().get(n);
            sites.add(Intervention.loReft(LAYERS[n], 3, 12, a.sites().get(n).array("rotation"), w.array("weight"), w.array("bias")));
        }
        InterventionSet b = new InterventionSet(POSITIONS, sites);
        List<double[]> expected = functions(a);
        for (int n = 0; n < LAYERS.length; n++) {
            for (int i = 0; i < expected.get(n).length; i++) {
                expected.get(n)[i] = 0.7 * expected.get(n)[i] + 0.3 * functions(b).get(n)[i];
            }
        }
        InterventionSet merged = math.mergeFunctions(a, b, 0.3);
        sameFunctions(merged, expected, 1e-5);
        assertThat(orthonormality(merged)).isLessThan(1e-5);
    }

    @Test
    void mergedRotationsAreOrthonormal() {
        for (int rank : new int[] {1, 4, 9, 16}) { // 2 r < d, 2 r > d, r = d
            for (long seed = 0; seed < 5; seed++) {
                InterventionSet a = random(rank, 16, false, 40 + seed);
                InterventionSet b = random(rank, 16, false, 50 + seed);
                for (double alpha : new double[] {0.01, 0.5, 0.8}) {
                    assertThat(orthonormality(math.mergeFunctions(a, b, alpha))).isLessThan(1e-5);
                    assertThat(orthonormality(math.mergeParameters(a, b, alpha))).isLessThan(1e-5);
                }
            }
        }
    }

    @Test
    void editsOfLessThanFullRankMergeToo() {
        InterventionSet nothing = random(4, 16, true, 60);
        InterventionSet alsoNothing = random(4, 16, true, 61);
        InterventionSet full = random(4, 16, false, 62);
        for (InterventionSet other : List.of(nothing, alsoNothing)) {
            InterventionSet merged = math.mergeFunctions(nothing, other, 0.4);
            assertThat(orthonormality(merged)).isLessThan(1e-5);
            sameFunctions(merged, functions(nothing), 1e-6);
        }
        InterventionSet half = math.mergeFunctions(nothing, full, 0.5);
        assertThat(orthonormality(half)).isLessThan(1e-5);
        List<double[]> expected = functions(full);
        expected.forEach(f -> {
            for (int i = 0; i < f.length; i++) {
                f[i] *= 0.5;
            }
        });
        sameFunctions(half, expected, 1e-5);
    }

    @Test
    void differentSitesAreNotMerged() {
        InterventionSet a = random(4, 16, false, 70);
        InterventionSet otherLayers = LoReftStart.fresh(POSITIONS, new int[] {0, 2}, 4, 16, false, new Random(71));
        InterventionSet otherPositions = LoReftStart.fresh(Positions.parse("l2"), LAYERS, 4, 16, false, new Random(72));
        for (InterventionSet b : List.of(random(3, 16, false, 73), otherLayers, otherPositions)) {
            assertThatThrownBy(() -> math.mergeFunctions(a, b, 0.5)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> math.mergeParameters(a, b, 0.5)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
