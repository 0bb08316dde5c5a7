package craft.method.guard;

import craft.method.adapter.AdapterOptions;
import craft.method.sequential.Guard;
import java.util.List;

/**
 * Options of averaged gradient episodic memory, {@link AGem}.
 *
 * @param adapter what is trained
 * @param rows kept of each task
 * @param sample rows of the memory whose gradient is taken in a step; the authors took 256 small images, or 1300
 */
public record AGemOptions(AdapterOptions adapter, int rows, int sample) implements GuardOptions {
    public static AGemOptions defaults() {
        return new AGemOptions(AdapterOptions.defaults(), 100, 16);
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE", "g·g_{M} < 0:  g ← g − (g·g_{M} / g_{M}·g_{M}) g_{M}");
    }

    @Override
    public void check() {
        adapter.check();
        Ranges.between("rows", rows, 1, 10_000_000);
        Ranges.between("sample", sample, 1, 1_000_000);
    }

    @Override
    public String guardName() {
        return "A-GEM";
    }

    @Override
    public Guard guard(long seed) {
        return new AGem(this, seed);
    }
}
