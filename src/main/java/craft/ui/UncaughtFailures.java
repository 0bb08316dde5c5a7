package craft.ui;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * What becomes of a failure that nobody caught, on whatever thread: it is told in the window, with what a report needs, and
 * the window goes on. One that comes again and again, as from a drawing that fails at every frame, is counted and told at most
 * once a second.
 */
final class UncaughtFailures implements Thread.UncaughtExceptionHandler {
    static final long PERIOD_MILLIS = 1000;
    /** Different failures kept between two tellings; of more, only the number. */
    private static final int MOST = 5;
    private static final System.Logger LOG = System.getLogger(UncaughtFailures.class.getName());

    private final ErrorPresenter errors;
    private final LongFunction<Executor> uiAfterMillis;
    private final LongSupplier millis;
    private final List<ErrorPresenter.Uncaught> waiting = new ArrayList<>();
    private int count;
    private boolean scheduled;
    private long lastTold;
    private Thread fxThread;
    private Thread.UncaughtExceptionHandler ofFxThread;
    private Thread.UncaughtExceptionHandler ofOthers;

    /**
     * @param uiAfterMillis the JavaFX thread, after so many milliseconds
     * @param millis a clock that never goes back
     */
    UncaughtFailures(ErrorPresenter errors, LongFunction<Executor> uiAfterMillis, LongSupplier millis) {
        this.errors = errors;
        this.uiAfterMillis = uiAfterMillis;
        this.millis = millis;
        this.lastTold = millis.getAsLong() - PERIOD_MILLIS;
    }

    /** Listens to all threads from now on; on the JavaFX thread. */
    void install() {
        fxThread = Thread.currentThread();
        ofFxThread = fxThread.getUncaughtExceptionHandler() == fxThread.getThreadGroup() ? null : fxThread.getUncaughtExceptionHandler();
        ofOthers = Thread.getDefaultUncaughtExceptionHandler();
        fxThread.setUncaughtExceptionHandler(this);
        Thread.setDefaultUncaughtExceptionHandler(this);
    }

    /** Gives the threads back the handlers they had. */
    void uninstall() {
        if (fxThread != null && fxThread.getUncaughtExceptionHandler() == this) {
            fxThread.setUncaughtExceptionHandler(ofFxThread);
        }
        if (Thread.getDefaultUncaughtExceptionHandler() == this) {
            Thread.setDefaultUncaughtExceptionHandler(ofOthers);
        }
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        try {
            LOG.log(Level.DEBUG, "Uncaught on " + thread.getName(), failure); // the user gets it by the button, not in a terminal
            long wait = take(ErrorPresenter.Uncaught.of(failure, thread.getName()));
            if (wait >= 0) {
                uiAfterMillis.apply(wait).execute(this::tell);
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "A failure of the window could not be told in it: " + e.getClass().getName());
        }
    }

    /** Milliseconds after which it is to be told, -1 when that is on its way already. */
    private synchronized long take(ErrorPresenter.Uncaught failure) {
        count++;
        if (waiting.size() < MOST && !waiting.contains(failure)) {
            waiting.add(failure);
        }
        if (scheduled) {
            return -1;
        }
        scheduled = true;
        return Math.max(0, lastTold + PERIOD_MILLIS - millis.getAsLong());
    }

    private void tell() {
        List<ErrorPresenter.Uncaught> now;
        int times;
        synchronized (this) {
            now = List.copyOf(waiting);
            times = count;
            waiting.clear();
            count = 0;
            scheduled = false;
            lastTold = millis.getAsLong();
        }
        errors.uncaught(now, times);
    }
}
