package craft.error;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Why a file could not be read or written, in plain words: never the system's or Java's own message. */
public final class FileWords {
    /** What the system says, in the languages of Linux, macOS and Windows that Java passes on, and what we say. */
    private static final Map<String, String> SYSTEM = new LinkedHashMap<>();

    static {
        SYSTEM.put("no space left", "the disk is full");
        SYSTEM.put("not enough space", "the disk is full");
        SYSTEM.put("quota exceeded", "the user's share of the disk is full");
        SYSTEM.put("file too large", "it would be larger than a file may be here");
        SYSTEM.put("read-only file system", "the disk is read-only");
        SYSTEM.put("too many levels of symbolic links", "its links lead round in a circle");
        SYSTEM.put("too many open files", "too many files are open at once");
        SYSTEM.put("file name too long", "its name is too long");
        SYSTEM.put("permission denied", "the program may not read or write it");
        SYSTEM.put("operation not permitted", "the program may not do that there");
        SYSTEM.put("access is denied", "the program may not read or write it");
        SYSTEM.put("being used by another process", "another program has it open");
        SYSTEM.put("is a directory", "it is a folder");
        SYSTEM.put("not a directory", "a part of its path is a file, not a folder");
        SYSTEM.put("no such file", "there is no such file");
        SYSTEM.put("input/output error", "the disk reports an error");
        SYSTEM.put("stale file handle", "the network disk has lost it");
        SYSTEM.put("no such device", "the disk is gone");
        SYSTEM.put("cross-device link", "it cannot be moved from one disk to another at once");
        SYSTEM.put("broken pipe", "the program that read it has ended");
    }

    /** A clause of our own, which may be passed on: Java and the system begin in upper case or name a class or a file. */
    private static final Pattern OWN = Pattern.compile("(?:an?|the|this|it|another) [\\w ,'-]+");

    private FileWords() {
    }

    /** A clause without a full stop, for example {@code the disk is full}. Says nothing of which file. */
    public static String reason(Throwable thrown) {
        if (thrown instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (thrown instanceof FileSystemLoopException) {
            return "its links lead round in a circle";
        }
        if (thrown instanceof NotDirectoryException) {
            return "it is a file, not a folder";
        }
        if (thrown instanceof DirectoryNotEmptyException) {
            return "the folder is not empty";
        }
        if (thrown instanceof ReadOnlyFileSystemException) {
            return "the disk is read-only";
        }
        if (thrown instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        if (thrown instanceof EOFException) {
            return "it ends too early";
        }
        String known = bySystem(thrown);
        if (!known.isEmpty()) {
            return known;
        }
        if (thrown instanceof AccessDeniedException) {
            return "the program may not read or write it";
        }
        if (thrown instanceof FileAlreadyExistsException) {
            return "something of that name is there already";
        }
        if (thrown instanceof FileNotFoundException) {
            return "there is no such file";
        }
        if (OWN.matcher(String.valueOf(thrown.getMessage())).matches()) {
            return thrown.getMessage();
        }
        return thrown.getCause() instanceof IOException cause && cause != thrown ? reason(cause) : "the system refused it";
    }

    private static String bySystem(Throwable thrown) {
        String reason = thrown instanceof FileSystemException e && e.getReason() != null ? e.getReason() : "";
        String said = (reason + " " + thrown.getMessage()).toLowerCase(Locale.ROOT);
        return SYSTEM.entrySet().stream().filter(e -> said.contains(e.getKey())).map(Map.Entry::getValue).findFirst().orElse("");
    }

    /** Whether it happened because the disk, or the user's share of it, is full. */
    public static boolean full(Throwable thrown) {
        return reason(thrown).endsWith(" is full");
    }

    /** The file that an exception names, or {@code a file}. */
    static String file(IOException thrown) {
        return thrown instanceof FileSystemException e && e.getFile() != null ? e.getFile() : "a file";
    }
}
