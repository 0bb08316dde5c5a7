package craft.experiment;

/** The commands a person has over a run. Every one returns at once and may be called from any thread. */
public interface RunControl {
    /** Starts the service thread. Only the first call has an effect. */
    void start();

    /** Holds the run after the current step; the processor is free until {@link #resume()}. */
    void pause();

    void resume();

    /**
     * Ends the run as interrupted, after the current step, or after the task being scored or the stage without steps (routing,
     * merging) under way, and writes a checkpoint.
     */
    void stop();

    /** The same without waiting for more than the batch under way. What the last checkpoint does not hold is done again. */
    default void stopNow() {
        stop();
    }

    boolean running();

    /** Blocks until the run has ended in whatever way and all its native memory is released. */
    void await() throws InterruptedException;
}
