package craft.experiment;

/** Where the service thread asks, between two pieces of work, whether it may go on. */
final class Gate {
    private boolean paused;
    private boolean stopped;
    private boolean now;
    private long pausedNanos;

    synchronized void pause() {
        paused = true;
    }

    synchronized void open() {
        paused = false;
        notifyAll();
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    synchronized void stopNow() {
        now = true;
        stop();
    }

    /** Whether the run has to end, at a place from which it can go on. */
    synchronized boolean stopping() {
        return stopped;
    }

    /** Whether the run has to end wherever it is. */
    synchronized boolean stoppingNow() {
        return now;
    }

    synchronized boolean pausing() {
        return paused && !stopped;
    }

    /** Blocks while paused. {@code onPause} and {@code onContinue} are run around the wait, if there is one. */
    void hold(Runnable onPause, Runnable onContinue) {
        if (pausing()) {
            onPause.run();
            waitWhilePaused();
            onContinue.run();
        }
    }

    private synchronized void waitWhilePaused() {
        long from = System.nanoTime();
        try {
            while (paused && !stopped) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
        pausedNanos += System.nanoTime() - from;
    }

    /** Time spent waiting so far. */
    synchronized long pausedNanos() {
        return pausedNanos;
    }
}
