package craft.method.baseline;

import craft.error.InvalidInputException;
import craft.method.MethodOptions;
import java.util.List;

/**
 * The model as it came.
 *
 * @param shots demonstrations put before each prompt of a task that was learnt; 0: none (zero-shot)
 */
public record FrozenOptions(int shots) implements MethodOptions {
    public static FrozenOptions defaults() {
        return new FrozenOptions(0);
    }

    @Override
    public String displayName() {
        return shots == 0 ? "Frozen model (zero-shot)" : "Frozen model (" + shots + "-shot in context)";
    }

    @Override
    public List<String> formula() {
        return List.of(shots == 0 ? "p(y | x) = p_{0}(y | x)" : "p(y | x) = p_{0}(y | s_{1} … s_{" + shots + "}, x)");
    }

    @Override
    public void check() {
        if (shots < 0 || shots > 1000) {
            throw new InvalidInputException("Option method.shots is " + shots + "; it must be from 0 to 1000.");
        }
    }
}
