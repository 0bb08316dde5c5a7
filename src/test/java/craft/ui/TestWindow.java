package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.control.Labeled;
import javafx.stage.Stage;
import javafx.stage.WindowEvent;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** The real window on a screen that is none, with what a test needs to click through it. English and light at first. */
public final class TestWindow implements AutoCloseable {
    public final FxRobot robot = new FxRobot();
    public final FakeDialogs dialogs = new FakeDialogs();
    public final Settings settings;
    public final Stage stage;
    public final WorkbenchModel model;
    private final DiskGuard disk = new DiskGuard();
    private final Runs runs;
    private final ExecutorService background = Services.daemon();
    private WorkbenchWindow window;
    private final List<String> uncaught = new CopyOnWriteArrayList<>();
    private volatile boolean exited;

    /**
     * @param runs {@link FakeRuns}, or a {@link StoreRuns} on a temporary folder for the whole path
     * @param temp for the settings
     */
    public TestWindow(Runs runs, Path temp) throws TimeoutException {
        FxToolkit.registerPrimaryStage();
        stage = FxToolkit.registerStage(Stage::new);
        settings = new Settings(temp.resolve("settings.properties"), background);
        settings.language(Locale.ENGLISH);
        this.runs = runs;
        Services services = new Services(disk.guard(Inputs.class, new FileInputs(), "options", "with", "defaults"),
                disk.guard(Runs.class, runs, "root"), dialogs, settings, background, Platform::runLater);
        robot.interact(() -> window = WorkbenchApp.open(stage, services, () -> exited = true));
        model = window.model();
        robot.interact(() -> model.errors().messages().addListener((ListChangeListener<Message>) change -> change.getList().stream()
                .map(Message::diagnostics).filter(d -> d.contains("Thread: ")).forEach(uncaught::add)));
    }

    /** Opens the quickstart and waits until its model and tasks have been read. */
    public TestWindow withQuickstart() {
        robot.interact(model::openQuickstart);
        await(() -> model.modelCard().get() != null && window.tasks().items().size() > 0
                && window.tasks().items().stream().noneMatch(i -> i.loading()));
        return this;
    }

    /** The failures told so far were meant. */
    void expectedFailures() {
        uncaught.clear();
    }

    WorkbenchWindow window() {
        return window;
    }

    /** Whether the program would have ended. */
    public boolean exited() {
        return exited;
    }

    public void view(ViewId id) {
        robot.interact(() -> model.view().set(id));
    }

    /** Waits, at most 20 seconds, for what is so on the JavaFX thread. */
    public void await(BooleanSupplier condition) {
        await(20, condition);
    }

    public void await(int seconds, BooleanSupplier condition) {
        try {
            WaitForAsyncUtils.waitFor(seconds, TimeUnit.SECONDS, () ->
                    WaitForAsyncUtils.asyncFx(condition::getAsBoolean).get());
        } catch (TimeoutException e) {
            throw new AssertionError("Not so within " + seconds + " seconds", e);
        }
    }

    /** A node of the window by {@code #id}, or null. */
    public Node find(String id) {
        return stage.getScene().getRoot().lookup(id);
    }

    /**
     * Clicks a node that a live run may lay out at any time: where it is, is asked on the JavaFX thread. The robot asks on the test's
     * own thread, and layout of text is not made for two.
     */
    public void click(String id) {
        List<Bounds> at = new ArrayList<>();
        robot.interact(() -> {
            Node node = find(id);
            assertThat(node.isVisible()).as(id).isTrue();
            at.add(node.localToScreen(node.getBoundsInLocal()));
        });
        robot.clickOn(at.get(0));
    }

    public String text(String id) {
        return ((Labeled) find(id)).getText();
    }

    /** As a click on the window's cross. */
    public void cross() {
        robot.interact(() -> stage.fireEvent(new WindowEvent(stage, WindowEvent.WINDOW_CLOSE_REQUEST)));
    }

    @Override
    public void close() throws TimeoutException {
        if (runs instanceof StoreRuns) { // a test that failed must not leave an engine running
            robot.interact(model::stop);
            await(60, () -> model.live().get() == null);
        }
        FxToolkit.cleanupStages();
        robot.interact(() -> {
            window.dispose();
            Theme.use(false);
            Words.use(Locale.ENGLISH);
        });
        background.shutdownNow();
        disk.assertNothingBlocked();
        assertThat(uncaught).as("failures that nobody caught, which the window tells instead of the test").isEmpty();
    }
}
