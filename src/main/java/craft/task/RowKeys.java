package craft.task;

/**
 * Which keys of a JSON row, or columns of a table, hold a row's two texts.
 *
 * @param text the row's text, or its whole prompt
 * @param answer the expected answer or label
 * @param plain true when the text is the whole prompt and stands as it is; false when instruction and options are put
 *     around it
 */
record RowKeys(String text, String answer, boolean plain) {
    /** Of the product's own rows. */
    static final RowKeys TEXT_LABEL = new RowKeys("text", "label", false);
    /** Of TRACE and LLMCL. */
    static final RowKeys PROMPT_ANSWER = new RowKeys("prompt", "answer", true);
    /** Of O-LoRA's benchmark. */
    static final RowKeys SENTENCE_LABEL = new RowKeys("sentence", "label", false);

    @Override
    public String toString() {
        return (plain ? "prompt <- \"" : "text <- \"") + text + (plain ? "\", answer <- \"" : "\", label <- \"") + answer
                + "\"";
    }
}
