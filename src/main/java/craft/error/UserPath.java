package craft.error;

import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Paths as people type them: {@code ~} stands for their home, wherever it is typed and not only where a shell replaces it. */
public final class UserPath {
    private UserPath() {
    }

    /** @throws InvalidInputException when no file system could have such a path, or this process cannot name it */
    public static Path of(String text) {
        try {
            return Path.of(expanded(text));
        } catch (InvalidPathException e) {
            throw new InvalidInputException("\"" + text + "\" is no path: " + reason(text), e);
        }
    }

    private static String expanded(String text) {
        boolean home = text.equals("~") || text.startsWith("~/") || text.startsWith("~\\");
        return home ? System.getProperty("user.home") + text.substring(1) : text;
    }

    private static String reason(String text) {
        if (text.indexOf('\0') >= 0) {
            return "it holds a zero byte.";
        }
        if (text.chars().allMatch(c -> c < 128)) {
            return "it holds a character that the file system does not allow.";
        }
        String names = System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
        return "file names are read as " + names + " here, which lacks its letters. Start the program with LC_ALL=C.UTF-8 in the "
                + "environment.";
    }
}
