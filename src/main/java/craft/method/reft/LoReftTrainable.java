package craft.method.reft;

import ai.djl.ndarray.NDArray;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftTensors;
import craft.intervention.Positions;
import craft.lm.Adaptation;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.method.TrainingOptions;
import craft.method.train.Trainable;
import craft.method.train.Training;
import java.util.List;

/**
 * LoReFT interventions as parameters: R {@code [n, r, d]}, W {@code [n, r, d]} and b {@code [n, r]} of n layers. R is made
 * orthonormal again after every step.
 */
public final class LoReftTrainable implements Trainable {
    private final LoReftMath math;
    private final Positions positions;
    private final int[] layers;

    public LoReftTrainable(LoReftMath math, Positions positions, int[] layers) {
        this.math = math;
        this.positions = positions;
        this.layers = layers;
    }

    /** Training of a set of interventions from {@code start} on. */
    public static Training training(CausalLm model, ForwardPass pass, LoReftMath math, TrainingOptions options, InterventionSet start) {
        return new Training(model, pass, new LoReftTrainable(math, start.positions(), start.layers()), start.stacked(), options);
    }

    @Override
    public Adaptation adaptation(List<NDArray> parameters) {
        return new LoReftTensors(positions, layers, parameters.get(0), parameters.get(1), parameters.get(2)).edits();
    }

    @Override
    public List<NDArray> retract(List<NDArray> parameters) {
        return List.of(math.retract(parameters.get(0)), parameters.get(1), parameters.get(2));
    }

    @Override
    public InterventionSet adapter(List<FloatTensor> values) {
        return InterventionSet.of(positions, layers, values);
    }
}
