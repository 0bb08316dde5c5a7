package craft.method.lora;

import craft.error.InvalidInputException;
import craft.error.Range;
import craft.intervention.Layers;
import craft.lm.ModelConfig;
import craft.lm.Projection;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where LoRA's updates go and how large they are (Hu et al. 2022). Dropout, which the authors apply to x before A, is none
 * here: every pass must give the same numbers again, with the cache or without.
 *
 * @param targets projections that get an update: {@code all}, or some of q, k, v, o, gate, up, down, by commas
 * @param layers {@code all}, or layers and ranges such as {@code 1,3,5} or {@code 0-5} (0-based)
 * @param rank rank r of every update
 * @param alpha the update is scaled by alpha / r
 */
public record LoraOptions(String targets, String layers, int rank, double alpha) {
    /** q and v as the authors found best (their section 7.1), with PEFT's usual r = 8 and alpha = 2 r. */
    public static LoraOptions defaults() {
        return new LoraOptions("q,v", "all", 8, 16);
    }

    /** alpha / r. */
    public double scale() {
        return alpha / rank;
    }

    /**
     * What can be said without a model.
     *
     * @param option path of these options, for messages
     */
    public void check(String option) {
        names(option);
        Range.between(option + ".rank", rank, 1, 65_536);
        Range.above(option + ".alpha", alpha, 0, 1e6);
        Layers.check(layers, option + ".layers");
    }

    /** The projections meant, in their own order; refuses one that the model's blocks do not have. */
    public List<Projection> projectionsOf(ModelConfig config, String option) {
        boolean all = targets.strip().equalsIgnoreCase("all");
        for (Projection projection : names(option)) {
            if (!all && !projection.existsIn(config)) {
                throw new InvalidInputException("Option " + option + ".targets names " + projection.shortName()
                        + ", but the model's blocks have no such projection (" + config.architecture() + "). Choose among "
                        + known(EnumSet.allOf(Projection.class).stream().filter(p -> p.existsIn(config)).toList()) + ".");
            }
        }
        return names(option).stream().filter(p -> p.existsIn(config)).toList();
    }

    /** The blocks meant, ascending. */
    public int[] layersOf(ModelConfig config, String option) {
        return Layers.parse(layers, config.layers(), option + ".layers");
    }

    private Set<Projection> names(String option) {
        if (targets.strip().equalsIgnoreCase("all")) {
            return EnumSet.allOf(Projection.class);
        }
        Set<Projection> found = EnumSet.noneOf(Projection.class);
        for (String part : targets.split(",", -1)) {
            String name = part.strip().toLowerCase(Locale.ROOT);
            found.add(Arrays.stream(Projection.values()).filter(p -> p.shortName().equals(name)).findFirst()
                    .orElseThrow(() -> new InvalidInputException("Option " + option + ".targets is \"" + targets
                            + "\"; write all, or some of " + known(List.of(Projection.values())) + " with commas between.")));
        }
        return found;
    }

    private static String known(List<Projection> projections) {
        return projections.stream().map(Projection::shortName).collect(Collectors.joining(", "));
    }
}
