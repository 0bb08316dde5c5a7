package craft.method.lora;

import craft.intervention.Positions;
import craft.lm.CausalLm;
import craft.lm.EditPositions;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.lm.PlainPass;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.method.MethodSetup;
import craft.method.train.AdapterKind;
import java.util.List;
import java.util.Random;

/**
 * LoRA on a model. What the blocks below the lowest updated one give is constant and kept, if there are any; every token
 * of a text is changed above it.
 */
public final class LoraKind implements AdapterKind {
    private final CausalLm model;
    private final LoraTrainable trainable;
    private final PrefixCache below;
    private final PrefixCache prompts;

    /** @param option path of the options, for messages */
    public LoraKind(LoraOptions options, MethodSetup setup, String option) {
        this(setup, LoraTrainable.of(options, setup.model().config(), 1, option));
    }

    public LoraKind(MethodSetup setup, LoraTrainable trainable) {
        this.model = setup.model();
        this.trainable = trainable;
        int lowest = trainable.layers()[0];
        this.below = lowest == 0 ? null : new PrefixCache(model, EditPositions.ALL, lowest - 1, setup.cacheBytes());
        int site = setup.sites().layersOf(model.config().layers())[0];
        this.prompts = new PrefixCache(model, new PromptEnd(Positions.parse(setup.sites().positions())), site, 0);
    }

    /** The last tokens that interventions would edit, with the whole prompt computed at once and nothing kept. */
    private record PromptEnd(Positions sites) implements EditPositions {
        @Override
        public int firstOf(int length) {
            return 1;
        }

        @Override
        public int lastOf(int length) {
            return sites.lastOf(length);
        }
    }

    @Override
    public ForwardPass pass() {
        return below == null ? new PlainPass(model) : below;
    }

    @Override
    public LoraTrainable trainable() {
        return trainable;
    }

    @Override
    public List<FloatTensor> fresh(Random random) {
        return trainable.fresh(model.config(), random);
    }

    @Override
    public float[] promptState(List<Sequence> sequences) {
        return prompts.meanPromptState(sequences);
    }

    @Override
    public void forget(List<Sequence> sequences) {
        if (below != null) {
            below.forget(sequences);
        }
    }

    @Override
    public void close() {
        prompts.close();
        if (below != null) {
            below.close();
        }
    }
}
