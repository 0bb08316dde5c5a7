package craft.method.sequential;

import craft.method.adapter.AdapterMethodOptions;
import craft.method.adapter.AdapterOptions;
import java.util.List;

/** One adapter, trained on one task after the other with nothing against forgetting: the baseline of baselines. */
public record SequentialOptions(AdapterOptions adapter) implements AdapterMethodOptions {
    public static SequentialOptions defaults() {
        return new SequentialOptions(AdapterOptions.defaults());
    }

    @Override
    public String displayName() {
        return "Sequential " + adapter.kind().displayName();
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE");
    }
}
