package craft.task;

import craft.error.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Opens a file of rows as UTF-8, whatever Unicode encoding it is in. */
final class DataFile {
    /**
     * What UTF-16 that cannot be read becomes: a code point that Unicode keeps out of texts, so that it is told from what
     * stands in the file.
     */
    static final char BROKEN = '\uFFFF';
    /** Bytes that can be looked at before reading. */
    static final int AHEAD = 1 << 16;
    private static final int SAMPLE = 4096;
    /** UTF-16 without a mark is known by its separators, quotation marks and line ends: at least one character in so many. */
    private static final int COMMON = 24;

    private DataFile() {
    }

    /**
     * @param remark is told what was found and left out or translated
     * @return after any byte order mark; can be marked for {@link #AHEAD} bytes
     * @throws InvalidInputException when it is UTF-32
     */
    static InputStream open(Path file, Consumer<String> remark) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), AHEAD);
        try {
            return decoded(file, in, remark);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private static InputStream decoded(Path file, InputStream in, Consumer<String> remark) throws IOException {
        in.mark(SAMPLE);
        byte[] start = in.readNBytes(SAMPLE);
        in.reset();
        if (begins(start, 0xEF, 0xBB, 0xBF)) {
            in.skipNBytes(3);
            remark.accept("The file begins with a byte order mark; it is ignored.");
            return in;
        }
        if (begins(start, 0xFF, 0xFE, 0, 0) || begins(start, 0, 0, 0xFE, 0xFF)) {
            throw new InvalidInputException(file + " is UTF-32. Save it as UTF-8.");
        }
        boolean marked = begins(start, 0xFF, 0xFE) || begins(start, 0xFE, 0xFF);
        Charset charset = begins(start, 0xFF, 0xFE) ? StandardCharsets.UTF_16LE
                : begins(start, 0xFE, 0xFF) ? StandardCharsets.UTF_16BE : unmarked(start);
        if (charset == null) {
            return in;
        }
        in.skipNBytes(marked ? 2 : 0);
        remark.accept("The file is " + charset.name().substring(0, 6) + (marked ? "" : ", though no mark at its beginning says so")
                + "; it is read so.");
        return new BufferedInputStream(new Utf8Stream(new InputStreamReader(in, charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE)
                .replaceWith(String.valueOf(BROKEN)))), AHEAD);
    }

    private static boolean begins(byte[] bytes, int... with) {
        for (int i = 0; i < with.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xFF) != with[i]) {
                return false;
            }
        }
        return true;
    }

    /** UTF-16 of either order by its ASCII characters, each with a zero byte; or null where it looks like no UTF-16. */
    private static Charset unmarked(byte[] bytes) {
        int little = 0;
        int big = 0;
        for (int i = 0; i + 1 < bytes.length; i += 2) {
            little += bytes[i] > 0 && bytes[i + 1] == 0 ? 1 : 0;
            big += bytes[i] == 0 && bytes[i + 1] > 0 ? 1 : 0;
        }
        if (Math.max(little, big) * COMMON < bytes.length / 2 || Math.max(little, big) < 2) {
            return null;
        }
        return little > big ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
    }
}
