package craft.task;

import java.text.Normalizer;
import java.util.regex.Pattern;

/** Whether two texts are the same to a reader: the same letters may be written composed (NFC) or decomposed (NFD). */
final class Texts {
    private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}\\uFEFF]+");

    private Texts() {
    }

    /** The composed form, in which answers are compared. */
    static String composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    static boolean isComposed(String text) {
        return Normalizer.isNormalized(text, Normalizer.Form.NFC);
    }

    /** The composed form without spaces around it: equal for two answers that are the same. */
    static String answer(String text) {
        return composed(text.strip());
    }

    /** Equal for two labels that look the same: composed, each run of spaces as one, none around it. */
    static String look(String text) {
        return SPACES.matcher(composed(text)).replaceAll(" ").strip();
    }

    /** At most 60 characters of a text, for messages. */
    static String shortly(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
