package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.lm.CausalLm;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import craft.method.Batches;
import craft.method.TrainingOptions;
import craft.method.reft.LoReftTraining;
import craft.method.reft.ReferenceStates;
import java.util.List;

/** What all three stages work with. */
record Workshop(CausalLm model, ForwardPass pass, LoReftMath math, TrainingOptions training, long seed) {
    /** Padded tokens a batch where no gradient is needed. */
    private static final int TOKENS = 2048;

    LoReftTraining train(InterventionSet start) {
        return new LoReftTraining(model, pass, math, training, start);
    }

    /** @param set null for the untouched model */
    ReferenceStates states(InterventionSet set, List<Sequence> examples) {
        return new ReferenceStates(model, pass, set, Batches.byLength(examples, TOKENS));
    }

    List<List<Sequence>> withoutGradient(List<Sequence> examples) {
        return Batches.byLength(examples, TOKENS);
    }
}
