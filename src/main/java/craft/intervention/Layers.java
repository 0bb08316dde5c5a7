package craft.intervention;

import craft.error.InvalidInputException;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A choice of decoder blocks as recipes write it: {@code all}, or numbers and ranges such as {@code 1,3,5} or {@code 0-5}. */
public final class Layers {
    /** More than any number that {@link #RANGE} reads. */
    private static final int MOST = 1_000_000;
    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    private Layers() {
    }

    /** What can be said without a model: whether the text is understood. */
    public static void check(String text, String option) {
        if (!text.strip().equalsIgnoreCase("all")) {
            parse(text, MOST, option);
        }
    }

    /**
     * The blocks meant, 0-based, ascending.
     *
     * @param count number of decoder blocks of the model
     * @param option path of the option, for messages
     * @throws InvalidInputException when a block does not exist or the text is not understood
     */
    public static int[] parse(String text, int count, String option) {
        if (text.strip().equalsIgnoreCase("all")) {
            return IntStream.range(0, count).toArray();
        }
        TreeSet<Integer> found = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            Matcher m = RANGE.matcher(part.strip());
            if (!m.matches()) {
                throw new InvalidInputException("Option " + option + " is \"" + text
                        + "\"; write all, or layers and ranges such as 1,3,5 or 0-" + (count < MOST ? count - 1 : 5) + ".");
            }
            int from = Integer.parseInt(m.group(1));
            int to = m.group(2) == null ? from : Integer.parseInt(m.group(2));
            if (from > to) {
                throw new InvalidInputException("Option " + option + " has the range " + part.strip()
                        + ", which ends before it begins; write " + to + "-" + from + ".");
            }
            if (to >= count) {
                throw new InvalidInputException("Option " + option + " names layer " + to
                        + ", but the model has layers 0 to " + (count - 1) + ".");
            }
            IntStream.rangeClosed(from, to).forEach(found::add);
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }
}
