package craft.experiment.study;

import craft.experiment.Metric;
import craft.experiment.Metrics;
import craft.experiment.RunEvent.Cost;
import craft.experiment.RunEvent.RunFinished;
import craft.task.Score;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A number of a run that the result tables give, with mean and standard deviation over a method's runs. A further column of every
 * table is one line in {@link #ALL}; where no run has the number it is left out of the tables for people.
 *
 * @param key in JSON and CSV
 * @param label in tables
 * @param formula or a few words on what it is
 * @param decimals shown
 */
public record Figure(String key, String label, String formula, int decimals, ToDoubleFunction<RunResult> value) {

    static final Figure OP = of(Metric.OVERALL_PERFORMANCE);

    public static final List<Figure> ALL = List.of(
            OP, of(Metric.FORGETTING), of(Metric.BACKWARD_TRANSFER), of(Metric.FORWARD_TRANSFER),
            of(Metric.LEARNING_ACCURACY), of(Metric.INTRANSIGENCE), of(Metric.FUAR),
            new Figure("opUnion", "OP, all labels", "OP where a task's answers are chosen among the labels of all tasks", 3,
                    r -> Metrics.overallPerformance(r.state().unionMatrix())),
            new Figure("opTaskFree", "OP, task unknown", "OP where the group is inferred for each row from its prompt", 3,
                    r -> atLast(r, Score::taskFree)),
            new Figure("groupAccuracy", "Group found", "share of rows whose inferred group is their task's, mean over tasks", 3,
                    r -> atLast(r, Score::groupAccuracy)),
            new Figure("groups", "Groups", "parameter sets that tasks are answered with", 1,
                    r -> r.state().groups() == 0 ? Double.NaN : r.state().groups()),
            new Figure("trainedParameters", "Parameters", "numbers trained", 0,
                    r -> r.atEnd(RunFinished::trainedParameters)),
            new Figure("storedBytes", "Bytes", "kept between tasks: parameters, copies of them, rows, statistics", 0, r -> cost(r, Cost::storedBytes)),
            new Figure("tokensForward", "Tokens forward", "tokens of all optimiser steps and of all rows scored", 0,
                    r -> cost(r, Cost::tokensForward)),
            new Figure("tokensBackward", "Tokens backward", "tokens of all optimiser steps", 0, r -> cost(r, Cost::tokensBackward)),
            new Figure("peakMegabytes", "Peak MB", "largest resident memory of the process", 0,
                    r -> cost(r, c -> c.peakResidentBytes() / 1e6)),
            new Figure("seconds", "Seconds", "wall time without pauses", 1, r -> r.atEnd(RunFinished::seconds)));

    private static Figure of(Metric metric) {
        return new Figure(metric.key(), metric.label(),
                metric.plainFormula() + (metric.higherIsBetter() ? "" : ", lower is better"), 3, r -> r.metric(metric));
    }

    private static double cost(RunResult result, ToDoubleFunction<Cost> part) {
        return result.atEnd(end -> end.cost() == null ? Double.NaN : part.applyAsDouble(end.cost()));
    }

    /** Mean over the tasks of a score after the last one; NaN when a task has none. */
    private static double atLast(RunResult result, ToDoubleFunction<Score> score) {
        int tasks = result.state().tasks().size();
        return IntStream.rangeClosed(1, tasks).mapToDouble(task -> result.state().evaluation(tasks, task)
                .map(e -> score.applyAsDouble(e.score())).orElse(Double.NaN)).average().orElse(Double.NaN);
    }

    double of(RunResult result) {
        return value.applyAsDouble(result);
    }

    /** {@code 0.702 ± 0.010}; {@code -} for what was not measured. */
    String show(Summary summary) {
        if (summary.count() == 0) {
            return "-";
        }
        return show(summary.mean()) + (summary.count() == 1 ? "" : " ± " + show(summary.deviation()));
    }

    String show(double number) {
        return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%,." + decimals + "f", number);
    }
}
