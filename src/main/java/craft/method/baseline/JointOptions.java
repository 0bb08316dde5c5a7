package craft.method.baseline;

import craft.method.adapter.AdapterMethodOptions;
import craft.method.adapter.AdapterOptions;
import java.util.List;

/** All tasks at once. */
public record JointOptions(AdapterOptions adapter) implements AdapterMethodOptions {
    public static JointOptions defaults() {
        return new JointOptions(AdapterOptions.defaults());
    }

    @Override
    public String displayName() {
        return "Joint " + adapter.kind().displayName();
    }

    @Override
    public List<String> formula() {
        return List.of("L = Σ_{t} CE_{t}");
    }
}
