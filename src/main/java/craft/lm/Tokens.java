package craft.lm;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A model's tokenizer. Thread-safe. */
public final class Tokens implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final String answerPrefix;

    private Tokens(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        // Some tokenizers put the word-start mark before every text, others want the space written out.
        int[] apart = join(plain("y"), plain("x"));
        this.answerPrefix = Arrays.equals(apart, plain("y x")) ? "" : " ";
    }

    /** @throws InvalidInputException when the file is missing or broken */
    public static Tokens load(Path file) {
        System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
        try {
            return new Tokens(HuggingFaceTokenizer.builder().optTokenizerPath(file).optTruncation(false).optPadding(false).build());
        } catch (IOException | RuntimeException e) {
            throw new InvalidInputException("The tokenizer " + file + " cannot be read: " + e.getMessage()
                    + ". Get tokenizer.json again from where the model came from.", e);
        }
    }

    /** Ids of a prompt, with the beginning-of-text token where the tokenizer adds one. */
    public int[] prompt(String text) {
        return ids(text, true);
    }

    /** Ids of an answer that follows a prompt after a space, without any special token. */
    public int[] answer(String text) {
        return plain(answerPrefix + text);
    }

    public String decode(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    private int[] plain(String text) {
        return ids(text, false);
    }

    private int[] ids(String text, boolean special) {
        return Arrays.stream(tokenizer.encode(text, special, false).getIds()).mapToInt(Math::toIntExact).toArray();
    }

    private static int[] join(int[] a, int[] b) {
        int[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
