package craft.method.reftcl;

import ai.djl.ndarray.NDManager;
import craft.intervention.Adapter;
import craft.intervention.InterventionSet;
import craft.intervention.Placement;
import craft.lm.FloatTensor;
import craft.method.MethodSetup;
import craft.method.Monitor;
import craft.method.TrainingTask;
import craft.method.reft.LoReftKind;
import craft.method.reft.LoReftTrainable;
import craft.method.train.AdapterTrainer;
import craft.method.train.CurrentLoop;
import craft.method.train.Objective;
import craft.method.train.OneGroupMethod;
import craft.method.train.TrainingLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * ReFT-CL: the edit after task t is {@code sum_{i <= t} a_i D_i}, D_i the direction of task i's edit (all its sites together
 * scaled to Frobenius norm 1) and a_i one learned scalar a task. While task t is learnt its own edit is trained freely,
 * {@code sum_{i < t} a_i D_i + E_t}, together with the scalars of the tasks before, whose directions stay as they are; then
 * E_t is split into its length a_t and its direction D_t, which changes nothing. The loss is cross-entropy. All tasks are
 * answered with the whole sum, one edit of rank t r.
 *
 * <p>No public description of a ReFT-CL was found: this is ours. It carries over SD-LoRA (Wu et al. 2025, Scalable Decoupled
 * Low-Rank Adaptation for Class Incremental Learning), which so separates magnitude and direction of LoRA updates.
 */
public final class ReftClMethod extends OneGroupMethod {
    private final ReftClOptions options;
    private final Placement placement;

    public ReftClMethod(ReftClOptions options, MethodSetup setup) {
        super(new AdapterTrainer(setup, new LoReftKind(setup)));
        this.options = options;
        this.placement = setup.sites().placement(setup.model().config().layers());
    }

    @Override
    protected List<FloatTensor> learn(TrainingTask task, List<FloatTensor> before, CurrentLoop current, Monitor monitor) {
        List<FloatTensor> fresh = trainer().fresh(task.index());
        if (before == null) {
            try (TrainingLoop loop = trainer().loop(fresh)) {
                return split(trained(loop, task, current, monitor)).arrays();
            }
        }
        Directions earlier = Directions.of(before);
        List<FloatTensor> start = new ArrayList<>(fresh);
        if (options.trainScalars()) {
            start.add(earlier.scalars());
        }
        try (SumOfDirections sum = new SumOfDirections(trainer().model().newManager(), (LoReftTrainable) trainer().trainable(), fresh.size(),
                        earlier, options.trainScalars());
                TrainingLoop loop = trainer().loop(sum, start)) {
            InterventionSet own = trained(loop, task, current, monitor);
            Directions now = options.trainScalars() ? earlier.withScalars(loop.training().values().get(fresh.size())) : earlier;
            return now.and(split(own)).arrays();
        }
    }

    private InterventionSet trained(TrainingLoop loop, TrainingTask task, CurrentLoop current, Monitor monitor) {
        current.run(loop, trainer().plan(task), batch -> Objective.CROSS_ENTROPY, monitor);
        return (InterventionSet) loop.training().current();
    }

    private Directions split(InterventionSet set) {
        try (NDManager scope = trainer().model().newManager()) {
            return Directions.split(set, scope);
        }
    }

    /** The sum as one intervention set, for answering and for files. */
    @Override
    protected Adapter adapter(List<FloatTensor> values) {
        return Directions.of(values).sum(placement);
    }

    /** The directions and the scalars. */
    @Override
    public long trainedParameters() {
        return super.trainedParameters() + learnt();
    }

    @Override
    protected long moreBytes() {
        return (long) Float.BYTES * learnt();
    }
}
