package craft.method.olora;

import craft.error.Range;
import craft.method.MethodOptions;
import craft.method.lora.LoraOptions;
import java.util.List;

/**
 * O-LoRA (Wang et al. 2023). Defaults are those of the authors' scripts: rank 8 and alpha 32 on queries and values, lambda_1
 * 0.5, lambda_2 0.
 *
 * @param lambda1 weight of the overlap with earlier tasks' subspaces
 * @param lambda2 weight of the norms of the new task's matrices
 */
public record OLoraOptions(LoraOptions lora, double lambda1, double lambda2) implements MethodOptions {
    public static OLoraOptions defaults() {
        return new OLoraOptions(new LoraOptions("q,v", "all", 8, 32), 0.5, 0);
    }

    @Override
    public String displayName() {
        return "O-LoRA";
    }

    @Override
    public boolean updatesProjections() {
        return true;
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE + λ_{1} Σ_{i<t} ‖A_{i} A_{t}′‖_{1}" + (lambda2 > 0 ? " + λ_{2} (‖A_{t}‖ + ‖B_{t}‖)" : ""));
    }

    @Override
    public void check() {
        lora.check("method.lora");
        Range.between("method.lambda1", lambda1, 0, 1e9);
        Range.between("method.lambda2", lambda2, 0, 1e9);
    }
}
