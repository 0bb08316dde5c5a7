package craft.method.craft;

import craft.error.InvalidInputException;
import craft.error.Range;
import craft.lm.CausalLm.Direction;
import craft.method.MethodOptions;
import java.util.List;

/** The options of CRAFT, one record a stage. Defaults are those of {@link #defaults()}. */
public record CraftOptions(Routing routing, Tuning tuning, Merging merging, Inference inference) implements MethodOptions {

    public enum Threshold { RELATIVE, ABSOLUTE }

    /** How lambda comes about: as given, or following the divergence to its budget. */
    public enum LambdaRule { FIXED, DUAL_ASCENT }

    public enum Start { GROUP, WARM_UP }

    public enum Alpha { LINE_SEARCH, EXPONENTIAL, RATIONAL }

    public enum Space { FUNCTION, PARAMETER }

    /** How a prompt's group is chosen when nothing is said of its task: see {@link GroupChoice}. */
    public enum Inference { NEAREST, DIVERGENCE, ENTROPY }

    /**
     * Stage 1. With {@code enabled} false every task goes to one group and no warm-up is run.
     *
     * @param warmupSteps cross-entropy steps of the fresh intervention before its divergences are measured
     * @param probeExamples training rows on which divergences are measured
     * @param threshold how tau is given
     * @param rho tau = rho * d_0 when the threshold is relative
     * @param tau the absolute threshold, nats per answer token
     * @param maxGroups no new group is opened beyond this many
     */
    public record Routing(boolean enabled, int warmupSteps, int probeExamples, Direction direction,
            Threshold threshold, double rho, double tau, int maxGroups) {
    }

    /**
     * Stage 2.
     *
     * @param lambda weight of the divergence to the group's frozen intervention in the loss; with lambda and epsilon 0 the
     *     divergence is not computed. With dual ascent its first value
     * @param lambdaRule whether lambda stays as it is
     * @param eta step size of the dual ascent
     * @param temperature softmax temperature T of the divergence, which is scaled by T^2
     * @param start where a joined group's training starts
     * @param anchorNewGroups hold new groups to the untouched base model with the same lambda
     * @param epsilon forgetting budget, nats per answer token: tuning stops when the moving average of the divergence
     *     exceeds it; 0 switches the rule off. With dual ascent lambda keeps the divergence at it, and the rule is off
     * @param settleDelta relative change of the divergence below which it counts as settled; 0 switches the rule off
     * @param settleChecks number of validation checks in a row over which it must be settled
     * @param checkEvery optimiser steps between two checks
     */
    public record Tuning(double lambda, LambdaRule lambdaRule, double eta, Direction direction, double temperature, Start start,
            boolean anchorNewGroups, double epsilon, double settleDelta, int settleChecks, int checkEvery) {

        /** Whether the divergence to the reference is computed at all. */
        boolean watched() {
            return lambda > 0 || epsilon > 0;
        }
    }

    /**
     * Stage 3. With {@code enabled} false the newly trained intervention replaces the group's (alpha = 1).
     *
     * @param epsilon budget of the line search and constant of the rational rule, nats per answer token
     * @param kappa constant of the exponential rule
     */
    public record Merging(boolean enabled, Alpha alpha, Space space, double epsilon, double kappa) {
    }

    public static CraftOptions defaults() {
        return new CraftOptions(
                new Routing(true, 40, 32, Direction.FORWARD, Threshold.RELATIVE, 0.3, 0.5, 100),
                new Tuning(0.5, LambdaRule.FIXED, 0.1, Direction.FORWARD, 1, Start.GROUP, false, 0.5, 0.02, 3, 25),
                new Merging(true, Alpha.LINE_SEARCH, Space.FUNCTION, 0.25, 1),
                Inference.NEAREST);
    }

    @Override
    public String displayName() {
        if (!routing.enabled && !tuning.watched() && !merging.enabled) {
            return "Sequential LoReFT";
        }
        return "CRAFT (this implementation)";
    }

    @Override
    public List<String> formula() {
        if (!tuning.watched()) {
            return List.of("L = CE");
        }
        String divergence = switch (tuning.direction) {
            case FORWARD -> "KL(p_{g} ‖ p)";
            case REVERSE -> "KL(p ‖ p_{g})";
            case SYMMETRIC -> "JS(p_{g}, p)";
        };
        String loss = "L = CE + λ T² " + divergence;
        return tuning.lambdaRule == LambdaRule.FIXED ? List.of(loss) : List.of(loss, "λ ← max(0, λ + η (KL − ε))");
    }

    @Override
    public boolean routes() {
        return routing.enabled;
    }

    @Override
    public boolean measuresDivergence() {
        return tuning.watched();
    }

    @Override
    public double divergenceBudget() {
        return tuning.epsilon;
    }

    @Override
    public void check() {
        atLeast("method.routing.warmupSteps", routing.warmupSteps, routing.enabled ? 1 : 0);
        atLeast("method.routing.probeExamples", routing.probeExamples, 1);
        atLeast("method.routing.maxGroups", routing.maxGroups, 1);
        atLeast("method.routing.rho", routing.rho, 0);
        atLeast("method.routing.tau", routing.tau, 0);
        atLeast("method.tuning.lambda", tuning.lambda, 0);
        above("method.tuning.eta", tuning.eta, 0);
        if (tuning.lambdaRule == LambdaRule.DUAL_ASCENT && tuning.epsilon == 0) {
            throw new InvalidInputException("Option method.tuning.lambdaRule is dual-ascent, which needs a budget to go to: "
                    + "set method.tuning.epsilon above 0.");
        }
        above("method.tuning.temperature", tuning.temperature, 0);
        atLeast("method.tuning.epsilon", tuning.epsilon, 0);
        atLeast("method.tuning.settleDelta", tuning.settleDelta, 0);
        atLeast("method.tuning.settleChecks", tuning.settleChecks, 1);
        atLeast("method.tuning.checkEvery", tuning.checkEvery, 1);
        above("method.merging.epsilon", merging.epsilon, 0);
        atLeast("method.merging.kappa", merging.kappa, 0);
    }

    private static void atLeast(String option, Number value, int least) {
        Range.between(option, value, least, 1e9);
    }

    private static void above(String option, double value, int bound) {
        Range.above(option, value, bound, 1e9);
    }
}
