package craft.method.averaging;

import craft.method.adapter.AdapterMethodOptions;
import craft.method.adapter.AdapterOptions;
import java.util.List;

/** @param space whether what adapters do is averaged, or their parameters */
public record AveragingOptions(AdapterOptions adapter, Space space) implements AdapterMethodOptions {
    public enum Space { FUNCTION, PARAMETER }

    public static AveragingOptions defaults() {
        return new AveragingOptions(AdapterOptions.defaults(), Space.FUNCTION);
    }

    @Override
    public String displayName() {
        return "Averaged " + adapter.kind().displayName();
    }

    @Override
    public List<String> formula() {
        return List.of("L_{t} = CE(θ_{t})", space == Space.FUNCTION ? "Δ = (1 / t) Σ_{i≤t} Δ_{i}" : "θ = (1 / t) Σ_{i≤t} θ_{i}");
    }
}
