package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** Computes every token through every layer, every time: the yardstick of {@link PrefixCache}. */
public final class PlainPass implements ForwardPass {
    private final CausalLm model;

    public PlainPass(CausalLm model) {
        this.model = model;
    }

    @Override
    public NDArray hidden(NDManager step, List<Sequence> batch, Adaptation adaptation) {
        Layout layout = model.arrangement().layout(batch);
        NDArray where = layout.where(step, adaptation);
        NDArray positions = layout.positions(step);
        NDArray last = model.extend(model.embed(layout.ids(step), positions), 0, model.config().layers(), false,
                positions, layout.mask(step), null, where, adaptation, false).get(0);
        return model.pick(last, layout.predictors());
    }
}
