package craft.ui;

/**
 * Something to tell the user above the view.
 *
 * @param text one or two sentences
 * @param diagnostics the whole cause for a report, or an empty string
 */
public record Message(Kind kind, String text, String diagnostics) {
    /** How it is drawn. */
    public enum Kind { INFO, ERROR }
}
