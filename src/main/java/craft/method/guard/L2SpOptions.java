package craft.method.guard;

import craft.method.adapter.AdapterOptions;
import craft.method.sequential.Guard;
import java.util.List;

/**
 * Options of the distance to the starting point, {@link L2Sp}.
 *
 * @param adapter what is trained
 * @param lambda weight of the distance, alpha in the paper
 * @param towards where the parameters are pulled to
 */
public record L2SpOptions(AdapterOptions adapter, double lambda, Towards towards) implements GuardOptions {
    /** Where the task began, or where the first one did. */
    public enum Towards { PREVIOUS, START }

    /** Their alpha was chosen by cross-validation; 1 is what held a first task on the bundled model. */
    public static L2SpOptions defaults() {
        return new L2SpOptions(AdapterOptions.defaults(), 1, Towards.PREVIOUS);
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE + (λ / 2) ‖θ − θ_{" + (towards == Towards.START ? "0" : "t−1") + "}‖²");
    }

    @Override
    public void check() {
        adapter.check();
        Ranges.between("lambda", lambda, 0, 1e12);
    }

    @Override
    public String guardName() {
        return "L2-SP";
    }

    @Override
    public Guard guard(long seed) {
        return new L2Sp(this);
    }
}
