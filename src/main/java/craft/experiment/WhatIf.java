package craft.experiment;

import craft.experiment.RunEvent.RoutingDecided;
import java.util.List;

/**
 * Routing decisions replayed under another threshold, from the divergences a run has stored. One step each: every task
 * is decided anew against the groups that really existed then, whatever would have become of the earlier ones.
 *
 * @param relative true: {@code value} is rho and tau = rho * d_0; false: {@code value} is tau itself, nats per token
 * @param value the threshold to try
 */
public record WhatIf(boolean relative, double value) {

    /**
     * @param threshold tau that would have been applied
     * @param nearest group of the smallest divergence, 0 when there was none
     * @param opens true when a group would be opened
     * @param changed true when that is not what the run did
     */
    public record Outcome(int task, double threshold, int nearest, boolean opens, boolean changed) {
    }

    /** Whether the run's rule is relative to d_0, judged by how the events name it. */
    public static boolean relative(List<RoutingDecided> routings) {
        return routings.isEmpty()
                || routings.stream().anyMatch(r -> r.rule().contains("d_0") || r.rule().contains("d0"));
    }

    /** rho or tau as the run had it: of the last decision, which had groups to choose from if any had. */
    public static double actual(List<RoutingDecided> routings, boolean relative) {
        for (int i = routings.size() - 1; i >= 0; i--) {
            RoutingDecided r = routings.get(i);
            double value = relative ? r.threshold() / r.baseDivergence() : r.threshold();
            if (Double.isFinite(value)) {
                return value;
            }
        }
        return Double.NaN;
    }

    /** The value of rho or tau from which on the task would join, infinite where there was no group. */
    public static double joinsFrom(RoutingDecided routing, boolean relative) {
        int nearest = nearest(routing.divergences());
        if (nearest == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double smallest = routing.divergences().get(nearest - 1);
        return relative ? smallest / routing.baseDivergence() : smallest;
    }

    public Outcome decide(RoutingDecided routing) {
        double threshold = relative ? value * routing.baseDivergence() : value;
        int nearest = nearest(routing.divergences());
        boolean opens = nearest == 0 || !(routing.divergences().get(nearest - 1) <= threshold);
        boolean changed = opens != routing.opened() || !opens && nearest != routing.group();
        return new Outcome(routing.task(), threshold, nearest, opens, changed);
    }

    public List<Outcome> decide(List<RoutingDecided> routings) {
        return routings.stream().map(this::decide).toList();
    }

    private static int nearest(List<Double> divergences) {
        int best = 0;
        for (int g = 1; g <= divergences.size(); g++) {
            double d = divergences.get(g - 1);
            if (Double.isFinite(d) && (best == 0 || d < divergences.get(best - 1))) {
                best = g;
            }
        }
        return best;
    }
}
