package craft.method.averaging;

import craft.lm.FloatTensor;
import craft.method.MethodSetup;
import craft.method.Monitor;
import craft.method.TrainingTask;
import craft.method.averaging.AveragingOptions.Space;
import craft.method.train.CurrentLoop;
import craft.method.train.Objective;
import craft.method.train.OneGroupMethod;
import craft.method.train.TrainingLoop;
import java.util.List;

/**
 * Every task trains an adapter by itself, all from the same beginning, with cross-entropy alone; all tasks are answered with
 * the mean of the adapters so far (uniform model soup of Wortsman et al. 2022, here of adapters trained on different tasks,
 * as task arithmetic of Ilharco et al. 2023 with the factor 1 / t). The mean is kept as it goes: after task t it is
 * (1 - 1/t) mean + 1/t new.
 *
 * <p>In function space LoRA's updates are averaged, (1/t) sum_i B_i A_i: exact, of rank t r. The mean of LoReFT edits is
 * their nearest edit of the same rank, taken anew each time ({@link craft.intervention.LoReftMath#mergeFunctions}). In
 * parameter space the arrays are averaged, and R made orthonormal.
 */
public final class AveragingMethod extends OneGroupMethod {
    private final Space space;

    public AveragingMethod(AveragingOptions options, MethodSetup setup) {
        super(options.adapter().trainer(setup));
        this.space = options.space();
    }

    @Override
    protected List<FloatTensor> learn(TrainingTask task, List<FloatTensor> before, CurrentLoop current, Monitor monitor) {
        List<FloatTensor> start = trainer().fresh(1);
        List<FloatTensor> learnt;
        try (TrainingLoop loop = trainer().loop(start)) {
            current.run(loop, trainer().plan(task), batch -> Objective.CROSS_ENTROPY, monitor);
            learnt = loop.training().values();
        }
        double share = 1.0 / (learnt() + 1);
        return before == null ? learnt
                : space == Space.FUNCTION ? trainer().meanOfUpdates(before, learnt, share) : trainer().meanOfParameters(before, learnt, share);
    }

    /** All adapters that were trained, though only their mean is kept. */
    @Override
    public long trainedParameters() {
        return learnt() * trainer().fresh(1).stream().mapToLong(v -> v.data().length).sum();
    }
}
