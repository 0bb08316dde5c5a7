package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.lm.Sequence;
import craft.method.Batches;
import craft.method.Monitor;
import craft.method.Schedule;
import craft.method.Stage;
import craft.method.TrainingTask;
import craft.method.train.Objective;
import craft.method.train.Objective.Anchor;
import craft.method.train.ReferenceStates;
import craft.method.train.Training;
import craft.method.train.TrainingLoop;
import java.util.List;

/** Stage 2: cross-entropy plus lambda times the divergence to the group's frozen intervention, until a stopping rule fires. */
final class Tuner {
    private final Workshop workshop;
    private final CraftOptions.Tuning options;

    Tuner(Workshop workshop, CraftOptions.Tuning options) {
        this.workshop = workshop;
        this.options = options;
    }

    /**
     * @param start where training starts
     * @param reference the group's frozen intervention, null for a new group
     */
    InterventionSet tune(InterventionSet start, InterventionSet reference, TrainingTask task, Lesson lesson, Monitor monitor) {
        boolean anchored = options.watched() && (reference != null || options.anchorNewGroups());
        try (ReferenceStates states = anchored ? workshop.states(reference, task.train()) : null;
                TrainingLoop loop = workshop.train(start)) {
            StoppingRules rules = new StoppingRules(options);
            Multiplier multiplier = new Multiplier(options);
            lesson.tune(loop, rules, multiplier);
            int planned = workshop.training().epochsOf(task.name()) * Batches.perEpoch(task.train(), workshop.training());
            loop.run(new TrainingLoop.Plan(Stage.TUNE, task.train(), task.index() * 1000 + 500, planned,
                    Schedule.warmupAndDecay(workshop.training(), planned)),
                    new Course(states, rules, multiplier, loop.training(), workshop.withoutGradient(task.eval()), monitor),
                    "epochs", monitor);
            return workshop.set(loop.training());
        }
    }

    private final class Course implements TrainingLoop.Course {
        private final ReferenceStates reference;
        private final StoppingRules rules;
        private final Multiplier multiplier;
        private final Training training;
        private final List<List<Sequence>> validation;
        private final Monitor monitor;

        /** @param reference null without a divergence */
        Course(ReferenceStates reference, StoppingRules rules, Multiplier multiplier, Training training,
                List<List<Sequence>> validation, Monitor monitor) {
            this.reference = reference;
            this.rules = rules;
            this.multiplier = multiplier;
            this.training = training;
            this.validation = validation;
            this.monitor = monitor;
        }

        @Override
        public Objective objective(List<Sequence> batch) {
            return reference == null ? Objective.CROSS_ENTROPY
                    : Objective.anchored(new Anchor(reference, options.direction(), options.temperature(), multiplier.lambda()));
        }

        @Override
        public String after(int step, Training.Outcome outcome) {
            rules.step(outcome.kl());
            multiplier.step(outcome.kl());
            if (rules.overBudget()) {
                return "budget";
            }
            if (step % options.checkEvery() == 0 && !validation.isEmpty()) {
                double crossEntropy = training.crossEntropy(validation);
                monitor.validated(step, crossEntropy, rules.klAverage());
                if (rules.settled(crossEntropy)) {
                    return "settled";
                }
            }
            return null;
        }
    }
}
