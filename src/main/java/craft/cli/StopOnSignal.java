package craft.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Until withdrawn, Ctrl+C (or a polite kill) stops the run after its step, so that it is recorded as interrupted, and
 * the process ends only after the command has said so; Java then exits with 128 + the signal, 130 for Ctrl+C.
 */
final class StopOnSignal {
    private static final long LONGEST_WAIT_SECONDS = 120;

    private final CountDownLatch reported = new CountDownLatch(1);
    private final Thread hook;

    /** @param stop asks the run to stop and returns at once */
    StopOnSignal(Runnable stop) {
        hook = new Thread(() -> {
            stop.run();
            try {
                // A run that does not come to its end must not keep the process for ever.
                if (!reported.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("The run did not stop within two minutes; ended anyway.");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "stop-on-signal");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The command has said all it had to say. */
    void withdraw() {
        reported.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The signal has come and the hook is at work: that is what it was for.
            Thread.yield();
        }
    }
}
