package craft.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/** The bytes of a journal on disk; a test puts one in its place that has no room left. */
interface JournalFile extends Closeable {

    /** Makes a file ready to be written, or one that is there to be gone on with. */
    @FunctionalInterface
    interface Opener {
        JournalFile open(Path file) throws IOException;
    }

    /** When it fails, any part of the bytes may have been written. @param at length of what is to stay before them */
    void write(long at, byte[] bytes) throws IOException;

    /** Cuts off what is behind {@code length} bytes. */
    void truncate(long length) throws IOException;

    /** Makes everything written survive a power cut. */
    void sync() throws IOException;

    static JournalFile onDisk(Path path) throws IOException {
        // not a FileChannel: interrupting the thread that writes would close it, and with it the journal
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        return new JournalFile() {
            @Override
            public void write(long at, byte[] bytes) throws IOException {
                file.seek(at);
                file.write(bytes);
            }

            @Override
            public void truncate(long length) throws IOException {
                file.setLength(length);
            }

            @Override
            public void sync() throws IOException {
                file.getFD().sync();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }
}
