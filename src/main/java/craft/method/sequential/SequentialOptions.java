package craft.method.sequential;

import craft.method.MethodOptions;
import craft.method.adapter.AdapterOptions;

/** One adapter, trained on one task after the other with nothing against forgetting: the baseline of baselines. */
public record SequentialOptions(AdapterOptions adapter) implements MethodOptions {
    public static SequentialOptions defaults() {
        return new SequentialOptions(AdapterOptions.defaults());
    }

    @Override
    public String displayName() {
        return "Sequential " + adapter.kind().displayName();
    }

    @Override
    public boolean updatesProjections() {
        return adapter.updatesProjections();
    }

    @Override
    public void check() {
        adapter.check();
    }
}
