package craft.ui;

import craft.ui.text.Words;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.scene.image.Image;
import javafx.stage.Stage;

/** The JavaFX application: one window, with the quickstart open. */
public final class WorkbenchApp extends Application {
    private static final long MOST_SECONDS_AT_THE_END = 2;

    private final ExecutorService writer = Executors.newSingleThreadExecutor(job -> {
        Thread thread = new Thread(job, "workbench-settings");
        thread.setDaemon(true);
        return thread;
    });
    private Settings settings;

    /** Called before {@link #start} on a thread that may wait for the disk. */
    @Override
    public void init() {
        settings = Settings.ofUser(writer);
    }

    @Override
    public void start(Stage stage) {
        open(stage, Services.ofUser(stage, settings), Platform::exit).model().openQuickstart();
    }

    /** The window is gone; what was changed last may still be on its way to the disk. */
    @Override
    public void stop() throws InterruptedException {
        writer.shutdown();
        writer.awaitTermination(MOST_SECONDS_AT_THE_END, TimeUnit.SECONDS);
    }

    /**
     * Fills and shows a stage.
     *
     * @param exit ends the program; called when the user has closed the window and nothing runs any more
     * @return the window; its model has no recipe open yet
     */
    public static WorkbenchWindow open(Stage stage, Services services, Runnable exit) {
        Fonts.register();
        Words.use(services.settings().language());
        Theme.use(services.settings().dark());
        WorkbenchModel model = new WorkbenchModel(services);
        UncaughtFailures uncaught = new UncaughtFailures(model.errors(), WorkbenchModel.after(services.ui()),
                () -> System.nanoTime() / 1_000_000);
        uncaught.install();
        WorkbenchWindow window = new WorkbenchWindow(model);
        stage.setTitle("CRAFT Workbench");
        for (int size : new int[] {32, 128, 256}) {
            stage.getIcons().add(new Image(WorkbenchApp.class.getResourceAsStream("icons/craft-" + size + ".png")));
        }
        stage.setScene(window.scene(1280, 800));
        stage.setMinWidth(960);
        stage.setMinHeight(600);
        stage.setOnCloseRequest(event -> {
            event.consume();
            window.close(exit);
        });
        stage.setOnHidden(event -> {
            window.dispose();
            uncaught.uninstall();
        });
        stage.show();
        return window;
    }
}
