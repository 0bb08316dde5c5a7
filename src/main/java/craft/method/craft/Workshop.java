package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.Placement;
import craft.lm.CausalLm;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import craft.method.Batches;
import craft.method.TrainingOptions;
import craft.method.reft.LoReftTrainable;
import craft.method.train.ReferenceStates;
import craft.method.train.Training;
import craft.method.train.TrainingLoop;
import java.util.List;

/** What all three stages work with. */
record Workshop(CausalLm model, ForwardPass pass, LoReftMath math, Placement placement, TrainingOptions training,
        long seed) {
    /** Padded tokens a batch where no gradient is needed. */
    private static final int TOKENS = 2048;

    TrainingLoop train(InterventionSet start) {
        return new TrainingLoop(LoReftTrainable.training(model, pass, math, training, start), training, seed);
    }

    /** A set from its trained values. */
    InterventionSet set(Training trained) {
        return InterventionSet.of(placement, trained.values());
    }

    /** @param set null for the untouched model */
    ReferenceStates states(InterventionSet set, List<Sequence> examples) {
        return new ReferenceStates(model, pass, set, Batches.byLength(examples, TOKENS));
    }

    List<List<Sequence>> withoutGradient(List<Sequence> examples) {
        return Batches.byLength(examples, TOKENS);
    }
}
