package craft.method;

import craft.intervention.SiteOptions;
import craft.lm.CausalLm;

/**
 * What every method is made from, beside its own options.
 *
 * @param model the frozen model; closed by the caller, after the method
 * @param sites where interventions act, for methods that train some, and where in hidden space prompts are compared
 * @param seed of the run; every use of chance draws its own stream from it, see {@link Seeds}
 * @param cacheBytes memory for prefilled prompts
 */
public record MethodSetup(CausalLm model, SiteOptions sites, TrainingOptions training, long seed, long cacheBytes) {
}
