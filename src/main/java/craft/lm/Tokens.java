package craft.lm;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A model's tokenizer. Thread-safe. */
public final class Tokens implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final String answerPrefix;
    private final int[] closing;

    private final SpecialTokens special;

    private Tokens(HuggingFaceTokenizer tokenizer, SpecialTokens special) {
        this.tokenizer = tokenizer;
        this.special = special;
        // Some tokenizers put the word-start mark before every text, others want the space written out.
        int[] apart = join(plain("y"), plain("x"));
        this.answerPrefix = Arrays.equals(apart, plain("y x")) ? "" : " ";
        this.closing = closing(ids("x", true), plain("x"));
    }

    /** What stands in {@code whole} behind {@code text}. */
    private static int[] closing(int[] whole, int[] text) {
        for (int from = 0; from + text.length <= whole.length; from++) {
            if (Arrays.equals(whole, from, from + text.length, text, 0, text.length)) {
                return Arrays.copyOfRange(whole, from + text.length, whole.length);
            }
        }
        return new int[0];
    }

    /** @throws InvalidInputException when the file is missing or broken */
    public static Tokens load(Path file) {
        System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
        try {
            return new Tokens(HuggingFaceTokenizer.builder().optTokenizerPath(file).optTruncation(false).optPadding(false).build(),
                    SpecialTokens.read(file));
        } catch (IOException | RuntimeException e) {
            throw new InvalidInputException("The tokenizer " + file + " cannot be read: " + e.getMessage()
                    + ". Get tokenizer.json again from where the model came from.", e);
        }
    }

    /** Ids of a prompt, with what the tokenizer puts before a text but without what it puts behind: an answer follows. */
    public int[] prompt(String text) {
        int[] ids = ids(text, true);
        return Arrays.copyOf(ids, ids.length - closing.length);
    }

    /** What the tokenizer puts behind a text, such as BERT's [SEP]; often nothing. */
    int[] closing() {
        return closing.clone();
    }

    /** Id of a special token such as {@code [MASK]}, -1 where the tokenizer does not know it as one token. */
    int special(String token) {
        int[] ids = plain(token);
        return ids.length == 1 && tokenizer.decode(new long[] {ids[0]}, false).strip().equals(token) ? ids[0] : -1;
    }

    /** Texts such as {@code </s>} of which, wherever they stand, the tokenizer makes a control token. */
    public List<String> specials() {
        return special.texts();
    }

    /** Id of the token that stands for whatever the vocabulary cannot write, -1 where there is none. */
    public int unknown() {
        return special.unknown();
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
