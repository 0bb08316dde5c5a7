package craft.cli;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Until withdrawn, Ctrl+C stops the run after its step, so that it is recorded as interrupted and has a checkpoint; a second
 * one stops it now, a third one ends the process at once. A polite kill is like the first Ctrl+C, and the process ends only
 * after the command has said what it had to say; Java then exits with 128 + the signal.
 */
final class StopOnSignal {
    private static final long LONGEST_WAIT_SECONDS = 120;

    private final CountDownLatch reported = new CountDownLatch(1);
    private final AtomicInteger interrupts = new AtomicInteger();
    private volatile boolean asked;
    private final Runnable stop;
    private final Runnable stopNow;
    private final PrintStream err;
    private final Thread hook;
    private final Runnable restore;

    /** @param stop asks the run to stop after its step and returns at once; @param stopNow the same without waiting */
    StopOnSignal(Runnable stop, Runnable stopNow, PrintStream err) {
        this.stop = stop;
        this.stopNow = stopNow;
        this.err = err;
        hook = new Thread(this::terminated, "stop-on-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        restore = handleInterrupts();
    }

    /** Whether somebody has asked for an end. */
    boolean asked() {
        return asked;
    }

    private void terminated() {
        asked = true;
        stop.run();
        try {
            // A run that does not come to its end must not keep the process for ever.
            if (!reported.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                err.println("The run did not stop within two minutes; ended anyway.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Java itself takes only the first Ctrl+C for a shutdown and swallows the others; counting them needs the JDK's supported
     * internal class.
     *
     * @return puts back what there was
     */
    private Runnable handleInterrupts() {
        sun.misc.Signal ctrlC = new sun.misc.Signal("INT");
        try {
            sun.misc.SignalHandler before = sun.misc.Signal.handle(ctrlC, signal -> interrupted());
            if (before.equals(sun.misc.SignalHandler.SIG_IGN)) { // a background job: the Ctrl+C is another program's
                sun.misc.Signal.handle(ctrlC, before);
            }
            return () -> sun.misc.Signal.handle(ctrlC, before);
        } catch (IllegalArgumentException e) { // java -Xrs: the system's own way to end a program holds
            return () -> { };
        }
    }

    /** One Ctrl+C. */
    void interrupted() {
        asked = true;
        switch (interrupts.incrementAndGet()) {
            case 1 -> {
                err.println("\nStopping after this step. Ctrl+C again: stop now.");
                stop.run();
            }
            case 2 -> {
                err.println("\nStopping now. Ctrl+C again: end at once, with the last checkpoint.");
                stopNow.run();
            }
            default -> Runtime.getRuntime().halt(Cli.INTERRUPTED);
        }
    }

    /** The command has said all it had to say. */
    void withdraw() {
        restore.run();
        reported.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The signal has come and the hook is at work: that is what it was for.
            Thread.yield();
        }
    }
}
