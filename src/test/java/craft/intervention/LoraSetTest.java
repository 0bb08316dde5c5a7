package craft.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import craft.intervention.LoraSet.Part;
import craft.lm.FloatTensor;
import craft.lm.Projection;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LoraSetTest {
    private static final int LAYERS = 2;
    private static final int IN = 3;
    private static final int OUT = 4;

    private static FloatTensor random(Random random, int... shape) {
        float[] values = new float[shape[0] * shape[1] * shape[2]];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new FloatTensor(new long[] {shape[0], shape[1], shape[2]}, values);
    }

    private static LoraSet set(long seed, int rank) {
        Random random = new Random(seed);
        return new LoraSet(new int[] {0, 2}, 1.5, Map.of(Projection.V,
                new Part(random(random, LAYERS, rank, IN), random(random, LAYERS, OUT, rank), null)));
    }

    /** scale B A of a layer, {@code [OUT][IN]}. */
    private static double[][] update(LoraSet set, int layer) {
        Part part = set.parts().get(Projection.V);
        int rank = part.rows();
        double[][] product = new double[OUT][IN];
        for (int o = 0; o < OUT; o++) {
            for (int i = 0; i < IN; i++) {
                for (int k = 0; k < rank; k++) {
                    product[o][i] += set.scale() * part.b().data()[(layer * OUT + o) * rank + k]
                            * part.a().data()[(layer * rank + k) * IN + i];
                }
            }
        }
        return product;
    }

    private static void isSum(LoraSet found, LoraSet one, double w1, LoraSet two, double w2) {
        for (int layer = 0; layer < LAYERS; layer++) {
            for (int o = 0; o < OUT; o++) {
                for (int i = 0; i < IN; i++) {
                    assertThat(update(found, layer)[o][i]).isCloseTo(w1 * update(one, layer)[o][i] + w2 * update(two, layer)[o][i],
                            within(1e-5));
                }
            }
        }
    }

    @Test
    void theMeanOfUpdatesIsExactAndOfTheSumOfTheirRanks() {
        LoraSet one = set(1, 2);
        LoraSet two = set(2, 3);
        LoraSet mean = LoraSet.mean(one, two, 0.25);
        isSum(mean, one, 0.75, two, 0.25);
        assertThat(mean.parts().get(Projection.V).rows()).isEqualTo(5);
        assertThat(mean.parameters()).isEqualTo(one.parameters() + two.parameters());
    }

    @Test
    void theSumOfUpdatesIsExact() {
        LoraSet one = set(3, 1);
        LoraSet two = set(4, 2);
        isSum(LoraSet.sum(one, two), one, 1, two, 1);
    }

    @Test
    void updatesOfOtherPlacesAreNotAdded() {
        LoraSet one = set(1, 2);
        LoraSet other = new LoraSet(new int[] {0, 1}, 1.5, one.parts());
        assertThatThrownBy(() -> LoraSet.sum(one, other)).isInstanceOf(IllegalArgumentException.class);
        LoraSet scaled = new LoraSet(new int[] {0, 2}, 2, one.parts());
        assertThatThrownBy(() -> LoraSet.mean(one, scaled, 0.5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tensorsAreThoseOfEachLayer() {
        LoraSet set = set(5, 2);
        FloatTensor b = set.tensors().get("layer.2.v.lora_B");
        assertThat(b.shape()).containsExactly(OUT, 2);
        assertThat(b.data()[3]).isEqualTo(set.parts().get(Projection.V).b().data()[OUT * 2 + 3]);
        assertThat(set.tensors().get("scale").data()).containsExactly(1.5f);
        assertThatThrownBy(() -> new Part(random(new Random(1), 1, 2, 3), random(new Random(1), 1, 4, 3), null))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("[1, 2, 3]");
    }
}
