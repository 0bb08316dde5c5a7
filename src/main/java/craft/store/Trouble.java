package craft.store;

import craft.error.FileWords;
import craft.experiment.NotRecordedException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What it means for a run that its folder cannot be written. */
final class Trouble {
    /** Less room than any write that matters needs. The system's own words for a full disk depend on its language. */
    private static final long NO_ROOM = 1 << 16;

    private Trouble() {
    }

    /** @param what the thing that is lost if the run went on, with its article; @param where the file or folder meant for it */
    static NotRecordedException notRecorded(String what, Path where, IOException e) {
        return new NotRecordedException("The run cannot be recorded any more: " + what + " could not be written to " + where
                + (full(e, where) ? ", because the disk is full. Make room, then resume the run to go on."
                : " (" + FileWords.reason(e) + "). Put that right, then resume the run to go on."), e);
    }

    /** Whether the reason is that there is no room on the disk that {@code where} is on. */
    static boolean full(IOException e, Path where) {
        if (FileWords.full(e)) {
            return true;
        }
        if (e instanceof RunLock.Held || e instanceof FileSystemException f && f.getReason() == null) {
            return false; // something else for certain, such as a file that is missing
        }
        Path there = where.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return Files.getFileStore(there).getUsableSpace() < NO_ROOM;
        } catch (IOException unknown) {
            return false;
        }
    }
}
