package craft.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes.
 *
 * @param out results
 * @param err progress and messages
 * @param terminal whether a person looks on, so that a line may be drawn over
 */
record Console(PrintStream out, PrintStream err, boolean terminal) {

    static Console ofProcess() {
        // Up to JDK 17 Java writes in the locale's encoding, which in a bare container is ASCII; terminals are UTF-8.
        boolean windows = System.getProperty("os.name", "").startsWith("Windows");
        return windows ? new Console(System.out, System.err, System.console() != null)
                : new Console(utf8(FileDescriptor.out), utf8(FileDescriptor.err), System.console() != null);
    }

    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }
}
