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
import java.util.concurrent.locks.LockSupport;

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

    private static final int TRIES = 20;
    private static final long PAUSE_NANOS = 5_000_000;

    private final Path folder;
    private final FileChannel channel;

    private RunLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** Somebody holds the lock. */
    static final class Held extends IOException {
        private static final long serialVersionUID = 1L;

        private Held(String message) {
            super(message);
        }
    }

    /** @throws Held when somebody holds it */
    static RunLock acquire(RunFolder run) throws IOException {
        Path folder = run.path().toRealPath();
        synchronized (OURS) {
            if (OURS.contains(folder)) {
                throw new Held("this program is writing the run already");
            }
            FileChannel channel = FileChannel.open(run.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = null;
            try {
                lock = lock(channel);
            } catch (OverlappingFileLockException e) {
                throw new Held("this program is writing the run already");
            } finally {
                if (lock == null) {
                    channel.close();
                }
            }
            if (lock == null) {
                throw new Held("another program is writing the run");
            }
            OURS.add(folder);
            return new RunLock(folder, channel);
        }
    }

    /** Null when somebody holds it, for longer than another program's {@link #isHeld} does while it asks. */
    private static FileLock lock(FileChannel channel) throws IOException {
        FileLock lock = channel.tryLock();
        for (int again = 0; again < TRIES && lock == null; again++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            lock = channel.tryLock();
        }
        return lock;
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
            try {
                channel.close();
            } finally { // the system has let go of it even then
                OURS.remove(folder);
            }
        }
    }
}
