package craft.method.baseline;

import craft.method.MethodOptions;
import craft.method.adapter.AdapterOptions;

/** All tasks at once. */
public record JointOptions(AdapterOptions adapter) implements MethodOptions {
    public static JointOptions defaults() {
        return new JointOptions(AdapterOptions.defaults());
    }

    @Override
    public String displayName() {
        return "Joint " + adapter.kind().displayName();
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
