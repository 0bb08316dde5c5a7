package craft.experiment;

import craft.error.InvalidInputException;
import craft.lm.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a model can tell labels apart: a choice between two that are the same tokens is decided by rounding. */
final class LabelTokens {
    private final Tokens tokens;
    private final boolean ended;

    /** @param ended whether something behind a label says that it is at its end, so that it may begin another one */
    LabelTokens(Tokens tokens, boolean ended) {
        this.tokens = tokens;
        this.ended = ended;
    }

    /**
     * @param where how to begin a message
     * @throws InvalidInputException when two of a task's labels cannot be told apart, or one is nothing that the model can read
     */
    void check(List<String> labels, String where) {
        clash(labels).ifPresent(clash -> {
            throw new InvalidInputException(where + clash + " Rename one of them, or use another model.");
        });
        for (String label : labels) {
            int[] ids = TaskEncoder.answerIds(tokens, label);
            if (readable(ids)) {
                continue;
            }
            throw new InvalidInputException(where + "the label \"" + label + "\" becomes " + (ids.length == 0 ? "no token at all"
                    : "only the token for what is unknown") + " with this model's tokenizer, so its score would mean nothing. "
                    + "Rename it, or use another model.");
        }
    }

    /** Whether there is more than the token that stands for whatever the vocabulary cannot write. */
    private boolean readable(int[] ids) {
        int[] known = Arrays.stream(ids).filter(id -> id != tokens.unknown()).toArray();
        return known.length == ids.length ? ids.length > 0 : !tokens.decode(known).isBlank();
    }

    /** Two labels that cannot be told apart, and why, as a sentence. */
    Optional<String> clash(List<String> labels) {
        Map<List<Integer>, String> byTokens = new HashMap<>();
        Map<String, List<Integer>> all = new HashMap<>();
        for (String label : labels) {
            List<Integer> ids = Arrays.stream(TaskEncoder.answerIds(tokens, label)).boxed().toList();
            String same = byTokens.putIfAbsent(ids, label);
            if (same != null) {
                return Optional.of("the labels \"" + same + "\" and \"" + label + "\" become the same tokens with this model's tokenizer"
                        + (ids.contains(tokens.unknown()) ? ", which does not know their characters" : "")
                        + ", so that no score can tell them apart.");
            }
            all.put(label, ids);
        }
        return ended ? Optional.empty() : prefix(labels, all, byTokens);
    }

    private static Optional<String> prefix(List<String> labels, Map<String, List<Integer>> all, Map<List<Integer>, String> byTokens) {
        for (String label : labels) {
            List<Integer> ids = new ArrayList<>(all.get(label));
            while (ids.size() > 1) {
                ids.remove(ids.size() - 1);
                String shorter = byTokens.get(ids);
                if (shorter != null) {
                    return Optional.of("the tokens of the label \"" + shorter + "\" are the beginning of \"" + label + "\", and the model has no "
                            + "end-of-text token (\"eos_token_id\" in config.json), so that the longer label can never be the likelier one.");
                }
            }
        }
        return Optional.empty();
    }
}
