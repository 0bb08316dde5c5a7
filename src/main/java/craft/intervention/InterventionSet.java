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
 * One group's interventions: one LoReFT a layer, all edited at the same positions.
 *
 * @param positions where they act, in pyreft's notation {@code f<n>+l<m>}
 * @param sites one a layer, ascending layers
 */
public record InterventionSet(Positions positions, List<LoReft> sites) implements Adapter {
    public InterventionSet {
        sites = List.copyOf(sites);
    }

    /**
     * From three arrays over n layers.
     *
     * @param stacked R {@code [n, r, d]}, W {@code [n, r, d]}, b {@code [n, r]}
     */
    public static InterventionSet of(Positions positions, int[] layers, List<FloatTensor> stacked) {
        int r = (int) stacked.get(0).shape()[1];
        int d = (int) stacked.get(0).shape()[2];
        List<LoReft> sites = new ArrayList<>();
        for (int i = 0; i < layers.length; i++) {
            sites.add(new LoReft(layers[i], r, d, Arrays.copyOfRange(stacked.get(0).data(), i * r * d, (i + 1) * r * d),
                    Arrays.copyOfRange(stacked.get(1).data(), i * r * d, (i + 1) * r * d),
                    Arrays.copyOfRange(stacked.get(2).data(), i * r, (i + 1) * r)));
        }
        return new InterventionSet(positions, sites);
    }

    /** R, W and b of all sites, as {@link #of} takes them. */
    public List<FloatTensor> stacked() {
        int n = sites.size();
        int r = sites.get(0).rank();
        int d = sites.get(0).width();
        float[] rotation = new float[n * r * d];
        float[] weight = new float[n * r * d];
        float[] bias = new float[n * r];
        for (int i = 0; i < n; i++) {
            System.arraycopy(sites.get(i).rotation(), 0, rotation, i * r * d, r * d);
            System.arraycopy(sites.get(i).weight(), 0, weight, i * r * d, r * d);
            System.arraycopy(sites.get(i).bias(), 0, bias, i * r, r);
        }
        return List.of(new FloatTensor(new long[] {n, r, d}, rotation), new FloatTensor(new long[] {n, r, d}, weight),
                new FloatTensor(new long[] {n, r}, bias));
    }

    /** The layers that are edited, ascending. */
    public int[] layers() {
        return sites.stream().mapToInt(LoReft::layer).toArray();
    }

    /** Trained numbers: sum of 2 d r + r over the sites. */
    @Override
    public long parameters() {
        return sites.stream().mapToLong(s -> 2L * s.rank() * s.width() + s.rank()).sum();
    }

    @Override
    public Edits on(NDManager owner) {
        return LoReftTensors.of(owner, this).edits();
    }

    @Override
    public Map<String, FloatTensor> tensors() {
        Map<String, FloatTensor> all = new LinkedHashMap<>();
        for (LoReft site : sites) {
            String layer = "layer." + site.layer() + ".";
            long[] shape = {site.rank(), site.width()};
            all.put(layer + "rotation", new FloatTensor(shape, site.rotation()));
            all.put(layer + "weight", new FloatTensor(shape, site.weight()));
            all.put(layer + "bias", new FloatTensor(new long[] {site.rank()}, site.bias()));
        }
        return all;
    }
}
