package craft.method.olora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.TorchThread;
import craft.method.ContinualMethod;
import craft.method.MethodRuns;
import craft.method.MethodRuns.Told;
import craft.method.TrainingTask;
import craft.method.lora.LoraOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OLoraMethodTest {
    private static final int RANK = 3;
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

    private static OLoraOptions options(double lambda1) {
        return new OLoraOptions(new LoraOptions("q,v", "all", RANK, 6), lambda1, 0);
    }

    /** Sum of |A_1 A_2^T| over blocks and projections after two tasks. */
    private static double overlap(double lambda1) {
        try (ContinualMethod method = new OLoraMethod(options(lambda1), MethodRuns.setup(model))) {
            MethodRuns.learn(method, MethodRuns.tasks().subList(0, 2));
            double sum = 0;
            for (Map.Entry<String, FloatTensor> tensor : MethodRuns.numbers(method).get(0).entrySet()) {
                if (tensor.getKey().endsWith("lora_A")) {
                    float[] a = tensor.getValue().data();
                    int in = (int) tensor.getValue().shape()[1];
                    for (int i = 0; i < RANK; i++) {
                        for (int j = RANK; j < 2 * RANK; j++) {
                            double dot = 0;
                            for (int k = 0; k < in; k++) {
                                dot += (double) a[i * in + k] * a[j * in + k];
                            }
                            sum += Math.abs(dot);
                        }
                    }
                }
            }
            return sum;
        }
    }

    @Test
    void thePenaltyPullsSubspacesApart() {
        assertThat(overlap(0.5)).isLessThan(0.5 * overlap(0));
    }

    @Test
    void earlierUpdatesStayAsTheyAre() {
        List<TrainingTask> tasks = MethodRuns.tasks();
        try (ContinualMethod method = new OLoraMethod(options(0.5), MethodRuns.setup(model))) {
            Told told = new Told(0);
            method.learn(tasks.get(0), told);
            Map<String, FloatTensor> first = MethodRuns.numbers(method).get(0);
            method.learn(tasks.get(1), told);
            Map<String, FloatTensor> both = MethodRuns.numbers(method).get(0);
            float[] a = first.get("layer.2.v.lora_A").data();
            assertThat(Arrays.copyOf(both.get("layer.2.v.lora_A").data(), a.length)).isEqualTo(a);
            float[] b = first.get("layer.2.v.lora_B").data();
            float[] wide = both.get("layer.2.v.lora_B").data();
            for (int o = 0; o < b.length / RANK; o++) {
                assertThat(Arrays.copyOfRange(wide, o * 2 * RANK, o * 2 * RANK + RANK)).isEqualTo(Arrays.copyOfRange(b, o * RANK, (o + 1) * RANK));
                assertThat(Arrays.copyOfRange(wide, o * 2 * RANK + RANK, (o + 1) * 2 * RANK)).as("the second task has learnt").isNotEqualTo(new float[RANK]);
            }
        }
    }

    @Test
    void weightsBelowZeroAreRefused() {
        assertThatThrownBy(() -> options(-0.1).check()).isInstanceOf(InvalidInputException.class)
                .hasMessage("Option method.lambda1 is -0.1; it must be from 0 to 1000000000.");
        assertThatThrownBy(() -> new OLoraOptions(LoraOptions.defaults(), 0.5, Double.NaN).check()).hasMessageContaining("method.lambda2 is not a number");
    }
}
