package craft.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One task of a sequence.
 *
 * @param name folder name, unique within a sequence
 * @param labels the labels to choose among, in the order of the prompt; empty for a generation task
 * @param train rows to learn from; never empty
 * @param eval rows for validation (stopping rules); may be empty
 * @param test rows to score; never empty
 * @param metric what the task's rows are scored by
 * @param about free facts of {@code about.json} for display: kind, language, licence, source
 */
public record Task(String name, List<String> labels, List<Example> train, List<Example> eval, List<Example> test,
        TaskMetric metric, Map<String, String> about) {
    public Task {
        labels = List.copyOf(labels);
        train = List.copyOf(train);
        eval = List.copyOf(eval);
        test = List.copyOf(test);
        Objects.requireNonNull(metric, "metric");
        // Not Map.copyOf, whose order changes from one start of Java to the next.
        about = Collections.unmodifiableMap(new LinkedHashMap<>(about));
    }

    /** Whether the prompts list the labels, which in class-incremental learning gives the task away. */
    public boolean listsLabels() {
        return classification() && train.get(0).prompt().contains(String.join(", ", labels));
    }

    public boolean classification() {
        return !labels.isEmpty();
    }
}
