package craft.error;

/**
 * Something the user gave (a file, a row, an option) cannot be used. The message is one clear sentence or two for
 * that user: what is wrong, where, and what to do. Commands end with exit code 2 on it; the window shows it as is.
 */
public final class InvalidInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidInputException(String message) {
        super(message);
    }

    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
