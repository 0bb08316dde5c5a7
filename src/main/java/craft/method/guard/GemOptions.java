package craft.method.guard;

import craft.method.adapter.AdapterOptions;
import craft.method.sequential.Guard;
import java.util.List;

/**
 * Options of gradient episodic memory, {@link Gem}.
 *
 * @param adapter what is trained
 * @param rows kept of each task, 256 in the paper
 * @param sample rows of each earlier task whose gradient is taken in a step; 0: all that are kept, as in the paper
 * @param margin gamma, 0.5 in the paper
 */
public record GemOptions(AdapterOptions adapter, int rows, int sample, double margin) implements GuardOptions {
    public static GemOptions defaults() {
        return new GemOptions(AdapterOptions.defaults(), 100, 16, 0.5);
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE", "g ← argmin_{z} ½ ‖z − g‖²,  z·g_{k} ≥ 0,  k < t");
    }

    @Override
    public void check() {
        adapter.check();
        Ranges.between("rows", rows, 1, 10_000_000);
        Ranges.between("sample", sample, 0, 1_000_000);
        Ranges.between("margin", margin, 0, 1000);
    }

    @Override
    public String guardName() {
        return "GEM";
    }

    @Override
    public Guard guard(long seed) {
        return new Gem(this, seed);
    }
}
