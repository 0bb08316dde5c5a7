package craft.task;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Scores of answered test rows. */
public final class Scoring {
    private Scoring() {
    }

    /**
     * @param task the task the rows belong to; it says which metric is its main value and whether answers were chosen
     *     among labels
     * @param rows at least one
     * @return all scores but those of inferring the group; union accuracy is NaN unless every row has an answer among all
     *     labels, balanced accuracy and macro F1 are NaN for a generation task, perplexity is NaN unless every row has
     *     a log-likelihood
     */
    public static Score score(Task task, List<Answered> rows) {
        return score(task.metric(), task.classification(), rows);
    }

    /** The same, told directly what it needs to know of the task. */
    public static Score score(TaskMetric metric, boolean classification, List<Answered> rows) {
        boolean union = rows.stream().allMatch(r -> r.givenUnion() != null);
        Map<String, Integer> counts = new HashMap<>();
        rows.forEach(r -> counts.merge(Texts.answer(r.expected()), 1, Integer::sum));
        double all = rows.size();
        return new Score(metric.of(rows), metric.name(), TaskMetric.ACCURACY.of(rows),
                classification ? TaskMetric.BALANCED_ACCURACY.of(rows) : Double.NaN,
                classification ? TaskMetric.MACRO_F1.of(rows) : Double.NaN,
                union ? rows.stream().filter(Answered::unionRight).count() / all : Double.NaN,
                counts.values().stream().mapToInt(c -> c).max().orElseThrow() / all,
                TaskMetric.PERPLEXITY.of(rows), Double.NaN, Double.NaN, rows.size());
    }
}
