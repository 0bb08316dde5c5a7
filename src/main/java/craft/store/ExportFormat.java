package craft.store;

/** What trained adapters can be exported as. */
public enum ExportFormat {
    /** Our own: interventions.safetensors + interventions.json, or adapters.* for what is no intervention. */
    CRAFT,
    /** Interventions: one folder a group that pyreft's ReftModel.load opens. */
    PYREFT,
    /** LoRA: one folder a group that PEFT's PeftModel.from_pretrained opens. */
    PEFT
}
