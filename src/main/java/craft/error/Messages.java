package craft.error;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one place where an exception becomes words for a person. */
public final class Messages {
    private static final String INVALID = InvalidInputException.class.getName() + ":";

    private static final Pattern LIBRARY = Pattern.compile("[\\w+-]+\\.(?:so|dll|dylib)\\b[.\\d]*|(?<=^no )\\S+(?= in java)|^\\w+$");

    private Messages() {
    }

    /** One or two sentences: what happened and what to do; never a stack trace. */
    public static String forUser(Throwable thrown) {
        Throwable cause = unwrap(thrown);
        if (cause instanceof InvalidInputException) {
            return cause.getMessage();
        }
        if (cause instanceof OutOfMemoryError) {
            return "The program ran out of memory. Make training.batchSize or data.maxPromptTokens smaller, or give "
                    + "Java more memory (java -Xmx8g ...).";
        }
        if (cause instanceof UnsatisfiedLinkError || cause instanceof NoClassDefFoundError) {
            return "A library the program needs" + library(String.valueOf(cause.getMessage()))
                    + " could not be loaded. Install the program again for this machine's system.";
        }
        if (cause instanceof JacksonException json) {
            return "A file is not the JSON that it should be: " + JsonWords.of(json) + ".";
        }
        if (cause instanceof IOException io) {
            return ofFile(io);
        }
        return "Something went wrong inside the program. Please report it with the whole cause.";
    }

    private static String ofFile(IOException cause) {
        String file = FileWords.file(cause);
        if (FileWords.full(cause)) {
            return "The disk is full. Make room and try again.";
        }
        if (cause instanceof NoSuchFileException) {
            return "The file " + file + " does not exist.";
        }
        if (cause instanceof AccessDeniedException) {
            return "The program may not read or write " + file + ". Change its permissions or choose another place.";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "The file " + file + " is there already. Remove it or choose another place.";
        }
        return (file.equals("a file") ? "A file" : "The file " + file) + " could not be read or written: "
                + FileWords.reason(cause) + ".";
    }

    /** Its name out of what Java says, which may be a path and the linker's words, or nothing but the name. */
    private static String library(String said) {
        Matcher name = LIBRARY.matcher(said);
        return name.find() ? ", " + name.group() + "," : "";
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && (cause instanceof ExecutionException || cause instanceof CompletionException
                || cause instanceof UncheckedIOException)) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The whole cause, for a report: the machine's kind and the stack trace. */
    public static String diagnostics(Throwable thrown) {
        StringWriter text = new StringWriter();
        unwrap(thrown).printStackTrace(new PrintWriter(text, true));
        return text + "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch") + "\n";
    }

    /** Whether such diagnostics are of something the user gave, rather than of a failure. */
    public static boolean invalidInput(String diagnostics) {
        return diagnostics.lines().limit(3).anyMatch(line -> line.startsWith(INVALID));
    }
}
