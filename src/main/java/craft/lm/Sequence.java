package craft.lm;

import java.util.List;

/**
 * A prompt and one or more continuations of it, each of which follows the prompt and sees nothing of the others. One
 * continuation is an answer to learn; several are labels to choose among, scored in one pass.
 *
 * @param prompt token ids, at least one
 * @param continuations token ids, each at least one
 */
public record Sequence(int[] prompt, List<int[]> continuations) {
    public Sequence {
        continuations = List.copyOf(continuations);
        if (prompt.length == 0 || continuations.stream().anyMatch(c -> c.length == 0)) {
            throw new IllegalArgumentException("a sequence needs a prompt, and no continuation may be empty");
        }
    }

    /** Tokens of all continuations together: how many predictions a pass over this sequence gives. */
    public int predictions() {
        return continuations.stream().mapToInt(c -> c.length).sum();
    }

    public int length() {
        return prompt.length + predictions();
    }
}
