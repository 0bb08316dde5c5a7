package craft.method.train;

import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import java.util.List;
import java.util.Random;

/** A kind of adapter on one model: what its parameters are, how they begin, and the way to pass batches with them. */
public interface AdapterKind extends AutoCloseable {
    /** For every adapter of this kind, and for the untouched model. */
    ForwardPass pass();

    Trainable trainable();

    /** Values to begin with. */
    List<FloatTensor> fresh(Random random);

    /**
     * The mean (1 - alpha) first + alpha second of two adapters as what they do to the model, or the nearest to it that an
     * adapter of this kind can do.
     */
    List<FloatTensor> meanOfUpdates(List<FloatTensor> first, List<FloatTensor> second, double alpha);

    /** The mean of their parameters, put back onto the set they must lie on. */
    List<FloatTensor> meanOfParameters(List<FloatTensor> first, List<FloatTensor> second, double alpha);

    /** Where prompts lie in the untouched model's hidden space, see {@link craft.lm.PrefixCache#meanPromptState}. */
    float[] promptState(List<Sequence> prompts);

    /** Forgets what is kept of sequences that will not come again. */
    void forget(List<Sequence> sequences);

    @Override
    void close();
}
