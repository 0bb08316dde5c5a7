package craft.intervention;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Interventions of one form and rank; their tensors have names and shapes as {@link ReftForm} says. */
record ReftShape(int group, ReftForm form, String positions, boolean tied, List<SiteShape> sites) implements AdapterShape {

    /** @param part as in {@link Intervention} */
    record SiteShape(int layer, int part, int rank, int width) {
    }

    static ReftShape of(int group, InterventionSet set) {
        Set<String> places = new HashSet<>();
        for (Intervention site : set.sites()) {
            if (!places.add(set.place(site))) {
                throw new IllegalArgumentException(set.place(site) + " is there twice");
            }
        }
        return new ReftShape(group, set.form(), set.positions().toString(), set.positions().tied(), set.sites().stream()
                .map(site -> new SiteShape(site.layer(), site.part(), site.rank(), site.width())).toList());
    }

    @Override
    public InterventionSet adapter(GroupTensors tensors) {
        if (form == null || positions == null || sites == null || sites.isEmpty() || sites.contains(null)) {
            throw tensors.damaged("lacks its form, positions or sites");
        }
        Positions where = Positions.parse(positions, tied);
        List<Intervention> found = new ArrayList<>();
        for (SiteShape site : sites) {
            boolean possible = site.rank >= 1 && (site.width >= site.rank || !form.orthonormal())
                    && (long) site.rank * site.width <= Integer.MAX_VALUE && site.rank == sites.get(0).rank;
            if (!possible || site.part < 0 || site.part >= where.parts()) {
                throw tensors.damaged("has in layer " + site.layer + " rank " + site.rank + ", width " + site.width + " and part "
                        + site.part + ", which are not possible");
            }
            String place = "layer." + site.layer + "." + where.nameOf(site.part);
            List<float[]> arrays = new ArrayList<>();
            for (String name : form.arrays()) {
                arrays.add(tensors.floats(place + name, form.shape(name, site.rank, site.width)));
            }
            if (form.orthonormal()) {
                tensors.requireOrthonormal(place + form.arrays().get(0), arrays.get(0), site.rank, site.width);
            }
            found.add(new Intervention(form, site.layer, site.part, site.rank, site.width, arrays));
        }
        return new InterventionSet(where, found);
    }
}
