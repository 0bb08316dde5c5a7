package craft.intervention;

import craft.error.InvalidInputException;
import craft.lm.EditPositions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which prompt tokens are edited: the first {@code first} and the last {@code last}, the answer excluded (pyreft's
 * {@code f<n>+l<m>}).
 *
 * @param tied whether one intervention acts at all of them; otherwise the first and the last ones have one each (pyreft's
 *     {@code share_weights} off)
 */
public record Positions(int first, int last, boolean tied) implements EditPositions {
    private static final Pattern TEXT = Pattern.compile("f(\\d{1,6})(?:\\+l(\\d{1,6}))?|l(\\d{1,6})");

    public Positions {
        if (first < 0 || last < 0 || first + last == 0) {
            throw new InvalidInputException("Positions must name at least one prompt token, for example l16 or f2+l4.");
        }
        if (!tied && (first == 0 || last == 0)) {
            throw new InvalidInputException("Option sites.tied is off, which needs first and last tokens, but sites.positions "
                    + "has only one kind. Write for example f2+l4, or switch sites.tied on.");
        }
    }

    /** Tied ones. */
    public Positions(int first, int last) {
        this(first, last, true);
    }

    /** Reads {@code f2+l4}, {@code l16} or {@code f3}, as tied positions. */
    public static Positions parse(String text) {
        return parse(text, true);
    }

    /** Reads {@code f2+l4}, {@code l16} or {@code f3}. */
    public static Positions parse(String text, boolean tied) {
        Matcher m = TEXT.matcher(text.strip());
        if (!m.matches()) {
            throw new InvalidInputException("Positions \"" + text
                    + "\" are not understood. Write f<n>, l<m> or f<n>+l<m>, for example l16 or f2+l4.");
        }
        return new Positions(number(m.group(1)), number(m.group(2)) + number(m.group(3)), tied);
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** How many first tokens of a prompt of {@code length} are edited: min(floor(length / 2), first), as pyreft. */
    @Override
    public int firstOf(int length) {
        return Math.min(length / 2, first);
    }

    /** How many last tokens of a prompt of {@code length} are edited: min(floor(length / 2), last), as pyreft. */
    @Override
    public int lastOf(int length) {
        return Math.min(length / 2, last);
    }

    @Override
    public int parts() {
        return tied ? 1 : 2;
    }

    /** What tells a part's tensors from the other's: nothing where there is one part. */
    String nameOf(int part) {
        return tied ? "" : part == 0 ? "first." : "last.";
    }

    /** Without a word on tying. */
    @Override
    public String toString() {
        return (first > 0 ? "f" + first : "") + (first > 0 && last > 0 ? "+" : "") + (last > 0 ? "l" + last : "");
    }
}
