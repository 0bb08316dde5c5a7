package craft.method.baseline;

import craft.lm.CausalLm;
import craft.lm.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Solved rows of a task to put before a prompt (Brown et al. 2020, in-context learning): beginning-of-text token, each
 * demonstration's prompt with its answer and an empty line, then the prompt itself.
 *
 * @param model whose tokens and context these are
 * @param shots token ids of the demonstrations, without special tokens, each with the empty line behind it
 */
record Demonstrations(CausalLm model, List<int[]> shots) {
    Demonstrations {
        shots = List.copyOf(shots);
    }

    /** From rows with one answer each. */
    static Demonstrations of(CausalLm model, List<Sequence> rows) {
        int[] line = bare(model, model.tokens().prompt("\n\n"));
        return new Demonstrations(model, rows.stream().map(row -> joined(List.of(bare(model, row.prompt()),
                bare(model, row.continuations().get(0)), line))).toList());
    }

    /** Without a beginning-of-text token in front and end-of-text tokens behind. */
    private static int[] bare(CausalLm model, int[] ids) {
        int from = begins(model, ids) ? 1 : 0;
        int to = ids.length;
        while (to > from && model.config().eosTokens().contains(ids[to - 1])) {
            to--;
        }
        return Arrays.copyOfRange(ids, from, to);
    }

    /** Whether a text begins with the special token that the tokenizer puts before every text. */
    private static boolean begins(CausalLm model, int[] ids) {
        int[] empty = model.tokens().prompt("");
        return empty.length > 0 && ids.length > 0 && ids[0] == empty[0];
    }

    /**
     * The prompt with as many demonstrations before it as leave room for {@code answer} tokens behind it, the first ones.
     *
     * @param answer tokens that follow at most
     */
    int[] before(int[] prompt, int answer) {
        int room = model.config().room() - prompt.length - answer;
        List<int[]> parts = new ArrayList<>();
        boolean begins = begins(model, prompt);
        parts.add(begins ? new int[] {prompt[0]} : new int[0]);
        for (int[] shot : shots) {
            if (shot.length > room) {
                break;
            }
            parts.add(shot);
            room -= shot.length;
        }
        parts.add(begins ? Arrays.copyOfRange(prompt, 1, prompt.length) : prompt);
        return joined(parts);
    }

    /** The same for all continuations of a sequence. */
    Sequence before(Sequence sequence) {
        int longest = sequence.continuations().stream().mapToInt(c -> c.length).max().orElse(0);
        return new Sequence(before(sequence.prompt(), longest), sequence.continuations());
    }

    private static int[] joined(List<int[]> parts) {
        return parts.stream().flatMapToInt(IntStream::of).toArray();
    }
}
