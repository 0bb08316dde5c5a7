package craft.method.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import craft.intervention.Adapter;
import craft.lm.Adaptation;
import craft.lm.CausalLm;
import craft.lm.CausalLm.Direction;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import craft.lm.SideBySide;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The last hidden states of answer tokens under a fixed adapter, computed once per example: the constant side
 * of a divergence. Hidden states are kept, not logits; the LM head is applied again when they are used.
 */
public final class ReferenceStates implements AutoCloseable {
    private final CausalLm model;
    private final NDManager owner;
    private final List<List<Sequence>> batches;
    private final Map<Sequence, NDArray> states = new HashMap<>();

    /** @param adapter null for the untouched model; @param batches how the examples are passed forward */
    public ReferenceStates(CausalLm model, ForwardPass pass, Adapter adapter, List<List<Sequence>> batches) {
        this.model = model;
        this.owner = model.newManager();
        this.batches = batches;
        try (NDManager scope = model.newManager()) {
            Adaptation adaptation = adapter == null ? null : adapter.on(scope);
            SideBySide.map(batches, model.settings().parts(), batch -> states(pass, batch, adaptation)).forEach(states::putAll);
        }
    }

    private Map<Sequence, NDArray> states(ForwardPass pass, List<Sequence> batch, Adaptation adaptation) {
        Map<Sequence, NDArray> states = new HashMap<>();
        try (NDManager step = model.newManager()) {
            NDArray hidden = pass.hidden(step, batch, adaptation);
            int from = 0;
            for (Sequence sequence : batch) {
                NDArray own = hidden.get(new NDIndex(from + ":" + (from + sequence.predictions()))).duplicate();
                own.attach(owner);
                states.put(sequence, own);
                from += sequence.predictions();
            }
        }
        return states;
    }

    /** {@code [N, d]} for a batch of the examples known here. */
    NDArray of(NDManager step, List<Sequence> batch) {
        NDList parts = new NDList();
        for (Sequence sequence : batch) {
            parts.add(states.get(sequence));
        }
        // the result must not belong to the owner of the parts
        NDArray first = parts.get(0).duplicate();
        first.attach(step);
        return parts.size() == 1 ? first : first.concat(rest(parts, step), 0);
    }

    private static NDArray rest(NDList parts, NDManager step) {
        NDList others = parts.subNDList(1);
        if (others.size() == 1) {
            return others.get(0);
        }
        NDArray joined = NDArrays.concat(others, 0);
        joined.attach(step);
        return joined;
    }

    /**
     * D(this || other) over all examples, mean over answer tokens.
     *
     * @throws IllegalArgumentException when the two hold other examples
     */
    public double divergence(ReferenceStates other, Direction direction, double temperature) {
        double sum = 0;
        long tokens = 0;
        for (List<Sequence> batch : batches) {
            if (!other.states.keySet().containsAll(batch)) {
                throw new IllegalArgumentException("reference states of other examples");
            }
            int n = batch.stream().mapToInt(Sequence::predictions).sum();
            try (NDManager step = model.newManager()) {
                sum += n * model.divergence(of(step, batch), other.of(step, batch), direction, temperature);
            }
            tokens += n;
        }
        return sum / tokens;
    }

    @Override
    public void close() {
        owner.close();
    }
}
