package craft.intervention;

import ai.djl.ndarray.NDManager;
import craft.lm.Adaptation;
import craft.lm.FloatTensor;
import java.util.Map;

/** What a method has trained on top of a frozen model, as plain numbers without native memory. */
public interface Adapter {
    /** The same as native arrays of {@code owner}, ready to compute with. */
    Adaptation on(NDManager owner);

    /** How many numbers it has. */
    long parameters();

    /** All its numbers, by names that say their place. */
    Map<String, FloatTensor> tensors();
}
