package craft.ui;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Background work of which only what was asked last counts: an earlier request is not begun any more, and what one that is
 * under way brings back is dropped. Asked on the JavaFX thread.
 */
public final class Newest {
    private final Work work;
    private final AtomicLong asked = new AtomicLong();

    public Newest(Work work) {
        this.work = work;
    }

    /** Takes the place of what was asked before. */
    public <T> void run(Callable<T> job, Consumer<T> done, Consumer<Throwable> failed) {
        long mine = asked.incrementAndGet();
        work.run(() -> {
            if (asked.get() != mine) {
                throw new CancellationException(); // heard by nobody: see below
            }
            return job.call();
        }, result -> {
            if (asked.get() == mine) {
                done.accept(result);
            }
        }, failure -> {
            if (asked.get() == mine) {
                failed.accept(failure);
            }
        });
    }

    /** Nothing that was asked before counts any more. */
    public void forget() {
        asked.incrementAndGet();
    }
}
