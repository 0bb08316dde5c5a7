package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.ui.text.Words;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import javafx.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** The whole window, clicked through. Inputs are the shipped samples; runs are played by the test. */
class WindowTest {
    @TempDir
    Path temp;
    private final FxRobot robot = new FxRobot();
    private final FakeRuns runs = FakeRuns.some();
    private final FakeDialogs dialogs = new FakeDialogs();
    private final ExecutorService background = Services.daemon();
    private Stage stage;
    private WorkbenchWindow window;
    private WorkbenchModel model;

    @BeforeEach
    void open() throws TimeoutException {
        FxToolkit.registerPrimaryStage();
        stage = FxToolkit.registerStage(Stage::new);
        Settings settings = new Settings(temp.resolve("settings.properties"));
        settings.language(Locale.ENGLISH);
        Services services = new Services(new FileInputs(), runs, dialogs, settings, background, Platform::runLater);
        robot.interact(() -> {
            window = WorkbenchApp.open(stage, services);
            model = window.model();
            model.openQuickstart();
        });
        robot.interact(() -> model.view().set(ViewId.TASKS));
        await(() -> find("#task-queue") != null);
        TableView<craft.ui.tasks.TaskItem> queue = queue();
        await(() -> model.modelCard().get() != null && queue.getItems().size() == 5
                && queue.getItems().stream().noneMatch(i -> i.loading()));
        robot.interact(() -> model.view().set(ViewId.START));
    }

    @AfterEach
    void close() throws TimeoutException {
        robot.interact(() -> {
            Theme.use(false);
            Words.use(Locale.ENGLISH);
        });
        FxToolkit.cleanupStages();
        background.shutdownNow();
    }

    @SuppressWarnings("unchecked")
    private TableView<craft.ui.tasks.TaskItem> queue() {
        // the view is looked up in the window's model, since it is in the scene only while it is shown
        robot.interact(() -> model.view().set(ViewId.TASKS));
        return (TableView<craft.ui.tasks.TaskItem>) find("#task-queue");
    }

