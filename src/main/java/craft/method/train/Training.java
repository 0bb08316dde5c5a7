package craft.method.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import craft.lm.Adaptation;
import craft.lm.CausalLm;
import craft.lm.CausalLm.Direction;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.lm.Scaled;
import craft.lm.Sequence;
import craft.lm.SideBySide;
import craft.lm.TorchThread;
import craft.intervention.Adapter;
import craft.method.AdamW;
import craft.method.Batches;
import craft.method.NotFiniteException;
import craft.method.NotFiniteException.What;
import craft.method.State;
import craft.method.TrainingOptions;
import craft.method.train.Objective.Anchor;
import craft.method.train.Objective.Penalty;
import java.util.ArrayList;
import java.util.List;

/**
 * Parameters being trained: the gradient of an {@link Objective}, AdamW, and the retraction of the {@link Trainable}. The
 * base model's weights never change. Confined to one thread.
 *
 * <p>A step's rows are passed forward in the {@link Batches#parts parts} that the options allow; each part's loss, a mean
 * over its answer tokens, counts by their share in the step's, so that the gradient is that of all rows at once.
 * Parts are computed {@linkplain SideBySide side by side}, cut further into as many as the engine's settings say.
 */
public final class Training implements AutoCloseable {

    /**
     * In nats per answer token.
     *
     * @param loss what was minimised
     * @param kl NaN without an anchor
     * @param gradientNorm before clipping
     * @param tokens passed forward and backward: the batch's, and those of rows whose gradients the objective's rule asked for
     */
    public record Outcome(double loss, double crossEntropy, double kl, double gradientNorm, int tokens) {
    }

    /** Padded tokens a batch where no gradient is needed. */
    private static final int TOKENS = 2048;
    /**
     * Computed tokens of a piece at least. With fewer, reading a large model's weights once for every piece costs more than
     * computing side by side gains: 14 tokens a piece were slower at 135M parameters, 24 faster at 6M, 70 and more at both.
     */
    private static final int PIECE = 16;

    private final CausalLm model;
    private final ForwardPass pass;
    private final Trainable trainable;
    private final TrainingOptions options;
    private final AdamW optimiser;
    private final NDManager owner;
    private List<NDArray> parameters;
    private int tokens;

    /** @param start the parameters' values at the beginning */
    public Training(CausalLm model, ForwardPass pass, Trainable trainable, List<FloatTensor> start, TrainingOptions options) {
        this.model = model;
        this.pass = pass;
        this.trainable = trainable;
        this.options = options;
        this.optimiser = new AdamW(options.weightDecay(), options.maxGradientNorm());
        this.owner = model.newManager();
        this.parameters = create(start);
    }

    private List<NDArray> create(List<FloatTensor> values) {
        return values.stream().map(v -> owner.create(v.data(), new Shape(v.shape()))).toList();
    }

    /**
     * One optimiser step.
     *
     * @throws NotFiniteException when its loss or its gradient is not finite; the parameters are what they were, the optimiser's
     *     moments need not be
     */
    public Outcome step(List<Sequence> batch, Objective objective, double learningRate) {
        try (NDManager step = model.newManager()) {
            tokens = 0;
            Gradients g = differentiate(step, batch, objective);
            List<NDArray> gradients = objective.rule() == null ? g.gradients
                    : objective.rule().change(step, g.leaves, g.gradients);
            AdamW.Update update = optimiser.step(g.leaves, gradients, learningRate);
            NotFiniteException.require(What.GRADIENT, update.gradientNorm()); // clipped, an infinite one would be 0 or NaN
            List<NDArray> fresh = trainable.retract(update.parameters());
            fresh.forEach(array -> array.attach(owner));
            parameters.forEach(NDArray::close);
            parameters = List.copyOf(fresh);
            return new Outcome(g.loss, g.crossEntropy, g.kl, update.gradientNorm(), tokens);
        }
    }

