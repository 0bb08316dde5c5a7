package craft.method.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory of this process that lies in the machine's, native memory included. Known on Linux alone. */
public final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ResidentMemory() {
    }

    /** Bytes now. */
    public static OptionalLong now() {
        return read(STATUS, "VmRSS:");
    }

    /** Most bytes since the process began. */
    public static OptionalLong peak() {
        return read(STATUS, "VmHWM:");
    }

    /**
     * Bytes now, after garbage was collected: Java frees the native memory behind its buffers, and files mapped into memory,
     * only then; the first collection finds them, after the second they are gone.
     */
    public static OptionalLong settled() {
        System.gc();
        System.gc();
        return now();
    }

    static OptionalLong read(Path status, String key) {
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(status).stream().filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("The process's own " + status + " cannot be read", e);
        }
    }
}
