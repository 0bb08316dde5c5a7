package craft.intervention;

import java.util.Arrays;
import java.util.Objects;

/**
 * Where interventions act and of which form they are: n sites, one a layer, or with untied positions two a layer.
 *
 * @param layers 0-based layer of each site, ascending
 * @param parts for each site 0, or with untied positions 0 for the first tokens and 1 for the last ones
 */
public record Placement(ReftForm form, Positions positions, int[] layers, int[] parts) {

    /** One site a layer and part. */
    public static Placement of(ReftForm form, Positions positions, int[] layers) {
        int parts = positions.parts();
        int[] siteLayers = new int[layers.length * parts];
        int[] siteParts = new int[layers.length * parts];
        for (int i = 0; i < siteLayers.length; i++) {
            siteLayers[i] = layers[i / parts];
            siteParts[i] = i % parts;
        }
        return new Placement(form, positions, siteLayers, siteParts);
    }

    /** The lowest layer that is edited. */
    public int lowest() {
        return layers[0];
    }

    public int sites() {
        return layers.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Placement p && form == p.form && positions.equals(p.positions)
                && Arrays.equals(layers, p.layers) && Arrays.equals(parts, p.parts);
    }

    @Override
    public int hashCode() {
        return Objects.hash(form, positions, Arrays.hashCode(layers), Arrays.hashCode(parts));
    }
}
