package craft.experiment;

import craft.method.Monitor;

/** Where the service thread asks, between two pieces of work, whether it may go on. */
final class Gate {
    private boolean paused;
    private boolean stopped;
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

    /** Blocks while paused. {@code onPause} and {@code onContinue} are run around the wait, if there is one. */
    void pass(Runnable onPause, Runnable onContinue) {
        boolean waiting;
        synchronized (this) {
            waiting = paused && !stopped;
        }
        if (waiting) {
            onPause.run();
            hold();
            onContinue.run();
        }
        synchronized (this) {
            if (stopped) {
                throw new Monitor.Stopped();
            }
        }
    }

    private synchronized void hold() {
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
