package craft.lm;

import craft.error.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Quantised models, of which none can be computed here: known by their config or by their tensors, and named by what made them. */
final class Quantised {
    private static final String ADVICE = "Quantised models are not supported; use the unquantised model";
    private static final List<String> KEYS = List.of("quantization_config", "compression_config", "quantization", "quant_config");
    private static final Map<String, String> MAKERS = Map.of("gptq", "GPTQ", "awq", "AWQ", "bitsandbytes", "bitsandbytes", "fp8", "FP8",
            "fbgemm_fp8", "FP8", "compressed-tensors", "compressed-tensors", "hqq", "HQQ", "mxfp4", "MXFP4", "aqlm", "AQLM", "eetq", "EETQ");
    private static final Set<DType> EIGHT_BITS = Set.of(DType.F8_E4M3, DType.F8_E5M2);

    private Quantised() {
    }

    /** @throws InvalidInputException where config.json says that the weights are quantised */
    static void check(ConfigJson json) {
        for (String key : KEYS) {
            if (json.hasNonNull(key)) {
                throw json.refuse(key, "says that the weights are quantised" + by(json, key) + ". " + ADVICE);
            }
        }
    }

    private static String by(ConfigJson json, String key) {
        if (key.equals("quantization")) {
            return " by MLX";
        }
        ConfigJson part;
        try {
            part = json.object(key);
            String maker = part.text("quant_method", "");
            return maker.isEmpty() ? "" : " by " + MAKERS.getOrDefault(maker, "\"" + (maker.length() > 40 ? maker.substring(0, 40) : maker) + "\"");
        } catch (InvalidInputException e) { // of another form: refused all the same
            return "";
        }
    }

    /** What is to be said of tensors that quantising leaves behind; empty where there are none. */
    static Optional<String> sign(ModelFolder folder) {
        for (String name : folder.names()) {
            DType type = folder.entry(name).dtype();
            String maker = name.endsWith(".qweight") || name.endsWith(".qzeros") ? "GPTQ or AWQ"
                    : name.endsWith(".absmax") || name.contains(".quant_state.") || name.endsWith(".quant_map") || name.endsWith(".SCB")
                            ? "bitsandbytes"
                    : name.endsWith(".weight_packed") ? "compressed-tensors"
                    : name.endsWith(".scales") && folder.names().contains(name.substring(0, name.length() - 6) + "biases") ? "MLX"
                    : name.endsWith(".weight_scale") || name.endsWith(".weight_scale_inv") || EIGHT_BITS.contains(type)
                            && name.endsWith(".weight") ? "FP8" : null;
            if (maker != null) {
                return Optional.of("The weights of " + folder.folder() + " are quantised by " + maker + " (tensor \"" + name + "\"). " + ADVICE
                        + ".");
            }
        }
        return Optional.empty();
    }
}
