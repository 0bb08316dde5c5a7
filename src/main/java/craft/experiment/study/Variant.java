package craft.experiment.study;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A method of a study: the base recipe with some options changed. Variants and ablations are methods like any other.
 *
 * @param set dotted option to value as text, as {@code --set} takes it
 */
public record Variant(String name, Map<String, String> set) {
    public Variant {
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    }
}
