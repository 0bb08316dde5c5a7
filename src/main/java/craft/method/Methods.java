package craft.method;

import craft.intervention.SiteOptions;
import craft.lm.CausalLm;
import craft.method.craft.CraftMethod;
import craft.method.craft.CraftOptions;

/** All methods there are: a new one is one class and one line here, and one in {@link MethodOptions}. */
public final class Methods {
    private Methods() {
    }

    /** @param cacheBytes memory for prefilled prompts */
    public static ContinualMethod create(MethodOptions options, CausalLm model, SiteOptions sites, TrainingOptions training,
            long seed, long cacheBytes) {
        if (options instanceof CraftOptions craft) {
            return new CraftMethod(model, craft, sites, training, seed, cacheBytes);
        }
        throw new IllegalArgumentException("no method for " + options.getClass());
    }
}
