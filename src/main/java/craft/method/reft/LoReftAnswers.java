package craft.method.reft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftTensors;
import craft.lm.CausalLm;
import craft.lm.Edits;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import craft.method.Answers;
import java.util.ArrayList;
import java.util.List;

/** The model with one set of interventions, or none. */
public final class LoReftAnswers implements Answers {
    private final CausalLm model;
    private final ForwardPass pass;
    private final NDManager owner;
    private final Edits edits;

    /** @param set null for the untouched model */
    public LoReftAnswers(CausalLm model, ForwardPass pass, InterventionSet set) {
        this.model = model;
        this.pass = pass;
        this.owner = model.newManager();
        this.edits = set == null ? null : LoReftTensors.of(owner, set).edits();
    }

    @Override
    public List<double[]> logLikelihoods(List<Sequence> batch) {
        float[] tokens;
        try (NDManager step = model.newManager()) {
            tokens = model.logLikelihood(pass.hidden(step, batch, edits), ForwardPass.targets(batch));
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
    public int[] generate(int[] prompt, int maxNewTokens) {
        return model.generate(prompt, edits, maxNewTokens);
    }

    @Override
    public void close() {
        owner.close();
    }
}
