package craft.store;

/** What interventions can be exported as. */
public enum ExportFormat {
    /** Our own: interventions.safetensors + interventions.json. */
    CRAFT,
    /** One folder a group that pyreft's ReftModel.load opens. */
    PYREFT
}
