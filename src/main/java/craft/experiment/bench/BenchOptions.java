package craft.experiment.bench;

import craft.error.InvalidInputException;
import java.util.List;

/**
 * What is measured.
 *
 * @param model {@code bundled:<name>} or a model's folder
 * @param layers intervened layers as in a recipe's {@code sites.layers}; the upper half of the layers is measured besides
 * @param prompts prompt lengths in tokens; empty for the usual ones
 * @param steps training steps over which memory is watched; 0: not measured
 * @param quick fewer repetitions and sizes
 * @param large also measure a random model of 135 million parameters
 */
public record BenchOptions(String model, String layers, List<Integer> prompts, int steps, boolean quick, boolean large) {
    /** Steps where none are named. */
    public static int usualSteps(boolean quick) {
        return quick ? 200 : 1000;
    }

    public BenchOptions {
        prompts = List.copyOf(prompts);
        for (int prompt : prompts) {
            if (prompt < 8 || prompt > 100_000) {
                throw new InvalidInputException("Option --prompts has " + prompt + "; it must be from 8 to 100000 tokens.");
            }
        }
        if (steps < 0 || steps > 0 && steps < 20 || steps > 1_000_000) {
            throw new InvalidInputException("Option --steps is " + steps + "; it must be 0, or from 20 to 1000000.");
        }
    }
}