    private record Gradients(List<NDArray> leaves, List<NDArray> gradients, double loss, double crossEntropy, double kl) {
    }

    private Gradients differentiate(NDManager step, List<Sequence> rows, Objective objective) {
        tokens += rows.stream().mapToInt(Sequence::length).sum();
        double answers = rows.stream().mapToInt(Sequence::predictions).sum();
        List<Part> parts = new ArrayList<>();
        for (List<Sequence> batch : Batches.parts(rows, options)) {
            for (List<Sequence> part : SideBySide.cut(batch, pieces(batch))) {
                double share = part.stream().mapToInt(Sequence::predictions).sum() / answers;
                parts.add(new Part(part, leaves(step.newSubManager()), share, parts.isEmpty() ? objective.penalty() : null)); // counts once a step
            }
        }
        double loss = 0;
        double crossEntropy = 0;
        double kl = objective.anchor() == null ? Double.NaN : 0;
        ForwardPass.Held kept = pass.prepare(rows);
        try {
            for (Loss of : SideBySide.map(parts, model.settings().parts(), part -> differentiate(part, objective.anchor()))) {
                loss += of.total;
                crossEntropy += of.crossEntropy;
                kl += of.kl;
            }
        } finally {
            kept.close();
        }
        NotFiniteException.require(What.LOSS, loss);
        NotFiniteException.require(What.LOSS, crossEntropy);
        if (objective.anchor() != null) {
            NotFiniteException.require(What.LOSS, kl);
        }
        return new Gradients(parts.get(0).leaves, sum(parts), loss, crossEntropy, kl);
    }

    /** As many as the settings say, or fewer of a worthwhile size. */
    private int pieces(List<Sequence> batch) {
        int computed = batch.stream().mapToInt(pass::computed).sum();
        return Math.max(1, Math.min(model.settings().parts(), computed / PIECE));
    }

    /** In the order of the parts, so that no chance is in the last bits. */
    private static List<NDArray> sum(List<Part> parts) {
        List<NDArray> sums = parts.get(0).leaves.stream().map(NDArray::getGradient).toList();
        for (Part part : parts.subList(1, parts.size())) {
            for (int i = 0; i < sums.size(); i++) {
                sums.get(i).addi(part.leaves.get(i).getGradient());
            }
        }
        return sums;
    }

    /** Rows passed forward together, with a copy of the parameters in a manager of their own; @param share of the step's answer tokens */
    private record Part(List<Sequence> rows, List<NDArray> leaves, double share, Penalty penalty) {
    }

    /** @param total what was differentiated; @param kl 0 without an anchor; all of them times the part's share */
    private record Loss(double total, double crossEntropy, double kl) {
    }

    /** Gives the part's leaves the gradient of its share times its loss, and of a penalty if there is one. */
    private Loss differentiate(Part part, Anchor anchor) {
        try (NDManager scope = model.newManager()) {
            NDArray reference = anchor == null ? null : anchor.reference().of(scope, part.rows);
            NDArray[] total = new NDArray[1];
            NDList[] loss = new NDList[1];
            TorchThread.withGradients(() -> {
                NDArray hidden = hidden(scope, part.rows, part.leaves);
                loss[0] = model.loss(hidden, ForwardPass.targets(part.rows), reference,
                        anchor == null ? Direction.FORWARD : anchor.direction(), anchor == null ? 1 : anchor.temperature(),
                        anchor == null ? 0 : anchor.lambda());
                total[0] = part.share == 1 ? loss[0].get(0) : Scaled.of(loss[0].get(0), part.share);
                if (part.penalty != null) {
                    total[0] = total[0].add(part.penalty.of(scope, part.leaves));
                }
                backward(scope, total[0]);
            });
            double value = part.penalty == null ? part.share * loss[0].get(0).getFloat() : total[0].getFloat();
            return new Loss(value, part.share * loss[0].get(1).getFloat(), part.share * loss[0].get(2).getFloat());
        }
    }

