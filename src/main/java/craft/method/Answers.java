package craft.method;

import craft.lm.Sequence;
import java.util.List;

/** The model as one group's parameters make it. Confined to the training thread. */
public interface Answers extends AutoCloseable {
    /**
     * Log-likelihood of every continuation of every sequence, summed over its tokens, in nats. A sequence's numbers depend, to
     * the last bit, on the sequence and the parameters alone: not on the others of the batch, on what was computed before, or
     * on the number of threads.
     *
     * @return for each sequence as many numbers as it has continuations
     */
    List<double[]> logLikelihoods(List<Sequence> batch);

    /**
     * Greedy continuations. What a prompt gives is a function of it and the group alone, whatever else is asked with it.
     *
     * @return for each prompt its new token ids, without the end-of-text token
     */
    List<int[]> generate(List<int[]> prompts, int maxNewTokens);

    @Override
    void close();
}
