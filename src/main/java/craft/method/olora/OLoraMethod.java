package craft.method.olora;

import craft.intervention.LoraSet;
import craft.lm.FloatTensor;
import craft.method.MethodSetup;
import craft.method.Monitor;
import craft.method.TrainingTask;
import craft.method.lora.LoraKind;
import craft.method.lora.LoraTrainable;
import craft.method.train.AdapterTrainer;
import craft.method.train.CurrentLoop;
import craft.method.train.Objective;
import craft.method.train.OneGroupMethod;
import craft.method.train.TrainingLoop;
import java.util.List;

/**
 * O-LoRA (Wang et al. 2023, Orthogonal Subspace Learning for Language Model Continual Learning): every task trains a LoRA of
 * its own while those of earlier tasks stay as they are and act, too. The loss is
 *
 * <p>CE + lambda_1 sum_{i < t} sum_jk |A_i A_t^T|_jk + lambda_2 (norms of A_t and B_t)
 *
 * <p>so that a task's updates read other directions than those before. All tasks are answered with the sum of all updates,
 * which is one update whose rank grows by r a task.
 */
public final class OLoraMethod extends OneGroupMethod {
    private final OLoraOptions options;
    private final LoraTrainable own;

    public OLoraMethod(OLoraOptions options, MethodSetup setup) {
        super(new AdapterTrainer(setup, new LoraKind(options.lora(), setup, "method.lora")));
        this.options = options;
        this.own = LoraTrainable.of(options.lora(), setup.model().config(), 1, "method.lora");
    }

    @Override
    protected List<FloatTensor> learn(TrainingTask task, List<FloatTensor> before, CurrentLoop current, Monitor monitor) {
        LoraSet earlier = before == null ? null : own.adapter(before);
        try (Besides trainable = new Besides(trainer().model().newManager(), own, earlier, options);
                TrainingLoop loop = trainer().loop(trainable, trainer().fresh(task.index()))) {
            boolean alone = earlier == null && options.lambda2() == 0;
            Objective objective = alone ? Objective.CROSS_ENTROPY : new Objective(null, trainable, null);
            current.run(loop, trainer().plan(task), batch -> objective, monitor);
            LoraSet learnt = own.adapter(loop.training().values());
            return (earlier == null ? learnt : LoraSet.sum(earlier, learnt)).stacked();
        }
    }
}
