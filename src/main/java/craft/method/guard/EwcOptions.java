package craft.method.guard;

import craft.method.adapter.AdapterOptions;
import craft.method.sequential.Guard;
import java.util.List;

/**
 * Options of elastic weight consolidation, {@link Ewc}.
 *
 * @param adapter what is trained
 * @param lambda weight of the terms
 * @param online one running term instead of one a task
 * @param decay gamma of the online form
 * @param fisherRows training rows from which a task's Fisher information is estimated
 */
public record EwcOptions(AdapterOptions adapter, double lambda, boolean online, double decay, int fisherRows) implements GuardOptions {
    /** The authors give no lambda that fits all; 100 held a first task on the bundled model and let a second one be learnt. */
    public static EwcOptions defaults() {
        return new EwcOptions(AdapterOptions.defaults(), 100, false, 0.95, 100);
    }

    @Override
    public List<String> formula() {
        return online ? List.of("L = CE + (λ / 2) γ Σ_{i} F_{i} (θ_{i} − θ*_{i})²", "F ← γ F + F_{t}")
                : List.of("L = CE + (λ / 2) Σ_{k<t} Σ_{i} F_{k,i} (θ_{i} − θ*_{k,i})²");
    }

    @Override
    public void check() {
        adapter.check();
        Ranges.between("lambda", lambda, 0, 1e12);
        Ranges.between("decay", decay, 0, 1);
        Ranges.between("fisherRows", fisherRows, 1, 1_000_000);
    }

    @Override
    public String guardName() {
        return online ? "online EWC" : "EWC";
    }

    @Override
    public Guard guard(long seed) {
        return new Ewc(this, seed);
    }
}
