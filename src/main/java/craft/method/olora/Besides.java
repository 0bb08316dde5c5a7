package craft.method.olora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.intervention.Adapter;
import craft.intervention.LoraSet;
import craft.lm.Adaptation;
import craft.lm.FloatTensor;
import craft.lm.LowRankUpdates;
import craft.lm.LowRankUpdates.Update;
import craft.lm.Projection;
import craft.lm.Scaled;
import craft.method.lora.LoraTrainable;
import craft.method.train.Objective.Penalty;
import craft.method.train.Trainable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A task's own LoRA as parameters, beside the frozen ones of the tasks before: all are active, y + scale sum_i B_i A_i x
 * (Wang et al. 2023, O-LoRA), and the own A is held orthogonal to the others.
 */
final class Besides implements Trainable, Penalty, AutoCloseable {
    private final LoraTrainable own;
    private final double lambda1;
    private final double lambda2;
    private final NDManager owner;
    private final Map<Projection, Update> earlier;
    /** For each projection the earlier tasks' A, {@code [n, in, (t - 1) r]}. */
    private final List<NDArray> transposed = new ArrayList<>();

    /** @param before null for the first task */
    Besides(NDManager owner, LoraTrainable own, LoraSet before, OLoraOptions options) {
        this.owner = owner;
        this.own = own;
        this.lambda1 = options.lambda1();
        this.lambda2 = options.lambda2();
        this.earlier = before == null ? Map.of() : before.on(owner).updates();
        earlier.values().forEach(update -> transposed.add(update.a().transpose(0, 2, 1)));
    }

    @Override
    public Adaptation adaptation(List<NDArray> parameters) {
        LowRankUpdates alone = (LowRankUpdates) own.adaptation(parameters);
        if (earlier.isEmpty()) {
            return alone;
        }
        Map<Projection, Update> all = new EnumMap<>(Projection.class);
        alone.updates().forEach((projection, update) -> {
            Update frozen = earlier.get(projection);
            all.put(projection, new Update(update.a().concat(frozen.a(), 1), update.b().concat(frozen.b(), 2)));
        });
        return new LowRankUpdates(alone.layers(), all);
    }

    /**
     * lambda_1 sum over projections, layers and earlier tasks i of sum_jk |A_i A_t^T|_jk, plus lambda_2 sum of the Euclidean
     * norms of the task's own matrices, layer by layer. The paper (arXiv 2310.14152) squares the entries; its authors' code takes their
     * absolute values, as here.
     */
    @Override
    public NDArray of(NDManager step, List<NDArray> parameters) {
        NDArray sum = step.create(0f);
        for (int p = 0; p < transposed.size(); p++) {
            sum = sum.add(Scaled.of(parameters.get(2 * p).matMul(transposed.get(p)).abs().sum(), lambda1));
        }
        if (lambda2 > 0) {
            for (NDArray parameter : parameters) {
                NDArray squares = parameter.square().sum(new int[] {1, 2});
                // B begins at 0, where a norm has no gradient
                sum = sum.add(Scaled.of(squares.add(1e-12).sqrt().sum(), lambda2));
            }
        }
        return sum;
    }

    @Override
    public Adapter adapter(List<FloatTensor> values) {
        return own.adapter(values);
    }

    @Override
    public void close() {
        owner.close();
    }
}
