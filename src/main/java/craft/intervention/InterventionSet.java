package craft.intervention;

import ai.djl.ndarray.NDManager;
import craft.lm.Edits;
import craft.lm.FloatTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One group's interventions, all of one form and rank: one a layer, or with untied positions two.
 *
 * @param positions where they act, in pyreft's notation {@code f<n>+l<m>}
 * @param sites ascending layers; of one layer the first tokens' site comes first
 */
public record InterventionSet(Positions positions, List<Intervention> sites) implements Adapter {
    public InterventionSet {
        sites = List.copyOf(sites);
        for (Intervention site : sites) {
            if (site.form() != sites.get(0).form() || site.rank() != sites.get(0).rank()
                    || site.part() < 0 || site.part() >= positions.parts()) {
                throw new IllegalArgumentException("sites of different forms or ranks, or of other positions");
            }
        }
    }

    /**
     * From arrays over n sites.
     *
     * @param stacked one array for each name of {@link ReftForm#arrays()}, {@code [n, r, d]}, the bias {@code [n, r]}
     */
    public static InterventionSet of(Placement placement, List<FloatTensor> stacked) {
        int r = (int) stacked.get(0).shape()[1];
        int d = (int) stacked.get(0).shape()[2];
        List<Intervention> sites = new ArrayList<>();
        for (int i = 0; i < placement.sites(); i++) {
            List<float[]> arrays = new ArrayList<>();
            for (FloatTensor array : stacked) {
                int size = array.data().length / placement.sites();
                arrays.add(Arrays.copyOfRange(array.data(), i * size, (i + 1) * size));
            }
            sites.add(new Intervention(placement.form(), placement.layers()[i], placement.parts()[i], r, d, arrays));
        }
        return new InterventionSet(placement.positions(), sites);
    }

    /** The arrays of all sites, as {@link #of} takes them. */
    public List<FloatTensor> stacked() {
        int n = sites.size();
        Intervention first = sites.get(0);
        List<FloatTensor> all = new ArrayList<>();
        for (int a = 0; a < first.arrays().size(); a++) {
            int size = first.arrays().get(a).length;
            float[] data = new float[n * size];
            for (int i = 0; i < n; i++) {
                System.arraycopy(sites.get(i).arrays().get(a), 0, data, i * size, size);
            }
            long[] site = form().shape(form().arrays().get(a), first.rank(), first.width());
            long[] shape = new long[site.length + 1];
            shape[0] = n;
            System.arraycopy(site, 0, shape, 1, site.length);
            all.add(new FloatTensor(shape, data));
        }
        return all;
    }

    public ReftForm form() {
        return sites.get(0).form();
    }

    /** Where they act and of which form they are. */
    public Placement placement() {
        return new Placement(form(), positions, layers(), sites.stream().mapToInt(Intervention::part).toArray());
    }

    /** The layer of each site, ascending. */
    public int[] layers() {
        return sites.stream().mapToInt(Intervention::layer).toArray();
    }

    /** Trained numbers, for LoReFT the sum of 2 d r + r over the sites. */
    @Override
    public long parameters() {
        return sites.stream().mapToLong(s -> s.form().parameters(s.rank(), s.width())).sum();
    }

    @Override
    public Edits on(NDManager owner) {
        return LoReftTensors.of(owner, this).edits();
    }

    @Override
    public Map<String, FloatTensor> tensors() {
        Map<String, FloatTensor> all = new LinkedHashMap<>();
        for (Intervention site : sites) {
            site.tensors().forEach((name, tensor) -> all.put(place(site) + name, tensor));
        }
        return all;
    }

    /** {@code layer.<l>.}, with untied positions {@code layer.<l>.first.} or {@code layer.<l>.last.}. */
    String place(Intervention site) {
        return "layer." + site.layer() + "." + positions.nameOf(site.part());
    }
}
