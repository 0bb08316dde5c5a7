package craft.experiment.study;

import craft.experiment.Metric;
import craft.experiment.RunEvent.TaskInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A study's runs as they are, and what follows from those that have finished. Immutable. */
public final class StudyResults {
    private final Study study;
    private final List<RunResult> runs;

    /** @param runs one for each of the study's runs, in its order */
    public StudyResults(Study study, List<RunResult> runs) {
        this.study = study;
        this.runs = runs.stream().map(r -> r.withJoint(joint(study, runs, r))).toList();
    }

    private static List<Double> joint(Study study, List<RunResult> runs, RunResult of) {
        return runs.stream().filter(r -> r.finished() && r.run().configuration().equals(study.joint())
                && r.run().pairing().equals(of.run().pairing())).findFirst()
                .map(r -> IntStream.rangeClosed(1, r.state().matrix().tasks())
                        .mapToObj(i -> r.state().matrix().get(r.state().matrix().tasks(), i)).toList())
                .orElse(List.of());
    }

    public Study study() {
        return study;
    }

    /** All runs, those that are not there included. */
    public List<RunResult> runs() {
        return runs;
    }

    /** Those that do not count (yet). */
    public List<RunResult> missing() {
        return runs.stream().filter(r -> !r.finished()).toList();
    }

    List<RunResult> of(String configuration) {
        return runs.stream().filter(r -> r.run().configuration().equals(configuration)).toList();
    }

    private List<RunResult> finished(String configuration) {
        return of(configuration).stream().filter(RunResult::finished).toList();
    }

    int finishedRuns(String configuration) {
        return finished(configuration).size();
    }

    /** Whether any finished run has the number at all. */
    boolean known(Figure figure) {
        return runs.stream().anyMatch(r -> r.finished() && !Double.isNaN(figure.of(r)));
    }

    public Summary summary(String configuration, Figure figure) {
        return Summary.of(finished(configuration).stream().mapToDouble(figure::of).toArray());
    }

    /** OP of the first minus OP of the second on every order and seed that both have finished, in the study's order. */
    public double[] differences(String configuration, String other) {
        Map<StudyRun.Pairing, Double> others = new LinkedHashMap<>();
        finished(other).forEach(r -> others.put(r.run().pairing(), r.metric(Metric.OVERALL_PERFORMANCE)));
        return finished(configuration).stream().filter(r -> others.containsKey(r.run().pairing()))
                .mapToDouble(r -> r.metric(Metric.OVERALL_PERFORMANCE) - others.get(r.run().pairing()))
                .filter(d -> !Double.isNaN(d)).toArray();
    }

    /** Against the reference; empty for the reference itself and without a pair of finished runs. */
    public Optional<Comparison> comparison(String configuration) {
        double[] differences = differences(configuration, study.reference());
        return configuration.equals(study.reference()) || differences.length == 0 ? Optional.empty()
                : Optional.of(Comparison.of(differences, testToTrain()));
    }

    public Wins wins(String configuration, String other) {
        return Wins.of(differences(configuration, other));
    }

    /** n_test / n_train of the first finished run, over all its tasks; NaN before. All runs share their data. */
    double testToTrain() {
        return runs.stream().filter(RunResult::finished).findFirst().map(r -> {
            List<TaskInfo> tasks = r.state().tasks();
            return tasks.stream().mapToDouble(TaskInfo::testRows).sum() / tasks.stream().mapToDouble(TaskInfo::trainRows).sum();
        }).orElse(Double.NaN);
    }

    /** For each order the mean OP over the seeds; NaN where no run has finished. */
    List<Double> orderMeans(String configuration) {
        List<Double> means = new ArrayList<>();
        for (int order = 1; order <= study.orders().size(); order++) {
            int o = order;
            means.add(Summary.of(finished(configuration).stream().filter(r -> r.run().order() == o)
                    .mapToDouble(r -> r.metric(Metric.OVERALL_PERFORMANCE)).toArray()).mean());
        }
        return means;
    }

    /**
     * Order robustness: the spread of the orders' means over their seeds. Its {@link Summary#deviation} and
     * {@link Summary#range} are small when the order in which tasks come does not matter.
     */
    public Summary orders(String configuration) {
        return Summary.of(orderMeans(configuration).stream().mapToDouble(Double::doubleValue).toArray());
    }
}
