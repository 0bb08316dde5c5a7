package craft.method.reft;

import craft.method.train.Objective;
import craft.method.train.Objective.Anchor;
import craft.method.train.ReferenceStates;
import craft.method.train.Training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import craft.intervention.InterventionSet;
import craft.intervention.Intervention;
import craft.intervention.LoReftMath;
import craft.intervention.Positions;
import craft.lm.CausalLm;
import craft.lm.Edits;
import craft.lm.CausalLm.Direction;
import craft.lm.ForwardPass;
import craft.lm.PlainPass;
import craft.lm.PrefixCache;
import craft.lm.SafeTensors;
import craft.lm.Sequence;
import craft.lm.Stories;
import craft.method.TrainingOptions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Cross-entropies, divergences, gradients and merges against an independent PyTorch implementation. */
class LoReftGoldenTest {
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

    private static InterventionSet set(String name, String positions) {
        List<Intervention> sites = new ArrayList<>();
        try (SafeTensors file = SafeTensors.open(Stories.FOLDER.resolve("interventions.safetensors"))) {
            for (int layer : new int[] {1, 3}) {
                String at = name + "." + layer + ".";
                sites.add(Intervention.loReft(layer, 4, 64, file.floats(at + "R"), file.floats(at + "W"), file.floats(at + "b")));
            }
        }
        return new InterventionSet(Positions.parse(positions), sites);
    }

    private static double crossEntropy(ForwardPass pass, Sequence sequence, InterventionSet set) {
        try (Training training = LoReftTrainable.training(model, pass, math, TrainingOptions.defaults(), set)) {
            return training.crossEntropy(List.of(List.of(sequence)));
        }
    }

    private static double divergence(ForwardPass pass, Sequence sequence, InterventionSet first, InterventionSet second) {
        List<List<Sequence>> batches = List.of(List.of(sequence));
        try (ReferenceStates a = new ReferenceStates(model, pass, first, batches);
                ReferenceStates b = new ReferenceStates(model, pass, second, batches)) {
            return a.divergence(b, Direction.FORWARD, 1);
        }
    }

    @Test
    void crossEntropiesAndDivergencesAgreeOnBothPasses() {
        for (JsonNode c : Stories.cases()) {
            Sequence sequence = Stories.sequence(c);
            for (Map.Entry<String, JsonNode> entry : c.get("by_positions").properties()) {
                InterventionSet a = set("A", entry.getKey());
                InterventionSet b = set("B", entry.getKey());
                JsonNode expected = entry.getValue();
                try (PrefixCache cache = new PrefixCache(model, a.positions(), 1, 1 << 20)) {
                    for (ForwardPass pass : List.of(new PlainPass(model), cache, cache)) {
                        close(crossEntropy(pass, sequence, a), expected.get("ce_A"));
                        close(divergence(pass, sequence, b, a), expected.get("kl_B_A"));
                        close(divergence(pass, sequence, a, b), expected.get("kl_A_B"));
                        close(divergence(pass, sequence, a, null), expected.get("kl_A_base"));
                    }
                }
            }
        }
    }

    private static void close(double value, JsonNode expected) {
        assertThat(value).isCloseTo(expected.asDouble(), within(1e-4 * Math.abs(expected.asDouble()) + 1e-6));
    }

    @Test
    void gradientsAgreeOnBothPasses() {
        for (JsonNode c : Stories.cases()) {
            Sequence sequence = Stories.sequence(c);
            List<List<Sequence>> batches = List.of(List.of(sequence));
            for (Map.Entry<String, JsonNode> entry : c.get("by_positions").properties()) {
                InterventionSet a = set("A", entry.getKey());
                InterventionSet b = set("B", entry.getKey());
                try (PrefixCache cache = new PrefixCache(model, a.positions(), 1, 1 << 20)) {
                    for (ForwardPass pass : List.of(new PlainPass(model), cache)) {
                        try (ReferenceStates reference = new ReferenceStates(model, pass, b, batches);
                                Training training = LoReftTrainable.training(model, pass, math, TrainingOptions.defaults(), a)) {
                            List<float[]> gradients = training.gradients(batches.get(0),
                                    Objective.anchored(new Anchor(reference, Direction.FORWARD, 1, 0.5)));
                            compare(gradients, entry.getValue());
                        }
                    }
                }
            }
        }
    }

    private static void compare(List<float[]> gradients, JsonNode expected) {
        String[] names = {"R", "W", "b"};
        int[] layers = {1, 3};
        for (int k = 0; k < 3; k++) {
            int size = gradients.get(k).length / 2;
            for (int n = 0; n < 2; n++) {
                String key = layers[n] + "." + names[k];
                double square = 0;
                for (int i = 0; i < size; i++) {
                    square += Math.pow(gradients.get(k)[n * size + i], 2);
                }
                double norm = expected.get("grad_norms").get(key).asDouble();
                assertThat(Math.sqrt(square)).as(key).isCloseTo(norm, within(1e-3 * norm));
                Iterator<JsonNode> head = expected.get("grad_head").get(key).iterator();
                for (int i = 0; head.hasNext(); i++) {
                    assertThat((double) gradients.get(k)[n * size + i]).as(key).isCloseTo(head.next().asDouble(), within(1e-3 * norm));
                }
            }
        }
    }

    @Test
    void mergedInterventionsAgreeAsFunctions() {
        for (JsonNode c : Stories.cases()) {
            Sequence sequence = Stories.sequence(c);
            for (Map.Entry<String, JsonNode> entry : c.get("by_positions").properties()) {
                InterventionSet merged = math.mergeFunctions(set("A", entry.getKey()), set("B", entry.getKey()), 0.3);
                close(crossEntropy(new PlainPass(model), sequence, merged), entry.getValue().get("ce_merged"));
                InterventionSet theirs = set("merged_0.3", entry.getKey());
                for (int n = 0; n < 2; n++) {
                    float[] ours = edit(merged.sites().get(n));
                    float[] golden = edit(theirs.sites().get(n));
                    for (int i = 0; i < ours.length; i++) {
                        assertThat(ours[i]).isCloseTo(golden[i], within(1e-4f));
                    }
                }
            }
        }
    }

    /** M = R^T (W - R) and c = R^T b, the edit as an affine function, [d, d + 1]. */
    private static float[] edit(Intervention site) {
        try (NDManager scope = model.newManager()) {
            Edits edits = new InterventionSet(Positions.parse("l1"), List.of(site)).on(scope);
            NDArray up = edits.up().get(0).transpose();
            NDArray m = up.matMul(edits.down().get(0));
            return m.concat(up.matMul(edits.bias().get(0).expandDims(1)), 1).toFloatArray();
        }
    }
}
