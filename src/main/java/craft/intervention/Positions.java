package craft.intervention;

import craft.error.InvalidInputException;
import craft.lm.EditPositions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which prompt tokens are edited: the first {@code first} and the last {@code last}, the answer excluded (pyreft's
 * {@code f<n>+l<m>}).
 */
public record Positions(int first, int last) implements EditPositions {
    private static final Pattern TEXT = Pattern.compile("f(\\d{1,6})(?:\\+l(\\d{1,6}))?|l(\\d{1,6})");

    public Positions {
        if (first < 0 || last < 0 || first + last == 0) {
            throw new InvalidInputException("Positions must name at least one prompt token, for example l16 or f2+l4.");
        }
    }

    /** Reads {@code f2+l4}, {@code l16} or {@code f3}. */
    public static Positions parse(String text) {
        Matcher m = TEXT.matcher(text.strip());
        if (!m.matches()) {
            throw new InvalidInputException("Positions \"" + text
                    + "\" are not understood. Write f<n>, l<m> or f<n>+l<m>, for example l16 or f2+l4.");
        }
        return new Positions(number(m.group(1)), number(m.group(2)) + number(m.group(3)));
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
    public String toString() {
        return (first > 0 ? "f" + first : "") + (first > 0 && last > 0 ? "+" : "") + (last > 0 ? "l" + last : "");
    }
}
