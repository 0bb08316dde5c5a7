package craft.intervention;

import craft.error.InvalidInputException;
import craft.error.Range;

/**
 * Where interventions act and how large they are.
 *
 * @param layers {@code all}, or layers and ranges such as {@code 1,3,5} or {@code 0-5} (0-based)
 * @param positions {@code f<n>+l<m>}: the first n and last m prompt tokens
 * @param rank rank r of every intervention
 * @param identityStart start every intervention as the identity (W = R, b = 0) instead of random W and b
 * @param tied one intervention for first and last tokens; otherwise one for each of both
 * @param form LoReFT or one of its relatives
 */
public record SiteOptions(String layers, String positions, int rank, boolean identityStart, boolean tied, ReftForm form) {

    private static final int MOST_RANK = 65_536;

    /** Tied LoReFT. */
    public SiteOptions(String layers, String positions, int rank, boolean identityStart) {
        this(layers, positions, rank, identityStart, true, ReftForm.LOREFT);
    }

    public static SiteOptions defaults() {
        return new SiteOptions("all", "l16", 8, false);
    }

    /**
     * The layers meant, ascending.
     *
     * @param count number of decoder blocks of the model
     * @throws InvalidInputException when a layer does not exist or the text is not understood
     */
    public int[] layersOf(int count) {
        return Layers.parse(layers, count, "sites.layers");
    }

    /** The positions of all sites. */
    public Positions where() {
        return Positions.parse(positions, tied);
    }

    /** All sites in a model of so many decoder blocks. */
    public Placement placement(int blocks) {
        return Placement.of(form, where(), layersOf(blocks));
    }

    /** What can be said of each option by itself: what goes together is asked with the model, when all are chosen. */
    public void check() {
        Layers.check(layers, "sites.layers");
        Range.between("sites.rank", rank, 1, MOST_RANK);
        Positions.parse(positions);
    }

    /** Refuses a rank that no orthonormal R of the model's width can have, positions that are not understood, and what cannot go together. */
    public void check(int width) {
        if (rank < 1 || rank > width) {
            throw new InvalidInputException("Option sites.rank is " + rank
                    + "; it must be at least 1 and at most the model's hidden size, " + width + ".");
        }
        where();
        if (identityStart && !form.canBeIdentity()) {
            throw new InvalidInputException("Option sites.identityStart is on, but consreft puts a constant in place of what it "
                    + "edits, which always changes it. Switch sites.identityStart off, or choose another sites.form.");
        }
    }
}
