package craft.experiment;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * Garbage collections again and again, with the memory they free written over at once: what reads Java's memory after Java
 * has let go of it, as PyTorch does when it keeps an array for the gradient whose buffer was DJL's, then computes with rubbish.
 */
final class Collecting implements AutoCloseable {
    private static final int BUFFERS = 200;

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
            long begin = System.nanoTime();
            System.gc();
            for (int i = 0; i < BUFFERS; i++) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(4 + i % 64 * 4);
                while (buffer.hasRemaining()) {
                    buffer.put((byte) 0x7b);
                }
            }
            LockSupport.parkNanos(2 * (System.nanoTime() - begin)); // the work gets most of the time
        }
    }

    @Override
    public void close() throws InterruptedException {
        done = true;
        thread.join();
    }
}
