package craft.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a stream, one after the other, in memory that grows with the longest line and not with the stream. A line ends
 * with a line feed; what follows the last one is no line. Confined to one thread.
 */
final class JournalLines implements Closeable {
    private final InputStream in;
    private final int longest;
    private byte[] buffer;
    private int start; // of the current line in the buffer
    private int end; // its line feed, -1 before the first line
    private int filled;
    private long dropped; // bytes of a line that is too long, not in the buffer any more
    private long position;
    private long rest;

    /** @param room bytes to begin with; @param longest bytes of the longest line whose content can be had */
    JournalLines(InputStream in, int room, int longest) {
        this.in = in;
        this.longest = longest;
        this.buffer = new byte[Math.min(room, longest)];
        this.end = -1;
    }

    /** Goes to the next line; false when there is none with an end. */
    boolean next() throws IOException {
        if (end >= 0) {
            position += length() + 1;
            start = end + 1;
        }
        dropped = 0;
        int from = start;
        while (true) {
            for (int i = from; i < filled; i++) {
                if (buffer[i] == '\n') {
                    end = i;
                    return true;
                }
            }
            makeRoom();
            from = filled;
            int read = in.read(buffer, filled, buffer.length - filled);
            if (read < 0) {
                rest = filled - start + dropped;
                start = filled;
                end = -1;
                return false;
            }
            filled += read;
        }
    }

    private void makeRoom() {
        if (filled < buffer.length) {
            return;
        }
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, filled - start);
            filled -= start;
            start = 0;
        } else if (buffer.length < longest) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, longest));
        } else {
            dropped += filled;
            filled = 0;
        }
    }

    /** Holds the current line from {@link #from} to {@link #to}, until the next call of {@link #next}. */
    byte[] bytes() {
        return buffer;
    }

    int from() {
        return start;
    }

    /** Where the line feed is. */
    int to() {
        return end;
    }

    /** Whether the line is longer than the longest, so that its content cannot be had. */
    boolean tooLong() {
        return dropped > 0;
    }

    private long length() {
        return end - start + dropped;
    }

    /** Bytes of the stream before the current line or, after the last one, before what has no end. */
    long position() {
        return position;
    }

    /** Bytes after the last line, once there is no next one. */
    long rest() {
        return rest;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