    private List<NDArray> leaves(NDManager step) {
        List<NDArray> leaves = new ArrayList<>();
        for (NDArray array : parameters) {
            NDArray leaf = array.duplicate();
            leaf.attach(step);
            leaf.setRequiresGradient(true);
            leaves.add(leaf);
        }
        return leaves;
    }

    private NDArray hidden(NDManager step, List<Sequence> batch, List<NDArray> leaves) {
        return pass.hidden(step, batch, trainable.adaptation(leaves));
    }

    private static void backward(NDManager step, NDArray scalar) {
        JniUtils.backward((PtNDArray) scalar, (PtNDArray) step.create(1f), false, false);
    }

    /** Gradients of the objective without its rule, as plain numbers; nothing is trained. */
    public List<float[]> gradients(List<Sequence> batch, Objective objective) {
        try (NDManager step = model.newManager()) {
            return gradients(step, batch, objective).stream().map(NDArray::toFloatArray).toList();
        }
    }

    /** The same as arrays of {@code step}. */
    public List<NDArray> gradients(NDManager step, List<Sequence> batch, Objective objective) {
        return differentiate(step, batch, objective).gradients;
    }

    /** Gradients, as arrays of {@code step}, of the mean logit of the answer tokens, each where it has to be predicted. */
    public List<NDArray> logitGradients(NDManager step, List<Sequence> batch) {
        tokens += batch.stream().mapToInt(Sequence::length).sum();
        List<NDArray> leaves = leaves(step);
        long[] targets = ForwardPass.targets(batch);
        TorchThread.withGradients(() -> {
            NDArray logits = model.logits(hidden(step, batch, leaves));
            NDArray own = logits.gather(step.create(targets, new Shape(targets.length, 1)), 1);
            backward(step, own.mean());
        });
        return leaves.stream().map(NDArray::getGradient).toList();
    }

    /** The rows' last hidden states under other values of the parameters, frozen. */
    public ReferenceStates states(List<FloatTensor> values, List<Sequence> rows) {
        return new ReferenceStates(model, pass, trainable.adapter(values), Batches.byLength(rows, TOKENS));
    }

    /**
     * Mean cross-entropy over the answer tokens of all batches, without training.
     *
     * @throws NotFiniteException when it is not finite
     */
    public double crossEntropy(List<List<Sequence>> batches) {
        double sum = 0;
        long tokens = 0;
        for (float[] likelihoods : SideBySide.map(batches, model.settings().parts(), this::logLikelihood)) {
            for (float likelihood : likelihoods) {
                sum -= likelihood;
            }
            tokens += likelihoods.length;
        }
        return NotFiniteException.require(What.VALIDATION, sum / tokens);
    }

    private float[] logLikelihood(List<Sequence> batch) {
        try (NDManager step = model.newManager()) {
            List<NDArray> copies = new ArrayList<>();
            for (NDArray array : parameters) { // so that what the adaptation makes belongs to the step
                NDArray copy = array.duplicate();
                copy.attach(step);
                copies.add(copy);
            }
            return model.logLikelihood(pass.hidden(step, batch, trainable.adaptation(copies)), ForwardPass.targets(batch));
        }
    }

    /** The parameters as they are now. */
    public List<FloatTensor> values() {
        return parameters.stream().map(p -> new FloatTensor(p.getShape().getShape(), p.toFloatArray())).toList();
    }

    /** The same as an adapter. */
    public Adapter current() {
        return trainable.adapter(values());
    }

    /** Parameters and the optimiser's moments. */
    public void save(State to) {
        to.put("parameters", values());
        optimiser.save(to.part("optimiser"));
    }

    public void restore(State from) {
        parameters.forEach(NDArray::close);
        parameters = create(from.arrays("parameters"));
        optimiser.restore(from.part("optimiser"));
    }

    @Override
    public void close() {
        optimiser.close();
        owner.close();
    }
}
