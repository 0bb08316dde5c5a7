package craft.store;

import craft.experiment.NotRecordedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong when a run's folder cannot be read or written, in words without a library's names. */
final class Trouble {
    /** Less room than any write that matters needs. The system's own words for a full disk depend on its language. */
    private static final long NO_ROOM = 1 << 16;
    private static final Pattern IN_BRACKETS = Pattern.compile(".*\\(([^()]+)\\)");

    private Trouble() {
    }

    /** @param what the thing that is lost if the run went on, with its article; @param where the file or folder meant for it */
    static NotRecordedException notRecorded(String what, Path where, IOException e) {
        return new NotRecordedException("The run cannot be recorded any more: " + what + " could not be written to " + where
                + (full(e, where) ? ", because the disk is full. Make room, then resume the run to go on."
                : " (" + why(e) + "). Put that right, then resume the run to go on."), e);
    }

    /** Whether the reason is that there is no room on the disk that {@code where} is on. */
    static boolean full(IOException e, Path where) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("not enough space") || text.contains("quota exceeded")) {
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

    /** The same of an {@link IOException}, in another or not. */
    static String why(Exception e) {
        return e instanceof IOException io ? why(io) : e.getCause() instanceof IOException io ? why(io)
                : "the system gives no reason";
    }

    /** A few words, without the file's name; no sentence. */
    static String why(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "it or its folder is missing";
        } else if (e instanceof AccessDeniedException) {
            return "permission denied";
        } else if (e instanceof FileAlreadyExistsException) {
            return "something of that name is in the way";
        } else if (e instanceof DirectoryNotEmptyException) {
            return "a folder of that name is in the way";
        } else if (e instanceof NotDirectoryException) {
            return "a file is where a folder should be";
        } else if (e instanceof CharacterCodingException) {
            return "it is not text in UTF-8";
        }
        String text = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        if (text == null || text.isBlank()) {
            return "the system gives no reason";
        }
        Matcher bracket = IN_BRACKETS.matcher(text);
        return e instanceof FileNotFoundException && bracket.matches() ? bracket.group(1) : text;
    }
}
