package craft.method.reft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftTensors;
import craft.lm.CausalLm;
import craft.lm.CausalLm.Direction;
import craft.lm.Edits;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import craft.method.AdamW;
import craft.method.TrainingOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * An intervention set being trained: gradient of CE + lambda * D(reference || trained), AdamW, and the retraction that keeps
 * every R orthonormal. The base model's weights never change. Confined to one thread.
 */
public final class LoReftTraining implements AutoCloseable {

    /** The divergence term of the loss. */
    public record Anchor(ReferenceStates reference, Direction direction, double temperature, double lambda) {
    }

    /** @param kl NaN without an anchor; all in nats per answer token; @param gradientNorm before clipping */
    public record Outcome(double loss, double crossEntropy, double kl, double gradientNorm) {
    }

    private final CausalLm model;
    private final ForwardPass pass;
    private final LoReftMath math;
    private final AdamW optimiser;
    private final NDManager owner;
    private LoReftTensors parameters;

    public LoReftTraining(CausalLm model, ForwardPass pass, LoReftMath math, TrainingOptions options, InterventionSet start) {
        this.model = model;
        this.pass = pass;
        this.math = math;
        this.optimiser = new AdamW(options.weightDecay(), options.maxGradientNorm());
        this.owner = model.newManager();
        this.parameters = LoReftTensors.of(owner, start);
    }

    /** @param anchor null for cross-entropy alone */
    public Outcome step(List<Sequence> batch, Anchor anchor, double learningRate) {
        try (NDManager step = model.newManager()) {
            Gradients g = gradients(step, batch, anchor);
            AdamW.Update update = optimiser.step(g.leaves.arrays(), g.gradients, learningRate);
            List<NDArray> fresh = List.of(math.retract(update.parameters().get(0)), update.parameters().get(1), update.parameters().get(2));
            fresh.forEach(array -> array.attach(owner));
            parameters.arrays().forEach(NDArray::close);
            parameters = new LoReftTensors(parameters.positions(), parameters.layers(), fresh.get(0), fresh.get(1), fresh.get(2));
            return new Outcome(g.loss, g.crossEntropy, g.kl, update.gradientNorm());
        }
    }

    private record Gradients(LoReftTensors leaves, List<NDArray> gradients, double loss, double crossEntropy, double kl) {
    }

    private Gradients gradients(NDManager step, List<Sequence> batch, Anchor anchor) {
        List<NDArray> copies = new ArrayList<>();
        for (NDArray array : parameters.arrays()) {
            NDArray copy = array.duplicate();
            copy.attach(step);
            copy.setRequiresGradient(true);
            copies.add(copy);
        }
        LoReftTensors leaves = new LoReftTensors(parameters.positions(), parameters.layers(), copies.get(0), copies.get(1), copies.get(2));
        NDArray reference = anchor == null ? null : anchor.reference.of(step, batch);
        NDList[] loss = new NDList[1];
        TorchThread.withGradients(() -> {
            NDArray hidden = pass.hidden(step, batch, leaves.edits());
            loss[0] = model.loss(hidden, ForwardPass.targets(batch), reference,
                    anchor == null ? Direction.FORWARD : anchor.direction, anchor == null ? 1 : anchor.temperature,
                    anchor == null ? 0 : anchor.lambda);
            JniUtils.backward((PtNDArray) loss[0].get(0), (PtNDArray) step.create(1f), false, false);
        });
        List<NDArray> gradients = copies.stream().map(NDArray::getGradient).toList();
        return new Gradients(leaves, gradients, loss[0].get(0).getFloat(), loss[0].get(1).getFloat(),
                anchor == null ? Double.NaN : loss[0].get(2).getFloat());
    }

    /** Gradients of the loss in R, W and b, for tests: three flat arrays. */
    List<float[]> gradients(List<Sequence> batch, Anchor anchor) {
        try (NDManager step = model.newManager()) {
            return gradients(step, batch, anchor).gradients.stream().map(NDArray::toFloatArray).toList();
        }
    }

    /** Mean cross-entropy over the answer tokens of all batches, without training. */
    public double crossEntropy(List<List<Sequence>> batches) {
        double sum = 0;
        long tokens = 0;
        for (List<Sequence> batch : batches) {
            try (NDManager step = model.newManager()) {
                Edits edits = parameters.edits();
                edits.down().attach(step); // it was made in the memory of the parameters, which outlives the step
                NDArray hidden = pass.hidden(step, batch, edits);
                float[] likelihoods = model.logLikelihood(hidden, ForwardPass.targets(batch));
                for (float likelihood : likelihoods) {
                    sum -= likelihood;
                }
                tokens += likelihoods.length;
            }
        }
        return sum / tokens;
    }

    /** The parameters as they are now. */
    public InterventionSet current() {
        return parameters.toSet();
    }

    @Override
    public void close() {
        optimiser.close();
        owner.close();
    }
}
