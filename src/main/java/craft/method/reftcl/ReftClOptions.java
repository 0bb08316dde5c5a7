package craft.method.reftcl;

import craft.method.MethodOptions;
import java.util.List;

/**
 * ReFT-CL. What a task's intervention is, is the recipe's {@code sites}.
 *
 * @param trainScalars whether the weights of earlier tasks' directions are trained with every new task
 */
public record ReftClOptions(boolean trainScalars) implements MethodOptions {
    public static ReftClOptions defaults() {
        return new ReftClOptions(true);
    }

    @Override
    public String displayName() {
        return "ReFT-CL";
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE", "Δ = Σ_{i<t} a_{i} D_{i} + E_{t}");
    }

    @Override
    public void check() {
        // both values are possible
    }
}
