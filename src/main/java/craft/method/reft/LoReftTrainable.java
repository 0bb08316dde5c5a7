package craft.method.reft;

import ai.djl.ndarray.NDArray;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftTensors;
import craft.intervention.Placement;
import craft.intervention.Positions;
import craft.intervention.ReftForm;
import craft.lm.Adaptation;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.method.TrainingOptions;
import craft.method.train.Trainable;
import craft.method.train.Training;
import java.util.List;

/**
 * LoReFT interventions, or their relatives, as parameters: for n sites the arrays of their form, for LoReFT R
 * {@code [n, r, d]}, W {@code [n, r, d]} and b {@code [n, r]}. R is made orthonormal again after every step.
 */
public final class LoReftTrainable implements Trainable {
    private final LoReftMath math;
    private final Placement placement;

    public LoReftTrainable(LoReftMath math, Placement placement) {
        this.math = math;
        this.placement = placement;
    }

    /** LoReFT of some layers. */
    public LoReftTrainable(LoReftMath math, Positions positions, int[] layers) {
        this(math, Placement.of(ReftForm.LOREFT, positions, layers));
    }

    /** Training of a set of interventions from {@code start} on. */
    public static Training training(CausalLm model, ForwardPass pass, LoReftMath math, TrainingOptions options, InterventionSet start) {
        return new Training(model, pass, new LoReftTrainable(math, start.placement()), start.stacked(), options);
    }

    @Override
    public Adaptation adaptation(List<NDArray> parameters) {
        return new LoReftTensors(placement, parameters).edits();
    }

    @Override
    public List<NDArray> retract(List<NDArray> parameters) {
        return math.retract(placement.form(), parameters);
    }

    @Override
    public InterventionSet adapter(List<FloatTensor> values) {
        return InterventionSet.of(placement, values);
    }
}
