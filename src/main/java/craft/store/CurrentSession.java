package craft.store;

/** The run that a queue is at, and whether the queue has been told to stop. Thread-safe. */
final class CurrentSession {
    private boolean stopped;
    private RunSession session;

    /** Ends the current run as interrupted, after its step; no other is to be begun. */
    synchronized void stop() {
        stopped = true;
        if (session != null) {
            session.control().stop();
        }
    }

    /** The same without waiting for the step. */
    synchronized void stopNow() {
        stopped = true;
        if (session != null) {
            session.control().stopNow();
        }
    }

    synchronized boolean stopped() {
        return stopped;
    }

    /** Blocks until the run has ended. */
    void run(RunSession next) throws InterruptedException {
        set(next);
        try {
            next.control().start();
            next.control().await();
        } finally {
            set(null);
        }
    }

    private synchronized void set(RunSession next) {
        session = next;
        if (stopped && next != null) {
            next.control().stop();
        }
    }
}
