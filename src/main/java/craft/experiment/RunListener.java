package craft.experiment;

/** Whoever wants a run's events. Called on the run's service thread, in order, and must return quickly. */
@FunctionalInterface
public interface RunListener {
    void onEvent(RunEvent event);
}
