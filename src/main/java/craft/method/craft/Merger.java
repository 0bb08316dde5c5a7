package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.lm.CausalLm.Direction;
import craft.lm.Sequence;
import craft.method.Monitor;
import craft.method.NotFiniteException;
import craft.method.Stage;
import craft.method.train.ReferenceStates;
import java.util.List;
import java.util.Locale;

/** Stage 3: the group's intervention becomes a mean of what it was and what was trained, weighted by the same divergence. */
final class Merger {
    private static final int SCAN = 10;
    private static final int REFINEMENTS = 4;

    private final Workshop workshop;
    private final CraftOptions.Merging options;
    private final Direction direction;

    Merger(Workshop workshop, CraftOptions.Merging options, Direction direction) {
        this.workshop = workshop;
        this.options = options;
        this.direction = direction;
    }

    InterventionSet merge(int group, InterventionSet reference, InterventionSet trained, List<Sequence> probe, Monitor monitor) {
        monitor.stageStarted(Stage.MERGE, 0);
        try (ReferenceStates before = workshop.states(reference, probe)) {
            double full = divergence(before, trained, probe);
            double alpha = switch (options.alpha()) {
                case LINE_SEARCH -> lineSearch(before, full, reference, trained, probe);
                case EXPONENTIAL -> Math.exp(-options.kappa() * full);
                case RATIONAL -> options.epsilon() / (options.epsilon() + full);
            };
            InterventionSet merged = mix(reference, trained, alpha);
            double budget = options.alpha() == CraftOptions.Alpha.EXPONENTIAL ? Double.NaN : options.epsilon();
            monitor.merged(new Monitor.Merge(group, alpha, options.alpha().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    budget, full, divergence(before, merged, probe)));
            monitor.stageFinished(Stage.MERGE, 0, "");
            return merged;
        }
    }

    /** The largest alpha whose merge stays within the budget: a scan from 1 downwards, then bisection of the last gap. */
    private double lineSearch(ReferenceStates before, double full, InterventionSet reference, InterventionSet trained, List<Sequence> probe) {
        if (full <= options.epsilon()) {
            return 1;
        }
        int good = SCAN - 1;
        while (good > 0 && divergence(before, mix(reference, trained, good / (double) SCAN), probe) > options.epsilon()) {
            good--;
        }
        double low = good / (double) SCAN;
        double high = (good + 1) / (double) SCAN;
        for (int i = 0; i < REFINEMENTS; i++) {
            double middle = (low + high) / 2;
            if (divergence(before, mix(reference, trained, middle), probe) <= options.epsilon()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private InterventionSet mix(InterventionSet reference, InterventionSet trained, double alpha) {
        return options.space() == CraftOptions.Space.FUNCTION
                ? workshop.math().mergeFunctions(reference, trained, alpha)
                : workshop.math().mergeParameters(reference, trained, alpha);
    }

    private double divergence(ReferenceStates before, InterventionSet set, List<Sequence> probe) {
        try (ReferenceStates states = workshop.states(set, probe)) {
            return NotFiniteException.require(NotFiniteException.What.DIVERGENCE, before.divergence(states, direction, 1));
        }
    }
}
