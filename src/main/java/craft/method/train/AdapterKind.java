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

    /** Where prompts lie in the untouched model's hidden space, see {@link craft.lm.PrefixCache#meanPromptState}. */
    float[] promptState(List<Sequence> prompts);

    /** Forgets what is kept of sequences that will not come again. */
    void forget(List<Sequence> sequences);

    @Override
    void close();
}
