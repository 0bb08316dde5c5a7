package craft.method.moelora;

import craft.error.InvalidInputException;
import craft.method.ContinualMethod;
import craft.method.MethodOptions;
import craft.method.MethodSetup;
import craft.method.lora.LoraKind;
import craft.method.lora.LoraOptions;
import craft.method.lora.LoraTrainable;
import craft.method.sequential.SequentialMethod;
import craft.method.train.AdapterTrainer;
import java.util.List;

/**
 * A dense mixture of LoRA experts, trained on one task after the other with cross-entropy:
 *
 * <p>y = P x + alpha / r sum_e softmax(G x)_e B_e A_e x
 *
 * <p>as in LoRAMoE (Dou et al. 2024, arXiv 2312.09979), whose localised balancing constraint is left out: it needs two kinds of
 * experts and of data. Defaults are the authors': 6 experts of rank 4 with alpha 32 on the feed-forward part; of its
 * projections up and down, which every model has.
 *
 * @param lora {@code rank} is each expert's
 * @param experts E, at least 2
 */
public record MoeLoraOptions(LoraOptions lora, int experts) implements MethodOptions {
    public static MoeLoraOptions defaults() {
        return new MoeLoraOptions(new LoraOptions("up,down", "all", 4, 32), 6);
    }

    @Override
    public String displayName() {
        return "MoE-LoRA";
    }

    @Override
    public boolean updatesProjections() {
        return true;
    }

    @Override
    public List<String> formula() {
        return List.of("L = CE", "y = P x + (α / r) Σ_{e} softmax(G x)_{e} B_{e} A_{e} x");
    }

    @Override
    public void check() {
        lora.check("method.lora");
        if (experts < 2 || experts > 1024) {
            throw new InvalidInputException("Option method.experts is " + experts + "; it must be from 2 to 1024.");
        }
    }

    /** @throws InvalidInputException when the options do not fit the model */
    public ContinualMethod method(MethodSetup setup) {
        LoraTrainable trainable = LoraTrainable.of(lora, setup.model().config(), experts, "method.lora");
        return SequentialMethod.unguarded(new AdapterTrainer(setup, new LoraKind(setup, trainable)));
    }
}
