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
import java.util.ArrayList;
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

    @Override
    public List<double[]> logLikelihoods(List<Sequence> batch) {
        int parts = model.settings().parts();
        return SideBySide.map(SideBySide.cut(batch, parts), parts, this::sums).stream().flatMap(List::stream).toList();
    }

    private List<double[]> sums(List<Sequence> batch) {
        float[] tokens;
        try (NDManager step = model.newManager()) {
            tokens = model.logLikelihood(pass.hidden(step, batch, adaptation), ForwardPass.targets(batch));
        }
        List<double[]> sums = new ArrayList<>();
        int at = 0;
        for (Sequence sequence : batch) {
            double[] sum = new double[sequence.continuations().size()];
            for (int k = 0; k < sum.length; k++) {
                for (int i = 0; i < sequence.continuations().get(k).length; i++) {
                    sum[k] += tokens[at++];
                }
            }
            sums.add(sum);
        }
        return sums;
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
