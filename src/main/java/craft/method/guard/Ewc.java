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
 * Elastic weight consolidation (Kirkpatrick et al. 2017, "Overcoming catastrophic forgetting in neural networks", eq. 3):
 * {@code L = CE + sum_k lambda/2 sum_i F_k,i (theta_i - theta*_k,i)^2}, one term for every earlier task k, theta*_k being the
 * parameters at its end and F_k the diagonal of the empirical Fisher information there:
 * {@code F_i = 1/n sum_x (d log p(answer | prompt) / d theta_i)^2} over n of the task's training rows with their own answers.
 *
 * <p>Online (Schwarz et al. 2018, "Progress &amp; Compress", section 4): one term, around the parameters at the end of the
 * last task, with the running Fisher {@code F <- gamma F + F_k}; the loss weighs it with {@code lambda gamma F}.
 */
public final class Ewc implements Guard {
    /** One quadratic term: the Fisher's diagonal and the parameters it is around. */
    private record Term(List<NDArray> fisher, List<NDArray> centre) {
        void close() {
            fisher.forEach(NDArray::close);
            centre.forEach(NDArray::close);
        }

        long bytes() {
            return GuardMath.bytes(fisher) + GuardMath.bytes(centre);
        }
    }

    private final EwcOptions options;
    private final long seed;
    final GuardMath math = new GuardMath();
    private final List<Term> terms = new ArrayList<>();

    public Ewc(EwcOptions options, long seed) {
        this.options = options;
        this.seed = seed;
    }

    @Override
    public Objective objective(List<Sequence> batch) {
        return terms.isEmpty() ? Objective.CROSS_ENTROPY : new Objective(null, this::penalty, null);
    }

    private NDArray penalty(NDManager step, List<NDArray> parameters) {
        double scale = options.lambda() * (options.online() ? options.decay() : 1);
        NDArray sum = null;
        for (Term term : terms) {
            NDArray one = math.quadratic(step, scale, parameters, term.centre, term.fisher);
            sum = sum == null ? one : sum.add(one);
        }
        return sum;
    }

    @Override
    public void end(TrainingTask task, Training training) {
        List<NDArray> fisher = fisher(Rows.sample(task.train(), options.fisherRows(), Seeds.random(seed, "fisher", task.index())), training);
        if (options.online() && !terms.isEmpty()) {
            Term before = terms.remove(0);
            try (NDManager scope = TorchThread.manager()) {
                List<NDArray> running = math.decayedSum(scope, options.decay(), before.fisher, fisher);
                running.forEach(math::own);
                fisher.forEach(NDArray::close);
                fisher = running;
            }
            before.close();
        }
        NotFiniteException.require(What.STATISTICS, GuardMath.numbers(fisher)); // squares overflow before gradients do
        terms.add(new Term(fisher, math.own(training.values())));
    }

    /** One row after the other, since the square of a batch's mean gradient is not the mean of the rows' squares. */
    private List<NDArray> fisher(List<Sequence> rows, Training training) {
        List<NDArray> fisher = null;
        for (Sequence row : rows) {
            try (NDManager scope = TorchThread.manager()) {
                List<NDArray> g = training.gradients(scope, List.of(row), Objective.CROSS_ENTROPY);
                // the loss is the mean over the answer's tokens, its log-likelihood their sum
                double scale = (double) row.predictions() * row.predictions() / rows.size();
                List<NDArray> sum = math.addSquares(scope, scale, fisher == null ? zeros(scope, g) : fisher, g);
                sum.forEach(math::own);
                if (fisher != null) {
                    fisher.forEach(NDArray::close);
                }
                fisher = sum;
            }
        }
        return fisher;
    }

    private static List<NDArray> zeros(NDManager scope, List<NDArray> like) {
        return like.stream().map(a -> scope.zeros(a.getShape())).toList();
    }

    @Override
    public long storedBytes() {
        return terms.stream().mapToLong(Term::bytes).sum();
    }

    @Override
    public void save(State to) {
        to.put("terms", terms.size());
        for (int i = 0; i < terms.size(); i++) {
            to.part("term").part(i).put("fisher", GuardMath.numbers(terms.get(i).fisher));
            to.part("term").part(i).put("centre", GuardMath.numbers(terms.get(i).centre));
        }
    }

    @Override
    public void restore(State from) {
        for (int i = 0; i < from.integer("terms"); i++) {
            State term = from.part("term").part(i);
            terms.add(new Term(math.own(term.arrays("fisher")), math.own(term.arrays("centre"))));
        }
    }

    @Override
    public void close() {
        math.close();
    }
}
