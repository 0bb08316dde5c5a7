package craft.method.adapter;

import craft.method.MethodSetup;
import craft.method.lora.LoraKind;
import craft.method.lora.LoraOptions;
import craft.method.reft.LoReftKind;
import craft.method.train.AdapterTrainer;

/**
 * The choice of what is trained, for methods that work with any adapter.
 *
 * @param kind of adapter
 * @param lora where LoRA's updates go; LoReFT takes the recipe's {@code sites} instead
 */
public record AdapterOptions(Kind kind, LoraOptions lora) {
    /** The kinds there are. */
    public enum Kind {
        LORA("LoRA"), LOREFT("LoReFT");

        private final String displayName;

        Kind(String displayName) {
            this.displayName = displayName;
        }

        public String displayName() {
            return displayName;
        }
    }

    public static AdapterOptions defaults() {
        return new AdapterOptions(Kind.LORA, LoraOptions.defaults());
    }

    /** Throws {@link craft.error.InvalidInputException} naming the option that is out of range. */
    public void check() {
        lora.check("method.adapter.lora");
    }

    /** See {@link craft.method.MethodOptions#updatesProjections}. */
    public boolean updatesProjections() {
        return kind == Kind.LORA;
    }

    /** @throws craft.error.InvalidInputException when the options do not fit the model */
    public AdapterTrainer trainer(MethodSetup setup) {
        return new AdapterTrainer(setup, switch (kind) {
            case LORA -> new LoraKind(lora, setup, "method.adapter.lora");
            case LOREFT -> new LoReftKind(setup);
        });
    }
}
