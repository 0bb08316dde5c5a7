package craft.task;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Splits a text into tokens for the metrics that count words. Composed (NFC), lower case (without a locale's rules). A word is a run
 * of letters, marks and digits; a number keeps points and commas between its digits. A Han or kana character is a
 * token by itself, since those scripts write no spaces; Hangul is written with spaces, so a Korean word with its
 * particles is one token.
 */
final class Words {
    private static final String SINGLE = "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}]";
    private static final String NUMBER = "\\p{N}+(?:[.,]\\p{N}+)+(?![\\p{L}\\p{M}\\p{N}])";
    private static final String WORD = "[\\p{L}\\p{M}\\p{N}&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}]]+";
    private static final Pattern WORDS = Pattern.compile(SINGLE + "|" + NUMBER + "|" + WORD);
    private static final Pattern ALL = Pattern.compile(SINGLE + "|" + NUMBER + "|" + WORD + "|[^\\s\\p{Z}]");

    private Words() {
    }

    /** Words and numbers alone. */
    static List<String> words(String text) {
        return tokens(WORDS, text);
    }

    /** Words, numbers, and every punctuation mark or sign as a token of its own. */
    static List<String> withPunctuation(String text) {
        return tokens(ALL, text);
    }

    private static List<String> tokens(Pattern pattern, String text) {
        return pattern.matcher(Texts.composed(text).toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
    }
}
