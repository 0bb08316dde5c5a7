package craft.ui;

import craft.experiment.RunEvent;
import craft.experiment.RunListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * Carries a run's events from its service thread to the JavaFX thread: whatever came in the meantime is handed over
 * together, at most once in 40 ms, so that no burst of events can make the window slow.
 */
final class RunFeed implements RunListener {
    static final long PERIOD_MILLIS = 40;

    private final ConcurrentLinkedQueue<RunEvent> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final LongFunction<Executor> uiAfterMillis;
    private final LongSupplier millis;
    private final Consumer<List<RunEvent>> sink;
    private volatile long lastHandover;

    /**
     * @param uiAfterMillis the JavaFX thread, after so many milliseconds
     * @param millis a clock that never goes back
     * @param sink gets the events, in order, on the JavaFX thread
     */
    RunFeed(LongFunction<Executor> uiAfterMillis, LongSupplier millis, Consumer<List<RunEvent>> sink) {
        this.uiAfterMillis = uiAfterMillis;
        this.millis = millis;
        this.sink = sink;
        this.lastHandover = millis.getAsLong() - PERIOD_MILLIS;
    }

    @Override
    public void onEvent(RunEvent event) {
        queue.add(event);
        if (scheduled.compareAndSet(false, true)) {
            long wait = Math.max(0, lastHandover + PERIOD_MILLIS - millis.getAsLong());
            uiAfterMillis.apply(wait).execute(this::handOver);
        }
    }

    private void handOver() {
        // cleared first: an event that comes after the last poll asks for the next handover itself
        scheduled.set(false);
        lastHandover = millis.getAsLong();
        List<RunEvent> events = new ArrayList<>();
        for (RunEvent e = queue.poll(); e != null; e = queue.poll()) {
            events.add(e);
        }
        if (!events.isEmpty()) {
            sink.accept(events);
        }
    }
}