    private void await(BooleanSupplier condition) {
        try {
            WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, () -> WaitForAsyncUtils.asyncFx(condition::getAsBoolean).get());
        } catch (TimeoutException e) {
            throw new AssertionError("Not so within 20 seconds", e);
        }
    }

    private Node find(String id) {
        return stage.getScene().getRoot().lookup(id);
    }

    private String text(String id) {
        return ((Labeled) find(id)).getText();
    }

    @Test
    void opensWithTheQuickstartReadyToRun() {
        assertThat(text("#experiment")).isEqualTo("Quickstart");
        assertThat(text("#model-chip")).contains("seedling").contains("Llama").contains("6.5M");
        assertThat(find("#run").isDisabled()).isFalse();
        assertThat(find("#stop").isDisabled()).isTrue();
        assertThat(queue().getItems()).hasSize(5).allMatch(i -> i.reading() != null);
    }

    @Test
    void everyViewIsReachedByClickAndByKey() {
        for (ViewId id : ViewId.values()) {
            robot.clickOn("#nav-" + id.id());
            assertThat(model.view().get()).isEqualTo(id);
        }
        robot.push(KeyCode.CONTROL, KeyCode.DIGIT3);
        assertThat(model.view().get()).isEqualTo(ViewId.TASKS);
    }

    @Test
    void languageAndThemeSwitchAtOnceAndAreRemembered() {
        robot.clickOn("#language-ko");
        await(() -> text("#run").equals("실행"));
        assertThat(text("#nav-tasks")).isEqualTo("과제");
        robot.clickOn("#theme");
        assertThat(Theme.dark().get()).isTrue();
        Settings again = new Settings(temp.resolve("settings.properties"));
        assertThat(again.language()).isEqualTo(Locale.KOREAN);
        assertThat(again.dark()).isTrue();
        robot.clickOn("#language-en");
        await(() -> text("#run").equals("Run"));
    }

    @Test
    void tasksAreAddedReorderedAndRemoved() {
        TableView<craft.ui.tasks.TaskItem> queue = queue();
        String first = queue.getItems().get(0).name();
        robot.interact(() -> queue.getSelectionModel().select(0));
        assertThat(find("#task-up").isDisabled()).isTrue();
        robot.clickOn("#task-down");
        assertThat(queue.getItems().get(1).name()).isEqualTo(first);
        robot.interact(queue::requestFocus);
        robot.push(KeyCode.ALT, KeyCode.UP);
        assertThat(queue.getItems().get(0).name()).isEqualTo(first);
        robot.clickOn("#task-remove");
        assertThat(queue.getItems()).hasSize(4).noneMatch(i -> i.name().equals(first));
        dialogs.folder = Path.of("sample-tasks/quickstart").resolve(first).toAbsolutePath();
        robot.clickOn("#task-add");
        await(() -> queue.getItems().size() == 5 && queue.getItems().get(4).reading() != null);
        assertThat(model.recipe().get().tasks()).last().asString().endsWith(first);
    }

    @Test
    void anInvalidOptionIsRefusedWithItsReasonAndTheOldValueStays() {
        robot.interact(() -> model.view().set(ViewId.METHOD));
        TextField rate = (TextField) find("#option-training-learningRate");
        double before = model.recipe().get().training().learningRate();
        robot.interact(() -> {
            rate.requestFocus();
            rate.setText("-1");
        });
        robot.push(KeyCode.ENTER);
        assertThat(model.recipe().get().training().learningRate()).isEqualTo(before);
        assertThat(robot.lookup(".error-text").queryAllAs(Labeled.class)).anyMatch(l -> l.isVisible()
                && l.getText().contains("training.learningRate"));
        robot.interact(() -> rate.setText("0.003"));
        robot.push(KeyCode.ENTER);
        assertThat(model.recipe().get().training().learningRate()).isEqualTo(0.003);
    }

    @Test
    void aRunIsStartedPausedContinuedAndStopped() {
        robot.push(KeyCode.CONTROL, KeyCode.ENTER);
        await(() -> model.live().get() != null);
        assertThat(model.view().get()).isEqualTo(ViewId.RUN);
        SampleRun.running().forEach(runs::emit);
        await(() -> !model.live().get().state().steps().isEmpty());
        assertThat(find("#run").isDisabled()).isTrue();
        robot.clickOn("#pause");
        runs.emit(new craft.experiment.RunEvent.RunPaused());
        await(() -> text("#pause").equals("Continue"));
        robot.clickOn("#pause");
        runs.emit(new craft.experiment.RunEvent.RunContinued());
        await(() -> text("#pause").equals("Pause"));
        robot.clickOn("#stop");
        assertThat(dialogs.asked).containsExactly("Stop after this step");
        runs.emit(new craft.experiment.RunEvent.RunInterrupted("Stopped by the user."));
        await(() -> model.live().get() == null);
        assertThat(runs.commands).containsExactly("start", "pause", "resume", "stop");
        assertThat(find("#run").isDisabled()).isFalse();
    }

    @Test
    void theListOfRunsOpensAndExports() {
        robot.clickOn("#nav-runs");
        await(() -> find("#runs") != null && ((TableView<?>) find("#runs")).getItems().size() == 4);
        assertThat(find("#run-export").isDisabled()).isTrue();
        robot.interact(() -> ((TableView<?>) find("#runs")).getSelectionModel().select(1));
        robot.clickOn("#run-export");
        robot.clickOn("#format-PYREFT");
        robot.clickOn("#export-confirm");
        await(() -> robot.lookup("#export-outcome").queryLabeled().getText().contains("interventions.safetensors"));
        robot.clickOn("#export-close");
        robot.clickOn("#run-open");
        await(() -> model.shown().get() != null);
        assertThat(model.shown().get().state().tasksFinished()).isEqualTo(5);
    }

    @Test
    void aFailureIsShownInWordsAboveTheView() {
        runs.failure = new IllegalStateException("disk on fire");
        robot.clickOn("#run");
        await(() -> !model.errors().messages().isEmpty());
        assertThat(robot.lookup(".banner-error").tryQuery()).isPresent();
        assertThat(robot.lookup("Copy diagnostics").queryAs(Button.class)).isNotNull();
        assertThat(model.errors().messages().get(0).diagnostics()).contains("disk on fire").contains("Java");
        assertThat(find("#run").isDisabled()).isFalse();
    }

    @Test
    void closingWithALiveRunAsksAndStopsFirst() {
        robot.clickOn("#run");
        await(() -> model.live().get() != null);
        SampleRun.running().forEach(runs::emit);
        dialogs.agrees = false;
        robot.interact(() -> stage.fireEvent(new javafx.stage.WindowEvent(stage, javafx.stage.WindowEvent.WINDOW_CLOSE_REQUEST)));
        assertThat(dialogs.asked).containsExactly("Stop after this step and close");
        assertThat(stage.isShowing()).isTrue();
        assertThat(runs.commands).containsExactly("start");
    }

    @Test
    void picturesOfEveryView() {
        for (boolean dark : new boolean[] {false, true}) {
            for (Locale language : Words.LANGUAGES) {
                robot.interact(() -> {
                    Theme.use(dark);
                    Words.use(language);
                    model.openRun(FakeRuns.ROOT.resolve("quickstart-2"));
                });
                await(() -> model.shown().get() != null && !model.opening().get());
                for (ViewId id : ViewId.values()) {
                    picture(id, (dark ? "dark" : "light") + "-" + language.getLanguage());
                }
            }
        }
        robot.interact(() -> {
            stage.setWidth(1920);
            stage.setHeight(1200);
        });
        for (ViewId id : ViewId.values()) {
            picture(id, "dark-ko-1920");
        }
    }

    private void picture(ViewId id, String variant) {
        robot.interact(() -> model.view().set(id));
        WaitForAsyncUtils.waitForFxEvents();
        if (id == ViewId.FORGETTING) {
            robot.interact(() -> window.cells().choose(5, 1)); // as a click on the cell does
            await(() -> find("#answers") != null);
        }
        BufferedImage[] picture = new BufferedImage[1];
        robot.interact(() -> picture[0] = Screenshots.take(stage.getScene(), id.id() + "-" + variant));
        assertThat(colours(picture[0])).as("%s is more than an empty area", id).isGreaterThan(20);
    }

    /** Colours in the middle of the window: text alone has dozens of shades, a blank view has one. */
    private static long colours(BufferedImage picture) {
        Set<Integer> colours = new HashSet<>();
        for (int y = 64; y < picture.getHeight() - 40; y += 3) {
            for (int x = 160; x < picture.getWidth() - 300; x += 2) {
                colours.add(picture.getRGB(x, y));
            }
        }
        return colours.size();
    }
}
