package craft.experiment;

import craft.error.InvalidInputException;
import craft.lm.ModelConfig;
import craft.lm.Sequence;
import craft.lm.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What the tokens of encoded rows show of a tokenizer that does not go with its model, or of rows that repeat its work. */
final class PromptTokens {
    private PromptTokens() {
    }

    /** @throws InvalidInputException when a row has a token for which the model's embedding has no row */
    static void requireKnown(Tokens tokens, ModelConfig config, List<EncodedTask> tasks) {
        for (EncodedTask task : tasks) {
            for (Sequence sequence : all(task).toList()) {
                Stream.concat(Stream.of(sequence.prompt()), sequence.continuations().stream())
                        .flatMapToInt(Arrays::stream).filter(id -> id < 0 || id >= config.vocabulary()).findFirst().ifPresent(id -> {
                            throw new InvalidInputException("Task " + task.task().name() + " has the token \"" + tokens.written(id)
                                    + "\", number " + id + " of the tokenizer, but the model's embedding has " + config.vocabulary()
                                    + " rows, 0 to " + (config.vocabulary() - 1) + ". Take the token out of the rows, or use the tokenizer "
                                    + "that came with the model.");
                        });
            }
        }
    }

    /** A sentence for each task whose prompts write out what is put before them anyway. */
    static List<String> remarks(Tokens tokens, List<EncodedTask> tasks) {
        int[] opening = tokens.opening();
        List<String> remarks = new ArrayList<>();
        if (opening.length == 0) {
            return remarks;
        }
        for (EncodedTask task : tasks) {
            long twice = all(task).filter(sequence -> begins(sequence.prompt(), opening)).count();
            if (twice > 0) {
                remarks.add("Task " + task.task().name() + ": " + twice + " of " + all(task).count() + " prompts begin with "
                        + tokens.written(opening[opening.length - 1]) + " written out, which is put before every prompt anyway: the model reads it "
                        + "twice. Take it out of the rows.");
            }
        }
        return remarks;
    }

    private static boolean begins(int[] prompt, int[] opening) {
        int n = opening.length;
        return prompt.length >= 2 * n && Arrays.equals(prompt, 0, n, opening, 0, n) && Arrays.equals(prompt, n, 2 * n, opening, 0, n);
    }

    private static Stream<Sequence> all(EncodedTask task) {
        return Stream.of(task.training().train(), task.training().eval(), task.test()).flatMap(List::stream);
    }
}
