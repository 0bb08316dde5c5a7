package craft.method.guard;

import craft.method.adapter.AdapterOptions;
import craft.method.sequential.Guard;
import java.util.List;

/**
 * Options of learning without forgetting, {@link Lwf}.
 *
 * @param adapter what is trained
 * @param lambda weight of the divergence, lambda_o in the paper
 * @param temperature T, 2 in the paper
 */
public record LwfOptions(AdapterOptions adapter, double lambda, double temperature) implements GuardOptions {
    public static LwfOptions defaults() {
        return new LwfOptions(AdapterOptions.defaults(), 1, 2);
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE + λ T² KL(p_{t−1} ‖ p)");
    }

    @Override
    public boolean measuresDivergence() {
        return true;
    }

    @Override
    public void check() {
        adapter.check();
        Ranges.between("lambda", lambda, 0, 1e9);
        Ranges.positive("temperature", temperature);
    }

    @Override
    public String guardName() {
        return "LwF";
    }

    @Override
    public Guard guard(long seed) {
        return new Lwf(this);
    }
}
