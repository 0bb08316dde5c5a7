package craft.ui;

import craft.store.RunStore;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javafx.application.Platform;
import javafx.stage.Window;

/**
 * What the window works with, handed to it from outside.
 *
 * @param background where anything that may block runs
 * @param ui the JavaFX thread
 */
public record Services(Inputs inputs, Runs runs, Dialogs dialogs, Settings settings, Executor background, Executor ui) {

    /** The real ones. */
    static Services ofUser(Window owner, Settings settings) {
        return new Services(new FileInputs(), new StoreRuns(RunStore.ofUser()), new FxDialogs(owner),
                settings, daemon(), Platform::runLater);
    }

    /** Two threads, so that a slow disk under one view does not keep another waiting. */
    static ExecutorService daemon() {
        return Executors.newFixedThreadPool(2, job -> {
            Thread thread = new Thread(job, "workbench-background");
            thread.setDaemon(true);
            return thread;
        });
    }
}
