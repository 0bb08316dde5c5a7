package craft.task;

import craft.error.InvalidInputException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A score of answered test rows. {@link Perplexity} apart, every value is in [0, 1] and higher is better. A task names
 * its metric in {@code about.json}; the choice among labels itself is by log-likelihood, whatever the metric.
 */
public sealed interface TaskMetric permits ExactMatch, BalancedAccuracy, MacroF1, RougeL, Sari, EditSimilarity,
        FirstCharacter, Perplexity {
    /** Share of rows answered right; of a task with labels unless it says otherwise. */
    TaskMetric ACCURACY = new ExactMatch("accuracy");
    /** The same of generated answers; of a task without labels unless it says otherwise. */
    TaskMetric EXACT_MATCH = new ExactMatch("exact-match");
    TaskMetric BALANCED_ACCURACY = new BalancedAccuracy();
    TaskMetric MACRO_F1 = new MacroF1();
    TaskMetric ROUGE_L = new RougeL();
    TaskMetric SARI = new Sari();
    TaskMetric EDIT_SIMILARITY = new EditSimilarity();
    TaskMetric FIRST_CHARACTER = new FirstCharacter();
    /** Not in [0, 1] and lower is better: an additional number, never a task's own metric. */
    TaskMetric PERPLEXITY = new Perplexity();

    /** As {@code about.json} and journals write it, for example {@code rouge-l}. */
    String name();

    /** The formula in one line, as shown beside the number. */
    String formula();

    /** The score of one row by itself. */
    double row(Answered answered);

    /** The score of all rows, at least one. Unless a metric says otherwise, the mean over the rows. */
    default double of(List<Answered> answered) {
        if (answered.isEmpty()) {
            throw new IllegalArgumentException("No rows to score");
        }
        return answered.stream().mapToDouble(this::row).sum() / answered.size();
    }

    /** The metrics that a task may name. */
    static List<TaskMetric> forTasks() {
        return List.of(ACCURACY, BALANCED_ACCURACY, MACRO_F1, EXACT_MATCH, ROUGE_L, SARI, EDIT_SIMILARITY,
                FIRST_CHARACTER);
    }

    /**
     * @param where how to begin a message
     * @throws InvalidInputException when a task may name no such metric
     */
    static TaskMetric named(String name, String where) {
        String wanted = name.strip().toLowerCase(Locale.ROOT).replace('_', '-').replace(' ', '-');
        return forTasks().stream().filter(m -> m.name().equals(wanted)).findFirst()
                .orElseThrow(() -> new InvalidInputException(where + "there is no metric \"" + name + "\""
                        + (wanted.equals(PERPLEXITY.name()) ? " for a task; perplexity is reported of every task, "
                        + "beside its metric" : "") + ". Write one of "
                        + String.join(", ", forTasks().stream().map(TaskMetric::name).toList()) + "."));
    }

    /**
     * The metric of a data set of the TRACE benchmark (Wang et al. 2023, arXiv 2310.06762, table 1), by its folder's
     * name in any case.
     */
    static Optional<TaskMetric> ofTrace(String folder) {
        return switch (folder.toLowerCase(Locale.ROOT)) {
            case "c-stance", "fomc", "numglue-cm", "numglue-ds" -> Optional.of(ACCURACY);
            case "meetingbank" -> Optional.of(ROUGE_L);
            case "py150" -> Optional.of(EDIT_SIMILARITY);
            case "scienceqa" -> Optional.of(FIRST_CHARACTER);
            case "20minuten" -> Optional.of(SARI);
            default -> Optional.empty();
        };
    }
}
