package craft.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What happens in a run cannot be kept any more, for example because the disk is full: the run ends, and can go on once that is
 * put right, since nothing is wrong with it. The message is for the user and says what to do.
 */
public final class NotRecordedException extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    public NotRecordedException(String message, IOException cause) {
        super(message, cause);
    }
}
