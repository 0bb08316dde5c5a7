package craft.method.guard;

import craft.method.adapter.AdapterOptions;
import craft.method.sequential.Guard;
import java.util.List;

/**
 * Options of orthogonal gradient descent, {@link Ogd}.
 *
 * @param adapter what is trained
 * @param directions kept of each task at most, 200 in the paper
 */
public record OgdOptions(AdapterOptions adapter, int directions) implements GuardOptions {
    public static OgdOptions defaults() {
        return new OgdOptions(AdapterOptions.defaults(), 200);
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE", "g ← g − Σ_{s} (g·s) s");
    }

    @Override
    public void check() {
        adapter.check();
        Ranges.between("directions", directions, 1, 100_000);
    }

    @Override
    public String guardName() {
        return "OGD";
    }

    @Override
    public Guard guard(long seed) {
        return new Ogd(this, seed);
    }
}
