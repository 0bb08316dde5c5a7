package craft.method.train;

import ai.djl.ndarray.NDArray;
import craft.lm.Adaptation;
import craft.lm.FloatTensor;
import craft.intervention.Adapter;
import java.util.List;

/**
 * What is trained: some parameter arrays and how they change the frozen model. It holds no parameters itself;
 * {@link Training} does.
 */
public interface Trainable {
    /** The model's change as a differentiable function of the parameters; arrays it makes belong to theirs' manager. */
    Adaptation adaptation(List<NDArray> parameters);

    /** Puts parameters back onto the set they must lie on after an optimiser step, for example orthonormal R. */
    default List<NDArray> retract(List<NDArray> parameters) {
        return parameters;
    }

    /** The parameters' plain numbers as an adapter; {@code values} are as {@link Training#values()} gives them. */
    Adapter adapter(List<FloatTensor> values);
}
