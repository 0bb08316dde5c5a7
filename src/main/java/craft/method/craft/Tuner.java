package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.lm.Sequence;
import craft.method.Batches;
import craft.method.Monitor;
import craft.method.Schedule;
import craft.method.Stage;
import craft.method.TrainingTask;
import craft.method.reft.LoReftTraining;
import craft.method.reft.LoReftTraining.Anchor;
import craft.method.reft.ReferenceStates;
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
    InterventionSet tune(InterventionSet start, InterventionSet reference, TrainingTask task, Monitor monitor) {
        boolean anchored = options.watched() && (reference != null || options.anchorNewGroups());
        try (ReferenceStates states = anchored ? workshop.states(reference, task.train()) : null;
                LoReftTraining training = workshop.train(start)) {
            Anchor anchor = anchored ? new Anchor(states, options.direction(), options.temperature(), options.lambda()) : null;
            run(training, anchor, task, monitor);
            return training.current();
        }
    }

    private void run(LoReftTraining training, Anchor anchor, TrainingTask task, Monitor monitor) {
        int batchSize = workshop.training().batchSize();
        int planned = workshop.training().epochs() * Batches.perEpoch(task.train().size(), batchSize);
        Schedule schedule = Schedule.warmupAndDecay(workshop.training(), planned);
        StoppingRules rules = new StoppingRules(options);
        List<List<Sequence>> validation = workshop.withoutGradient(task.eval());
        monitor.stageStarted(Stage.TUNE, planned);
        int step = 0;
        for (int epoch = 0; epoch < workshop.training().epochs(); epoch++) {
            for (List<Sequence> batch : Batches.epoch(task.train(), batchSize, workshop.seed(), task.index() * 1000 + 500 + epoch)) {
                double rate = schedule.rate(++step);
                LoReftTraining.Outcome o = training.step(batch, anchor, rate);
                monitor.step(new Monitor.Step(Stage.TUNE, step, planned, o.loss(), o.crossEntropy(), o.kl(),
                        anchor == null ? 0 : options.lambda(), rate, o.gradientNorm(),
                        batch.stream().mapToInt(Sequence::length).sum()));
                rules.step(o.kl());
                if (rules.overBudget()) {
                    monitor.stageFinished(Stage.TUNE, step, "budget");
                    return;
                }
                if (step % options.checkEvery() == 0 && !validation.isEmpty()) {
                    double crossEntropy = training.crossEntropy(validation);
                    monitor.validated(step, crossEntropy, rules.klAverage());
                    if (rules.settled(crossEntropy)) {
                        monitor.stageFinished(Stage.TUNE, step, "settled");
                        return;
                    }
                }
            }
        }
        monitor.stageFinished(Stage.TUNE, step, "epochs");
    }
}
