package craft.method.olora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.intervention.LoraSet;
import craft.lm.FloatTensor;
import craft.lm.LowRankUpdates;
import craft.lm.LowRankUpdates.Update;
import craft.lm.Projection;
import craft.lm.TorchThread;
import craft.method.lora.LoraOptions;
import craft.method.lora.LoraTrainable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One block, one projection from 3 numbers to 2, ranks 1. */
class OLoraPenaltyTest {
    private static final LoraTrainable OWN = new LoraTrainable(new int[] {0}, List.of(Projection.Q), 1, 2, 1);

    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    /** Two earlier tasks: A_1 = (1, 0, 2), A_2 = (0, -1, 1); B_1 = (1, 0), B_2 = (0, 3). */
    private static LoraSet earlier() {
        return OWN.adapter(List.of(new FloatTensor(new long[] {1, 2, 3}, new float[] {1, 0, 2, 0, -1, 1}),
                new FloatTensor(new long[] {1, 2, 2}, new float[] {1, 0, 0, 3})));
    }

    private static OLoraOptions weights(double lambda1, double lambda2) {
        return new OLoraOptions(LoraOptions.defaults(), lambda1, lambda2);
    }

    /** A_t = (3, 1, -2), B_t = (5, 12). */
    private static List<NDArray> own(NDManager m) {
        return List.of(m.create(new float[] {3, 1, -2}, new Shape(1, 1, 3)), m.create(new float[] {5, 12}, new Shape(1, 2, 1)));
    }

    private static float penalty(LoraSet earlier, OLoraOptions options) {
        try (NDManager m = TorchThread.manager(); Besides besides = new Besides(m.newSubManager(), OWN, earlier, options)) {
            return besides.of(m, own(m)).getFloat();
        }
    }

    @Test
    void theOverlapIsTheSumOfAbsoluteEntries() {
        // A_1 A_t^T = 3 - 4 = -1, A_2 A_t^T = -1 - 2 = -3: 0.5 (1 + 3)
        assertThat(penalty(earlier(), weights(0.5, 0))).isCloseTo(2, within(1e-6f));
        assertThat(penalty(null, weights(0.5, 0))).isZero();
    }

    @Test
    void theNormsAreThoseOfTheOwnMatrices() {
        // sqrt(14) + 13
        assertThat(penalty(null, weights(0.5, 0.1))).isCloseTo((float) (0.1 * (Math.sqrt(14) + 13)), within(1e-5f));
        assertThat(penalty(earlier(), weights(0.5, 0.1))).isCloseTo((float) (2 + 0.1 * (Math.sqrt(14) + 13)), within(1e-5f));
    }

    @Test
    void allUpdatesActTogether() {
        try (NDManager m = TorchThread.manager(); Besides besides = new Besides(m.newSubManager(), OWN, earlier(), weights(0.5, 0))) {
            List<NDArray> own = own(m);
            Map<Projection, Update> updates = ((LowRankUpdates) besides.adaptation(own)).updates();
            NDArray x = m.create(new float[] {1, 1, 1}, new Shape(3, 1));
            Update q = updates.get(Projection.Q);
            // 2 (B_t A_t x + B_1 A_1 x + B_2 A_2 x) = 2 ((10, 24) + (3, 0) + (0, 0)), as A_t x = 2, A_1 x = 3, A_2 x = 0
            assertThat(q.b().get(0).matMul(q.a().get(0)).matMul(x).toFloatArray()).containsExactly(26, 48);
        }
    }

    /** d/dA_t of |A_1 A_t^T| + |A_2 A_t^T| is -A_1 - A_2, as both products are below 0. */
    @Test
    void thePenaltyHasTheGradientOfItsFormula() {
        try (NDManager m = TorchThread.manager(); Besides besides = new Besides(m.newSubManager(), OWN, earlier(), weights(0.5, 0))) {
            List<NDArray> own = own(m);
            own.forEach(array -> array.setRequiresGradient(true));
            TorchThread.withGradients(() -> ai.djl.pytorch.jni.JniUtils.backward((ai.djl.pytorch.engine.PtNDArray) besides.of(m, own),
                    (ai.djl.pytorch.engine.PtNDArray) m.create(1f), false, false));
            assertThat(own.get(0).getGradient().toFloatArray()).containsExactly(-0.5f, 0.5f, -1.5f);
        }
    }
}
