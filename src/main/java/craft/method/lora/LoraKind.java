package craft.method.lora;

import craft.intervention.LoraSet;
import craft.lm.CausalLm;
import craft.lm.EditPositions;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.lm.PlainPass;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.method.MethodSetup;
import craft.method.train.AdapterKind;
import craft.method.train.PromptStates;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * LoRA on a model. What the blocks below the lowest updated one give is constant and kept, if there are any; every token
 * of a text is changed above it.
 */
public final class LoraKind implements AdapterKind {
    private final CausalLm model;
    private final LoraTrainable trainable;
    private final PrefixCache below;
    private final PromptStates prompts;

    /** @param option path of the options, for messages */
    public LoraKind(LoraOptions options, MethodSetup setup, String option) {
        this(setup, LoraTrainable.of(options, setup.model().config(), 1, option));
    }

    public LoraKind(MethodSetup setup, LoraTrainable trainable) {
        this.model = setup.model();
        this.trainable = trainable;
        int lowest = trainable.layers()[0];
        this.below = lowest == 0 ? null : new PrefixCache(model, EditPositions.ALL, lowest - 1, setup.cacheBytes());
        this.prompts = new PromptStates(setup);
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
    public List<FloatTensor> meanOfUpdates(List<FloatTensor> first, List<FloatTensor> second, double alpha) {
        return LoraSet.mean(trainable.adapter(first), trainable.adapter(second), alpha).stacked();
    }

    @Override
    public List<FloatTensor> meanOfParameters(List<FloatTensor> first, List<FloatTensor> second, double alpha) {
        return IntStream.range(0, first.size()).mapToObj(i -> mean(first.get(i), second.get(i), alpha)).toList();
    }

    private static FloatTensor mean(FloatTensor first, FloatTensor second, double alpha) {
        float[] mean = new float[first.data().length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) ((1 - alpha) * first.data()[i] + alpha * second.data()[i]);
        }
        return new FloatTensor(first.shape(), mean);
    }

    @Override
    public float[] promptState(List<Sequence> sequences) {
        return prompts.mean(sequences);
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
