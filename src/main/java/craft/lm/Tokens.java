package craft.lm;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import craft.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A model's tokenizer. Thread-safe. */
public final class Tokens implements AutoCloseable {
    /** Neither cut nor filled up: lengths are ours to decide. */
    private static final Map<String, String> PLAIN = Map.of("truncation", "false", "padding", "false");

    private final HuggingFaceTokenizer tokenizer;
    private final String answerPrefix;
    private final int[] closing;
    /** What the tokenizer itself puts before a text. */
    private final int[] before;
    /** What is put before a text. */
    private final int[] opening;
    private final List<String> remarks = new ArrayList<>();
    private final int largest;
    private final String largestToken;

    private final SpecialTokens special;

    private Tokens(HuggingFaceTokenizer tokenizer, TokenizerFile file, TokenizerSettings settings, SpecialTokens special) {
        this.tokenizer = tokenizer;
        this.special = special;
        this.largest = file.largest();
        this.largestToken = file.largestToken();
        // Some tokenizers put the word-start mark before every text, others want the space written out.
        int[] apart = join(plain("y"), plain("x"));
        this.answerPrefix = Arrays.equals(apart, plain("y x")) ? "" : " ";
        int[] whole = ids("x", true);
        int[] bare = plain("x");
        this.closing = closing(whole, bare);
        this.before = Arrays.copyOf(whole, Math.max(0, whole.length - closing.length - bare.length));
        this.opening = opening(file, settings);
        remarks.addAll(settings.differences(file));
        if (settings.addEnd()) {
            remarks.add("tokenizer_config.json asks for an end-of-text token behind every text (\"add_eos_token\"); here one is put "
                    + "behind answers only, as config.json names it.");
        }
    }

    /** Where tokenizer.json does not say it, or its kind of tokenizer does not heed it, tokenizer_config.json decides. */
    private int[] opening(TokenizerFile file, TokenizerSettings settings) {
        Boolean wanted = settings.wantsBeginning(file);
        if (wanted == null || wanted == before.length > 0) {
            return before;
        }
        if (!settings.decides() && (file.template() || !wanted)) {
            remarks.add("tokenizer_config.json says \"add_bos_token\": " + wanted + ", but tokenizer.json puts "
                    + (wanted ? "no token" : "a token") + " before a text, which is heard.");
            return before;
        }
        if (!wanted) {
            remarks.add("No beginning-of-text token is put before a text: tokenizer_config.json says \"add_bos_token\": false, though "
                    + "tokenizer.json would put one.");
            return new int[0];
        }
        int id = settings.beginning().isEmpty() ? -1 : special(settings.beginning());
        if (id < 0) {
            throw new InvalidInputException(settings.file() + " asks for a beginning-of-text token (\"add_bos_token\"), but "
                    + (settings.beginning().isEmpty() ? "names none (\"bos_token\")" : "its \"bos_token\", \"" + settings.beginning()
                    + "\", is not in tokenizer.json") + ". Get both files again from where the model came from.");
        }
        remarks.add("The beginning-of-text token " + settings.beginning() + " is put before a text, as tokenizer_config.json says; "
                + "tokenizer.json alone would put none.");
        return new int[] {id};
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

    /**
     * @param file a tokenizer.json; a tokenizer_config.json beside it is heard
     * @throws InvalidInputException when the file is missing or broken
     */
    public static Tokens load(Path file) {
        return of(file, TokenizerFile.read(file));
    }

    /** The same of a file that has been read. */
    static Tokens of(Path file, TokenizerFile read) {
        System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
        TokenizerSettings settings = TokenizerSettings.beside(file);
        HuggingFaceTokenizer made = null;
        try {
            made = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(read.text().getBytes(StandardCharsets.UTF_8)), PLAIN);
            Tokens tokens = new Tokens(made, read, settings, SpecialTokens.read(read.text()));
            if (tokens.plain("abc XYZ 123").length == 0) {
                throw new InvalidInputException("The tokenizer " + file + " knows no token for any letter or digit: its vocabulary is damaged. "
                        + "Get tokenizer.json again from where the model came from.");
            }
            return tokens;
        } catch (InvalidInputException e) {
            made.close();
            throw e;
        } catch (IOException | RuntimeException e) {
            if (made != null) {
                made.close();
            }
            throw new InvalidInputException("The tokenizer " + file + " cannot be used: it is JSON, but a part of it is damaged, missing or of "
                    + "an unknown kind. Get tokenizer.json again from where the model came from.", e);
        }
    }

    /** What is put before a text besides or instead of what tokenizer.json says, and what is not heard: a sentence each. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    /** The largest id of any token, and that token's text. */
    int largest() {
        return largest;
    }

    String largestToken() {
        return largestToken;
    }

    /** A token as it is written, control tokens too. */
    public String written(int id) {
        return tokenizer.decode(new long[] {id}, false);
    }

    /** Ids put before every prompt, often one that begins a text. */
    public int[] opening() {
        return opening.clone();
    }

    /** Ids of a prompt, with what is put before a text but without what the tokenizer puts behind: an answer follows. */
    public int[] prompt(String text) {
        int[] ids = ids(text, true);
        int[] prompt = Arrays.copyOf(ids, ids.length - closing.length);
        return opening == before ? prompt : join(opening, Arrays.copyOfRange(prompt, before.length, prompt.length));
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
