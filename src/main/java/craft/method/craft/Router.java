package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.lm.Sequence;
import craft.method.Monitor;
import craft.method.NotFiniteException;
import craft.method.Schedule;
import craft.method.Stage;
import craft.method.TrainingTask;
import craft.method.train.Objective;
import craft.method.train.ReferenceStates;
import craft.method.train.TrainingLoop;
import java.util.ArrayList;
import java.util.List;

/** Stage 1: warm up a fresh intervention on the task, measure its divergence to every group, join the nearest or open one. */
final class Router {
    private final Workshop workshop;
    private final CraftOptions.Routing options;

    Router(Workshop workshop, CraftOptions.Routing options) {
        this.workshop = workshop;
        this.options = options;
    }

    /** Trains {@code fresh} with cross-entropy alone for the warm-up's steps. */
    InterventionSet warmUp(InterventionSet fresh, TrainingTask task, Lesson lesson, Monitor monitor) {
        int steps = options.warmupSteps();
        try (TrainingLoop loop = workshop.train(fresh)) {
            lesson.warmUp(loop);
            loop.run(new TrainingLoop.Plan(Stage.WARM_UP, task.train(), task.index() * 1000, steps,
                    Schedule.warmupOnly(workshop.training(), steps)), batch -> Objective.CROSS_ENTROPY, "", monitor);
            return workshop.set(loop.training());
        }
    }

    /** d_g to every group, d_0 to the untouched model, and the decision. */
    Monitor.Routed decide(InterventionSet warm, List<InterventionSet> groups, List<Sequence> probe) {
        List<Double> divergences = new ArrayList<>();
        double base;
        try (ReferenceStates own = workshop.states(warm, probe)) {
            for (InterventionSet group : groups) {
                divergences.add(divergence(own, group, probe));
            }
            base = divergence(own, null, probe);
        }
        return decide(divergences, base);
    }

    private double divergence(ReferenceStates own, InterventionSet other, List<Sequence> probe) {
        try (ReferenceStates states = workshop.states(other, probe)) {
            return NotFiniteException.require(NotFiniteException.What.DIVERGENCE, own.divergence(states, options.direction(), 1));
        }
    }

    /** g* = argmin d_g; join if d_g* <= tau, else open a new group while there may be one. */
    private Monitor.Routed decide(List<Double> divergences, double base) {
        boolean relative = options.threshold() == CraftOptions.Threshold.RELATIVE;
        double threshold = relative ? options.rho() * base : options.tau();
        String rule = relative ? "rho * d_0, rho = " + options.rho() : "tau";
        int nearest = 0;
        for (int g = 1; g <= divergences.size(); g++) {
            if (nearest == 0 || divergences.get(g - 1) < divergences.get(nearest - 1)) {
                nearest = g;
            }
        }
        boolean join = nearest > 0 && (divergences.get(nearest - 1) <= threshold || divergences.size() >= options.maxGroups());
        return new Monitor.Routed(divergences, base, threshold, rule, nearest, join ? nearest : divergences.size() + 1, !join);
    }
}
