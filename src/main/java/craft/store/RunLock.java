package craft.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * Marks a run's folder as being written. The operating system lets go of it when the program ends, however it ends,
 * so a folder without the lock and without an end in its journal is an interrupted run.
 */
final class RunLock implements Closeable {
    /**
     * Folders locked by this program. Under POSIX, closing any channel of a file drops every lock that the program
     * has on it: our own lock file must never be opened a second time, so this is asked first.
     */
    private static final Set<Path> OURS = new HashSet<>();

    private final Path folder;
    private final FileChannel channel;

    private RunLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** @throws IOException also when somebody holds it */
    static RunLock acquire(RunFolder run) throws IOException {
        Path folder = run.path().toRealPath();
        synchronized (OURS) {
            if (OURS.contains(folder)) {
                throw new IOException("this program is writing the run already");
            }
            FileChannel channel = FileChannel.open(run.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                throw new IOException("this program is writing the run already", e);
            } finally {
                if (lock == null) {
                    channel.close();
                }
            }
            if (lock == null) {
                throw new IOException("another program is writing the run");
            }
            OURS.add(folder);
            return new RunLock(folder, channel);
        }
    }

    /** Whether this or another program is writing the run. */
    static boolean isHeld(RunFolder run) throws IOException {
        synchronized (OURS) {
            if (OURS.contains(run.path().toRealPath())) {
                return true;
            }
            if (!Files.exists(run.lock())) {
                return false;
            }
            // shared, so that a run kept on a read-only disk can be asked, too
            try (FileChannel channel = FileChannel.open(run.lock(), StandardOpenOption.READ);
                    FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
                return lock == null;
            } catch (OverlappingFileLockException e) {
                return true;
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (OURS) {
            channel.close();
            OURS.remove(folder);
        }
    }
}
