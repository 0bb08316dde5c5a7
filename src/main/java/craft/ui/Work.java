package craft.ui;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Runs what may block in the background and brings the result, or the failure, to the JavaFX thread. */
public final class Work {
    private final Executor background;
    private final Executor ui;
    private final ErrorPresenter errors;

    public Work(Executor background, Executor ui, ErrorPresenter errors) {
        this.background = background;
        this.ui = ui;
        this.errors = errors;
    }

    /** A failure is shown to the user. */
    public <T> void run(Callable<T> job, Consumer<T> done) {
        run(job, done, errors::show);
    }

    /** @param failed gets any failure, on the JavaFX thread, instead of the user */
    public <T> void run(Callable<T> job, Consumer<T> done, Consumer<Throwable> failed) {
        background.execute(() -> {
            T result;
            try {
                result = job.call();
            } catch (Exception | Error e) {
                // a missing native library is a LinkageError: the user must hear of it, not wait for a dead thread
                ui.execute(() -> failed.accept(e));
                return;
            }
            ui.execute(() -> done.accept(result));
        });
    }
}
