package craft.method.reft;

import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Placement;
import craft.intervention.SiteOptions;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.method.MethodSetup;
import craft.method.train.AdapterKind;
import java.util.List;
import java.util.Random;

/** LoReFT, or the relative of it that a recipe names, at the recipe's sites. */
public final class LoReftKind implements AdapterKind {
    private final LoReftMath math = new LoReftMath();
    private final SiteOptions sites;
    private final Placement placement;
    private final int width;
    private final PrefixCache pass;

    public LoReftKind(MethodSetup setup) {
        this.sites = setup.sites();
        this.width = setup.model().config().hiddenSize();
        sites.check(width);
        this.placement = sites.placement(setup.model().config().layers());
        this.pass = new PrefixCache(setup.model(), placement.positions(), placement.lowest(), setup.cacheBytes());
    }

    @Override
    public ForwardPass pass() {
        return pass;
    }

    @Override
    public LoReftTrainable trainable() {
        return new LoReftTrainable(math, placement);
    }

    @Override
    public List<FloatTensor> fresh(Random random) {
        return LoReftStart.fresh(placement, sites.rank(), width, sites.identityStart(), random).stacked();
    }

    @Override
    public List<FloatTensor> meanOfUpdates(List<FloatTensor> first, List<FloatTensor> second, double alpha) {
        return math.mergeFunctions(set(first), set(second), alpha).stacked();
    }

    @Override
    public List<FloatTensor> meanOfParameters(List<FloatTensor> first, List<FloatTensor> second, double alpha) {
        return math.mergeParameters(set(first), set(second), alpha).stacked();
    }

    private InterventionSet set(List<FloatTensor> values) {
        return InterventionSet.of(placement, values);
    }

    @Override
    public float[] promptState(List<Sequence> prompts) {
        return pass.meanPromptState(prompts);
    }

    @Override
    public void forget(List<Sequence> sequences) {
        pass.forget(sequences);
    }

    @Override
    public void close() {
        pass.close();
        math.close();
    }
}
