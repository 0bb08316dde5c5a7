package craft.method.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.intervention.Adapter;
import craft.lm.Adaptation;
import craft.lm.CausalLm;
import craft.lm.ForwardPass;
import craft.lm.Generator;
import craft.lm.Sequence;
import craft.lm.SideBySide;
import craft.method.Answers;
import craft.method.NotFiniteException;
import java.util.List;

/** The model with one adapter, or none. */
public final class AdapterAnswers implements Answers {
    private final CausalLm model;
    private final ForwardPass pass;
    private final NDManager owner;
    private final Adaptation adaptation;

    /** @param adapter null for the untouched model */
    public AdapterAnswers(CausalLm model, ForwardPass pass, Adapter adapter) {
        this.model = model;
        this.pass = pass;
        this.owner = model.newManager();
        this.adaptation = adapter == null ? null : adapter.on(owner);
    }

    /** Each sequence by itself, on one thread: what it gives depends on nothing that is asked beside it. */
    @Override
    public List<double[]> logLikelihoods(List<Sequence> batch) {
        return SideBySide.mapOnOneThreadEach(batch, model.settings().together(batch), this::sums);
    }

    private double[] sums(Sequence sequence) {
        List<Sequence> alone = List.of(sequence);
        float[] tokens;
        try (NDManager step = model.newManager()) {
            tokens = model.logLikelihood(pass.hidden(step, alone, adaptation), ForwardPass.targets(alone));
        }
        double[] sum = new double[sequence.continuations().size()];
        int at = 0;
        for (int k = 0; k < sum.length; k++) {
            for (int i = 0; i < sequence.continuations().get(k).length; i++) {
                sum[k] += tokens[at++];
            }
            NotFiniteException.require(NotFiniteException.What.LIKELIHOOD, sum[k]); // of all labels one would win by chance
        }
        return sum;
    }

    @Override
    public List<int[]> generate(List<int[]> prompts, int maxNewTokens) {
        return new Generator(model, pass).generate(prompts, adaptation, maxNewTokens);
    }

    @Override
    public void close() {
        owner.close();
    }
}
