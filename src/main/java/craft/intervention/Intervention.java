package craft.intervention;

import craft.lm.FloatTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters of one intervention at one site. Plain numbers, no native memory.
 *
 * @param layer 0-based decoder block whose output (residual stream) is edited
 * @param part 0, or with untied positions 0 for the first tokens and 1 for the last ones
 * @param rank r
 * @param width hidden size d
 * @param arrays row-major, in the order of {@link ReftForm#arrays()}
 */
public record Intervention(ReftForm form, int layer, int part, int rank, int width, List<float[]> arrays) {
    public Intervention {
        arrays = List.copyOf(arrays);
        List<String> names = form.arrays();
        if (arrays.size() != names.size()) {
            throw new IllegalArgumentException(form + " has the arrays " + names);
        }
        for (int i = 0; i < names.size(); i++) {
            new FloatTensor(form.shape(names.get(i), rank, width), arrays.get(i)); // says so where the numbers do not fit
        }
    }

    /** A LoReFT at all edited positions: R and W {@code [r, d]}, b {@code [r]}. */
    public static Intervention loReft(int layer, int rank, int width, float[] rotation, float[] weight, float[] bias) {
        return new Intervention(ReftForm.LOREFT, layer, 0, rank, width, List.of(rotation, weight, bias));
    }

    /** @throws IllegalArgumentException where the form has no array of this name */
    public float[] array(String name) {
        int at = form.arrays().indexOf(name);
        if (at < 0) {
            throw new IllegalArgumentException(form + " has no " + name);
        }
        return arrays.get(at);
    }

    /** The arrays with their shapes, by name. */
    public Map<String, FloatTensor> tensors() {
        Map<String, FloatTensor> all = new LinkedHashMap<>();
        for (int i = 0; i < arrays.size(); i++) {
            String name = form.arrays().get(i);
            all.put(name, new FloatTensor(form.shape(name, rank, width), arrays.get(i)));
        }
        return all;
    }
}
