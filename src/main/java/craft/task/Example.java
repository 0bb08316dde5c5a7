package craft.task;

/**
 * One row of a task: a prompt in three parts and the answer. The prompt is {@code before + text + after}; only
 * {@code text} may be shortened when a row is too long for the model, so that instruction and options survive.
 *
 * @param row 1-based row in the file it was read from, for messages
 * @param before instruction and options, may be empty
 * @param text the row's own text, never empty
 * @param after what asks for the answer, for example {@code "\nAnswer:"}, may be empty
 * @param answer the expected answer, never empty
 */
public record Example(int row, String before, String text, String after, String answer) {
    public String prompt() {
        return before + text + after;
    }
}
