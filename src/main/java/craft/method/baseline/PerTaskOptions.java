package craft.method.baseline;

import craft.method.adapter.AdapterMethodOptions;
import craft.method.adapter.AdapterOptions;
import java.util.List;

/** One adapter a task. */
public record PerTaskOptions(AdapterOptions adapter) implements AdapterMethodOptions {
    public static PerTaskOptions defaults() {
        return new PerTaskOptions(AdapterOptions.defaults());
    }

    @Override
    public String displayName() {
        return adapter.kind().displayName() + " per task";
    }

    @Override
    public List<String> formula() {
        return List.of("L_{t} = CE(θ_{t})");
    }
}
