package craft.method.reft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import craft.error.InvalidInputException;
import craft.intervention.Intervention;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Placement;
import craft.intervention.Positions;
import craft.intervention.ReftForm;
import craft.intervention.SiteOptions;
import craft.lm.CausalLm;
import craft.lm.ForwardPass;
import craft.lm.PlainPass;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import craft.method.MethodRuns;
import craft.method.TrainingOptions;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One intervention for the first tokens and another for the last ones. */
class UntiedPositionsTest {
    private static final int[] LAYERS = {1, 3};
    private static final Positions UNTIED = Positions.parse("f2+l3", false);
    private static final List<Sequence> BATCH = List.of(new Sequence(new int[] {1, 403, 407, 261, 290, 300, 315, 286}, List.of(new int[] {298, 2})),
            new Sequence(new int[] {1, 378, 300}, List.of(new int[] {421, 268, 2})), new Sequence(new int[] {1}, List.of(new int[] {2})));

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

    private static InterventionSet fresh(Positions positions, boolean identity, long seed) {
        return LoReftStart.fresh(Placement.of(ReftForm.LOREFT, positions, LAYERS), 3, 64, identity, new Random(seed));
    }

    /** At each layer the sites of {@code first} for the first tokens and those of {@code last} for the last ones. */
    private static InterventionSet joined(InterventionSet first, InterventionSet last) {
        List<Intervention> sites = new ArrayList<>();
        for (int i = 0; i < LAYERS.length; i++) {
            Intervention a = first.sites().get(i);
            Intervention b = last.sites().get(i);
            sites.add(new Intervention(a.form(), a.layer(), 0, a.rank(), a.width(), a.arrays()));
            sites.add(new Intervention(b.form(), b.layer(), 1, b.rank(), b.width(), b.arrays()));
        }
        return new InterventionSet(UNTIED, sites);
    }

    private static float[] hidden(ForwardPass pass, InterventionSet set) {
        try (NDManager step = model.newManager()) {
            return pass.hidden(step, BATCH, set.on(step)).toFloatArray();
        }
    }

    private static void same(float[] found, float[] expected) {
        assertThat(found).containsExactly(expected, within(1e-4f));
    }

    @Test
    void theSameInterventionAtBothSidesIsTheTiedOne() {
        InterventionSet tied = fresh(Positions.parse("f2+l3"), false, 1);
        same(hidden(new PlainPass(model), joined(tied, tied)), hidden(new PlainPass(model), tied));
    }

    @Test
    void eachSideActsAtItsOwnTokensOnly() {
        PlainPass pass = new PlainPass(model);
        InterventionSet some = fresh(Positions.parse("f2+l3"), false, 2);
        InterventionSet none = fresh(Positions.parse("f2+l3"), true, 3);
        InterventionSet first = new InterventionSet(Positions.parse("f2"), some.sites());
        InterventionSet last = new InterventionSet(Positions.parse("l3"), some.sites());
        same(hidden(pass, joined(some, none)), hidden(pass, first));
        same(hidden(pass, joined(none, some)), hidden(pass, last));
        assertThat(hidden(pass, first)).isNotEqualTo(hidden(pass, last));
    }

    @Test
    void theCachedPassIsThePlainOneInLossAndGradient() {
        InterventionSet set = fresh(UNTIED, false, 4);
        try (LoReftMath math = new LoReftMath(); PrefixCache cache = new PrefixCache(model, UNTIED, 1, 1 << 22)) {
            same(hidden(cache, set), hidden(new PlainPass(model), set));
            List<float[]> plain = gradients(new PlainPass(model), math, set);
            List<float[]> cached = gradients(cache, math, set);
            for (int a = 0; a < plain.size(); a++) {
                assertThat(cached.get(a)).containsExactly(plain.get(a), within(1e-4f));
            }
            assertThat(plain.get(2)).hasSize(4 * 3);
        }
    }

    private static List<float[]> gradients(ForwardPass pass, LoReftMath math, InterventionSet set) {
        try (Training training = LoReftTrainable.training(model, pass, math, TrainingOptions.defaults(), set)) {
            return training.gradients(BATCH, Objective.CROSS_ENTROPY);
        }
    }

    @Test
    void mergingWorksSiteBySite() {
        InterventionSet a = fresh(UNTIED, false, 5);
        InterventionSet b = fresh(UNTIED, false, 6);
        try (LoReftMath math = new LoReftMath()) {
            InterventionSet merged = math.mergeFunctions(a, b, 0.4);
            InterventionSet swapped = math.mergeFunctions(alone(a, 1), alone(b, 1), 0.4);
            assertThat(merged.sites().get(1).arrays()).usingRecursiveComparison().isEqualTo(swapped.sites().get(0).arrays());
            assertThat(merged.placement()).isEqualTo(a.placement());
        }
    }

    /** The one site of this index, as a tied set. */
    private static InterventionSet alone(InterventionSet set, int site) {
        Intervention s = set.sites().get(site);
        return new InterventionSet(Positions.parse("l3"), List.of(new Intervention(s.form(), s.layer(), 0, s.rank(), s.width(), s.arrays())));
    }

    @Test
    void positionsWithOneSideCannotBeUntied() {
        assertThatThrownBy(() -> new SiteOptions("all", "l16", 8, false, false, ReftForm.LOREFT).check(64))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("sites.tied").hasMessageContaining("f2+l4");
    }
}
