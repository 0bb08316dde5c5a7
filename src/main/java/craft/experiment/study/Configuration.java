package craft.experiment.study;

import craft.experiment.Recipe;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a row of the result table stands for: a method at one point of the grid.
 *
 * @param name of the method, and the grid's values: {@code craft, rho=0.3}
 * @param method the {@link Variant}'s name
 * @param grid dotted option to value; empty where the grid does not apply
 * @param recipe with the base's order and seed
 */
public record Configuration(String name, String method, Map<String, String> grid, Recipe recipe) {
    public Configuration {
        grid = Collections.unmodifiableMap(new LinkedHashMap<>(grid));
    }
}
