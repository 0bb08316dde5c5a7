package craft.task;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** Characters as UTF-8 bytes. */
final class Utf8Stream extends InputStream {
    private static final int CHARACTERS = 8192;
    private final Reader reader;
    private final char[] characters = new char[CHARACTERS];
    private byte[] bytes = {};
    private int at;

    Utf8Stream(Reader reader) {
        this.reader = reader;
    }

    @Override
    public int read() throws IOException {
        return ready() ? bytes[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int taken = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, into, from, taken);
        at += taken;
        return taken;
    }

    private boolean ready() throws IOException {
        if (at < bytes.length) {
            return true;
        }
        int count = reader.read(characters, 0, CHARACTERS - 1);
        if (count < 0) {
            return false;
        }
        // The two halves of a character belong together.
        if (count > 0 && Character.isHighSurrogate(characters[count - 1])) {
            int low = reader.read();
            if (low >= 0) {
                characters[count++] = (char) low;
            }
        }
        bytes = new String(characters, 0, count).getBytes(StandardCharsets.UTF_8);
        at = 0;
        return at < bytes.length || ready();
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
