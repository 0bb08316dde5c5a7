package craft.method.craft;

import craft.method.State;
import craft.method.craft.CraftOptions.LambdaRule;

/**
 * Lambda, the weight of the divergence in the loss: fixed, or by dual ascent the multiplier of the constraint
 * {@code KL <= epsilon}, {@code lambda <- max(0, lambda + eta (KL - epsilon))} after each step with that step's KL (the
 * projected gradient ascent on the Lagrangian's dual; Boyd and Vandenberghe 2004, section 5; Bertsekas 1999, section 6.3).
 */
final class Multiplier {
    private final CraftOptions.Tuning options;
    private double lambda;

    Multiplier(CraftOptions.Tuning options) {
        this.options = options;
        this.lambda = options.lambda();
    }

    double lambda() {
        return lambda;
    }

    /** @param kl NaN without a reference: then nothing changes */
    void step(double kl) {
        if (options.lambdaRule() == LambdaRule.DUAL_ASCENT && !Double.isNaN(kl)) {
            lambda = Math.max(0, lambda + options.eta() * (kl - options.epsilon()));
        }
    }

    void save(State to) {
        to.put("lambda", lambda);
    }

    void restore(State from) {
        lambda = from.real("lambda");
    }
}
