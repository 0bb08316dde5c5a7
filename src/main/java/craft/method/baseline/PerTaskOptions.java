package craft.method.baseline;

import craft.method.MethodOptions;
import craft.method.adapter.AdapterOptions;

/** One adapter a task. */
public record PerTaskOptions(AdapterOptions adapter) implements MethodOptions {
    public static PerTaskOptions defaults() {
        return new PerTaskOptions(AdapterOptions.defaults());
    }

    @Override
    public String displayName() {
        return adapter.kind().displayName() + " per task";
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
