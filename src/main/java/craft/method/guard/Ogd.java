package craft.method.guard;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import craft.method.NotFiniteException;
import craft.method.NotFiniteException.What;
import craft.method.Seeds;
import craft.method.State;
import craft.method.TrainingTask;
import craft.method.sequential.Guard;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.util.ArrayList;
import java.util.List;

/**
 * Orthogonal gradient descent (Farajtabar et al. 2020, algorithm 1) in its variant OGD-GTL, the best of theirs: the loss is
 * the new task's cross-entropy; its gradient g becomes {@code g - sum_s (g.s) s}, where the s are orthonormal directions along
 * which earlier tasks' predictions change: gradients of the ground-truth logit of stored rows at the parameters after their
 * task, made orthonormal by Gram-Schmidt. An answer of several tokens gives one direction, that of their mean logit.
 */
public final class Ogd implements Guard {
    private final OgdOptions options;
    private final long seed;
    final GuardMath math = new GuardMath();
    /** One {@code [n, P]} a task learnt, all rows of all of them orthonormal. */
    private final List<NDArray> bases = new ArrayList<>();

    public Ogd(OgdOptions options, long seed) {
        this.options = options;
        this.seed = seed;
    }

    @Override
    public Objective objective(List<Sequence> batch) {
        return bases.isEmpty() ? Objective.CROSS_ENTROPY : new Objective(null, null,
                (scope, parameters, gradients) -> math.cut(math.orthogonal(math.flat(scope, gradients), bases), gradients));
    }

    @Override
    public void end(TrainingTask task, Training training) {
        try (NDManager scope = TorchThread.manager()) {
            List<NDArray> rows = new ArrayList<>();
            for (Sequence row : Rows.sample(task.train(), options.directions(), Seeds.random(seed, "directions", task.index()))) {
                try (NDManager inner = TorchThread.manager()) {
                    NDArray direction = math.flat(inner, training.logitGradients(inner, List.of(row)));
                    NotFiniteException.require(What.STATISTICS, direction.toFloatArray()); // it would count as spanned already
                    direction.attach(scope);
                    rows.add(direction);
                }
            }
            NDArray basis = math.basis(scope, rows, bases);
            if (basis.getShape().get(0) > 0) { // none is left when the rows add nothing to what is spanned already
                bases.add(math.own(basis));
            }
        }
    }

    /** Orthonormal directions, one {@code [n, P]} a task. */
    List<NDArray> bases() {
        return List.copyOf(bases);
    }

    @Override
    public long storedBytes() {
        return GuardMath.bytes(bases);
    }

    @Override
    public void save(State to) {
        to.put("bases", GuardMath.numbers(bases));
    }

    @Override
    public void restore(State from) {
        bases.addAll(math.own(from.arrays("bases")));
    }

    @Override
    public void close() {
        math.close();
    }
}
