package craft.intervention;

import craft.error.InvalidInputException;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where interventions act and how large they are.
 *
 * @param layers {@code all}, or layers and ranges such as {@code 1,3,5} or {@code 0-5} (0-based)
 * @param positions {@code f<n>+l<m>}: the first n and last m prompt tokens
 * @param rank rank r of every intervention
 * @param identityStart start every intervention as the identity (W = R, b = 0) instead of random W and b
 */
public record SiteOptions(String layers, String positions, int rank, boolean identityStart) {
    public static SiteOptions defaults() {
        return new SiteOptions("all", "l16", 8, false);
    }

    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    /**
     * The layers meant, ascending.
     *
     * @param count number of decoder blocks of the model
     * @throws InvalidInputException when a layer does not exist or the text is not understood
     */
    public int[] layersOf(int count) {
        TreeSet<Integer> found = new TreeSet<>();
        if (layers.strip().equalsIgnoreCase("all")) {
            for (int i = 0; i < count; i++) {
                found.add(i);
            }
        } else {
            for (String part : layers.split(",", -1)) {
                Matcher m = RANGE.matcher(part.strip());
                if (!m.matches()) {
                    throw new InvalidInputException("Option sites.layers is \"" + layers
                            + "\"; write all, or layers and ranges such as 1,3,5 or 0-" + (count - 1) + ".");
                }
                int from = Integer.parseInt(m.group(1));
                int to = m.group(2) == null ? from : Integer.parseInt(m.group(2));
                if (from > to) {
                    throw new InvalidInputException("Option sites.layers has the range " + part.strip()
                            + ", which ends before it begins; write " + to + "-" + from + ".");
                }
                if (to >= count) {
                    throw new InvalidInputException("Option sites.layers names layer " + to
                            + ", but the model has layers 0 to " + (count - 1) + ".");
                }
                for (int i = from; i <= to; i++) {
                    found.add(i);
                }
            }
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Refuses a rank that no orthonormal R of the model's width can have, and positions that are not understood. */
    public void check(int width) {
        if (rank < 1 || rank > width) {
            throw new InvalidInputException("Option sites.rank is " + rank
                    + "; it must be at least 1 and at most the model's hidden size, " + width + ".");
        }
        Positions.parse(positions);
    }
}
