package craft.method.guard;

import craft.method.adapter.AdapterOptions;
import craft.method.sequential.Guard;
import java.util.List;

/**
 * Options of experience replay, {@link Replay}.
 *
 * @param adapter what is trained
 * @param rows size n of the reservoir
 * @param share share of each task's training rows that is kept instead; 0: the reservoir
 * @param ratio rows of the memory for each row of a batch, at most those it has
 */
public record ReplayOptions(AdapterOptions adapter, int rows, double share, double ratio) implements GuardOptions {
    public static ReplayOptions defaults() {
        return new ReplayOptions(AdapterOptions.defaults(), 100, 0, 1);
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE(B + M)");
    }

    @Override
    public void check() {
        adapter.check();
        Ranges.between("rows", rows, 1, 10_000_000);
        Ranges.between("share", share, 0, 1);
        Ranges.between("ratio", ratio, 0, 100);
    }

    @Override
    public String guardName() {
        return "experience replay";
    }

    @Override
    public Guard guard(long seed) {
        return new Replay(this, seed);
    }
}
