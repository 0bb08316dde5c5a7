package craft.experiment;

import craft.lm.FloatTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What groups said of test rows, for as long as they stay as they are: a group that has not changed says the same of a row to
 * the last bit, so it is not asked again.
 */
final class RowMemo<T> {
    private final Map<Question, Known<T>> known = new HashMap<>();

    private record Question(int task, int group, List<String> labels) {
    }

    private record Known<T>(Map<String, FloatTensor> adapter, Map<Integer, T> ofRow) {
    }

    /**
     * Row to what is known of it, to be added to; empty for a group that has changed since.
     *
     * @param task 1-based
     * @param labels that were asked about, empty for a generated text
     * @param adapter what the group answers with; null where its method does not tell, and nothing is kept
     */
    Map<Integer, T> of(int task, int group, List<String> labels, Map<String, FloatTensor> adapter) {
        if (adapter == null) {
            return new HashMap<>();
        }
        Question question = new Question(task, group, labels);
        Known<T> before = known.get(question);
        if (before == null || !before.adapter.equals(adapter)) {
            before = new Known<>(adapter, new HashMap<>());
            known.put(question, before);
        }
        return before.ofRow;
    }
}
