package craft.method.train;

import craft.lm.Sequence;
import craft.method.Batches;
import craft.method.Monitor;
import craft.method.NotFiniteException;
import craft.method.Schedule;
import craft.method.Stage;
import craft.method.State;
import craft.method.TrainingOptions;
import java.util.List;

/**
 * Passes of a {@link Training} over training rows, one optimiser step after the other. After every step it stands at a
 * safe point, from which {@link #save} and {@link #restore} let another process go on with the very next step.
 */
public final class TrainingLoop implements AutoCloseable {
    /**
     * @param order index of the stream of chance that orders the first epoch's rows; each later epoch takes the next one
     * @param steps optimiser steps at most
     */
    public record Plan(Stage stage, List<Sequence> rows, int order, int steps, Schedule schedule) {
    }

    /** What a method decides from step to step. */
    public interface Course {
        /**
         * The rows of the next step, which may hold more than the task's own.
         *
         * @param step 1-based
         */
        default List<Sequence> batch(List<Sequence> own, int step) {
            return own;
        }

        /** What the next step minimises on this batch. */
        Objective objective(List<Sequence> batch);

        /**
         * Called after each step.
         *
         * @param step 1-based
         * @return why the loop is to end here, or null to go on
         */
        default String after(int step, Training.Outcome outcome) {
            return null;
        }
    }

    private final Training training;
    private final TrainingOptions options;
    private final long seed;
    private List<List<Sequence>> batches = List.of();
    private int epochOfBatches = -1;
    private int done;
    private String reason;

    /** @param training closed with this */
    public TrainingLoop(Training training, TrainingOptions options, long seed) {
        this.training = training;
        this.options = options;
        this.seed = seed;
    }

    public Training training() {
        return training;
    }

    /**
     * Goes on from where it stands until the plan's steps are done or the course ends it.
     *
     * @param whole the reason to report after all steps
     * @throws NotFiniteException with the step at which a number was not finite any more; that step is not told
     */
    public void run(Plan plan, Course course, String whole, Monitor monitor) {
        if (done == 0) {
            monitor.stageStarted(plan.stage, plan.steps);
        }
        while (reason == null && done < plan.steps) {
            int step = done + 1;
            try {
                step(next(plan), plan, course, monitor);
            } catch (NotFiniteException e) {
                throw e.at(step, plan.steps, done == step);
            }
        }
        requireFinite(plan);
        monitor.stageFinished(plan.stage, done, reason == null ? whole : reason);
    }

    /** No further loss would tell of what the last step made of the parameters. */
    private void requireFinite(Plan plan) {
        try {
            NotFiniteException.require(NotFiniteException.What.WEIGHTS, training.values());
        } catch (NotFiniteException e) {
            throw e.at(done, plan.steps, true);
        }
    }

    private List<Sequence> next(Plan plan) {
        int perEpoch = Batches.perEpoch(plan.rows, options);
        int epoch = done / perEpoch;
        if (epoch != epochOfBatches) {
            batches = Batches.epoch(plan.rows, options, seed, plan.order + epoch);
            epochOfBatches = epoch;
        }
        return batches.get(done % perEpoch);
    }

    private void step(List<Sequence> own, Plan plan, Course course, Monitor monitor) {
        List<Sequence> batch = course.batch(own, done + 1);
        double rate = plan.schedule.rate(done + 1);
        Objective objective = course.objective(batch);
        Training.Outcome o = training.step(batch, objective, rate);
        done++;
        monitor.step(new Monitor.Step(plan.stage, done, plan.steps, o.loss(), o.crossEntropy(), o.kl(),
                objective.anchor() == null ? 0 : objective.anchor().lambda(), rate, o.gradientNorm(), o.tokens()));
        reason = course.after(done, o);
        monitor.safePoint();
    }

    public void save(State to) {
        to.put("done", done);
        if (reason != null) {
            to.put("reason", reason);
        }
        training.save(to.part("training"));
    }

    public void restore(State from) {
        done = from.integer("done");
        reason = from.has("reason") ? from.text("reason") : null;
        training.restore(from.part("training"));
    }

    @Override
    public void close() {
        training.close();
    }
}
