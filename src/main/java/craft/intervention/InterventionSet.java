package craft.intervention;

import java.util.List;

/**
 * One group's interventions: one LoReFT a layer, all edited at the same positions.
 *
 * @param positions where they act, in pyreft's notation {@code f<n>+l<m>}
 * @param sites one a layer, ascending layers
 */
public record InterventionSet(Positions positions, List<LoReft> sites) {
    public InterventionSet {
        sites = List.copyOf(sites);
    }

    /** Trained numbers: sum of 2 d r + r over the sites. */
    public long parameters() {
        return sites.stream().mapToLong(s -> 2L * s.rank() * s.width() + s.rank()).sum();
    }
}
