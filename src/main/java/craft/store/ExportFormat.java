package craft.store;

/** What trained adapters can be exported as. */
public enum ExportFormat {
    /** Our own, for adapters of every kind: adapters.safetensors + adapters.json. */
    CRAFT,
    /** Interventions: one folder a group that pyreft's ReftModel.load opens. */
    PYREFT,
    /** LoRA: one folder a group that PEFT's PeftModel.from_pretrained opens. */
    PEFT
}
