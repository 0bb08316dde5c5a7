package craft.experiment;

import craft.lm.ModelConfig;
import craft.lm.Sequence;
import craft.lm.Tokens;
import craft.method.baseline.FrozenMethod;
import craft.method.baseline.FrozenOptions;
import java.util.List;
import java.util.Locale;

/** Whether the demonstrations that the recipe asks for fit before a task's test rows: those that do not are left out. */
final class ShotRoom {
    private final Tokens tokens;
    private final ModelConfig config;
    private final Recipe recipe;

    ShotRoom(Tokens tokens, ModelConfig config, Recipe recipe) {
        this.tokens = tokens;
        this.config = config;
        this.recipe = recipe;
    }

    /** The task, with a remark if some of its test rows get fewer demonstrations than asked for. */
    EncodedTask check(EncodedTask task) {
        if (!(recipe.method() instanceof FrozenOptions frozen) || frozen.shots() == 0) {
            return task;
        }
        List<Sequence> drawn = FrozenMethod.drawn(task.training(), frozen.shots(), recipe.seed());
        int[] lengths = drawn.stream().mapToInt(this::length).toArray();
        int fewest = lengths.length;
        int rows = 0;
        for (Sequence row : task.test()) {
            int longest = task.task().classification() ? row.continuations().stream().mapToInt(c -> c.length).max().orElse(0)
                    : task.longestAnswer();
            int fits = fitting(lengths, config.room() - row.prompt().length - longest);
            rows += fits < lengths.length ? 1 : 0;
            fewest = Math.min(fewest, fits);
        }
        return rows == 0 ? task : task.with(String.format(Locale.ROOT, "%s: the %,d demonstrations (method.shots) do not all fit into the "
                + "model's context of %,d tokens before %,d of %,d test rows; the fewest that a row gets are %,d. Ask for fewer, or make "
                + "data.maxPromptTokens smaller.", task.task().name(), lengths.length, config.context(), rows, task.test().size(), fewest));
    }

    private static int fitting(int[] lengths, int room) {
        int left = room;
        for (int i = 0; i < lengths.length; i++) {
            left -= lengths[i];
            if (left < 0) {
                return i;
            }
        }
        return lengths.length;
    }

    /** Tokens of a demonstration: prompt and answer without special tokens, and an empty line. */
    private int length(Sequence row) {
        int[] answer = row.continuations().get(0);
        int ends = answer.length;
        while (ends > 0 && config.eosTokens().contains(answer[ends - 1])) {
            ends--;
        }
        return bare(row.prompt()) + ends + bare(tokens.prompt("\n\n"));
    }

    private int bare(int[] prompt) {
        int[] empty = tokens.prompt("");
        return prompt.length - (empty.length > 0 && prompt.length > 0 && prompt[0] == empty[0] ? 1 : 0);
    }
}
