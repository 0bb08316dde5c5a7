package craft.experiment;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * Garbage collections one after the other, with the memory they free written over at once: what reads Java's memory after Java
 * has let go of it, as PyTorch does when it keeps an array for the gradient whose buffer was DJL's, then computes with rubbish.
 */
final class Collecting implements AutoCloseable {
    private static final int BUFFERS = 200;
    private static final long BETWEEN_NANOS = 5_000_000;

    private final Thread thread = new Thread(this::collect, "collecting");
    private volatile boolean done;

    private Collecting() {
        thread.setDaemon(true);
        thread.start();
    }

    static Collecting garbage() {
        return new Collecting();
    }

    private void collect() {
        while (!done) {
            System.gc();
            for (int i = 0; i < BUFFERS; i++) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(4 + i % 64 * 4);
                while (buffer.hasRemaining()) {
                    buffer.put((byte) 0x7b);
                }
            }
            LockSupport.parkNanos(BETWEEN_NANOS);
        }
    }

    @Override
    public void close() throws InterruptedException {
        done = true;
        thread.join();
    }
}
