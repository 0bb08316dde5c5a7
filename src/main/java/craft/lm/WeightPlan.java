package craft.lm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which a model's weights are handed to its text: first those of the whole model, then layer after layer
 * the same few. A text names a weight by a mark such as {@code ${norm}}, which becomes its place {@code w[...]}, or
 * None for a weight that this model does not have; the marks of a layer's weights count from {@code at}, which the text
 * sets to {@code ${layer}}. A weight that stands under two marks (a tied LM head) has one place.
 */
final class WeightPlan {
    private final List<Weight> places = new ArrayList<>();
    private final Map<String, String> marks = new HashMap<>();
    /** Weights of the whole model. */
    private int before;

    private WeightPlan() {
    }

    static WeightPlan of(ModelConfig c) {
        WeightPlan plan = new WeightPlan();
        Map<Weight, Integer> known = new IdentityHashMap<>();
        c.family().modelWeights(c).forEach((mark, weight) -> {
            if (!weight.absent() && !known.containsKey(weight)) {
                known.put(weight, plan.places.size());
                plan.places.add(weight);
            }
            plan.marks.put(mark, weight.absent() ? "None" : "w[" + known.get(weight) + "]");
        });
        plan.before = plan.places.size();
        for (int layer = 0; layer < c.layers(); layer++) {
            plan.addLayer(c.family().layerWeights(c, layer));
        }
        int each = (plan.places.size() - plan.before) / c.layers();
        plan.marks.put("layer", "torch.add(torch.mul(i, " + each + "), " + plan.before + ")");
        return plan;
    }

    private void addLayer(Map<String, Weight> weights) {
        int first = places.size();
        weights.forEach((mark, weight) -> {
            marks.put(mark, weight.absent() ? "None" : "w[torch.add(at, " + (places.size() - first) + ")]");
            if (!weight.absent()) {
                places.add(weight);
            }
        });
    }

    /** One weight a place, in their order. */
    List<Weight> places() {
        return List.copyOf(places);
    }

    /** Whether a place holds a weight of a layer, not one of the whole model. */
    boolean ofLayer(int place) {
        return place >= before;
    }

    /** Numbers of all layers' weights. */
    long numbersOfLayers() {
        return places.subList(before, places.size()).stream().flatMap(w -> w.tensors().stream())
                .mapToLong(t -> Arrays.stream(t.shape()).reduce(1, (a, b) -> a * b)).sum();
    }

    /** What the text's marks stand for. */
    Map<String, String> marks() {
        return Map.copyOf(marks);
    }

    /** Name and shape of every tensor that the folder must have. */
    Map<String, long[]> tensors() {
        Map<String, long[]> all = new LinkedHashMap<>();
        for (Weight weight : places) {
            weight.tensors().forEach(tensor -> all.put(tensor.name(), tensor.shape()));
        }
        return all;
    }
}
