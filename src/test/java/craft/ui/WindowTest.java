package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunEvent;
import craft.ui.tasks.TaskItem;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;

/** The whole window, clicked through. Inputs are the shipped samples; runs are played by the test. */
class WindowTest {
    @TempDir
    Path temp;
    private final FakeRuns runs = FakeRuns.some();
    private TestWindow window;
    private FxRobot robot;
    private WorkbenchModel model;

    @BeforeEach
    void open() throws TimeoutException {
        window = new TestWindow(runs, temp).withQuickstart();
        robot = window.robot;
        model = window.model;
    }

    @AfterEach
    void close() throws TimeoutException {
        window.close();
    }

    @SuppressWarnings("unchecked")
    private TableView<TaskItem> queue() {
        window.view(ViewId.TASKS);
        return (TableView<TaskItem>) window.find("#task-queue");
    }

    @Test
    void opensWithTheQuickstartReadyToRunAndReachesEveryViewByClickAndByKey() {
        assertThat(window.text("#experiment")).isEqualTo("Quickstart");
        assertThat(window.text("#model-chip")).contains("seedling").contains("Llama").contains("6.5M");
        assertThat(window.find("#run").isDisabled()).isFalse();
        assertThat(window.find("#stop").isDisabled()).isTrue();
        assertThat(queue().getItems()).hasSize(model.recipe().get().tasks().size()).allMatch(i -> i.reading() != null);
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
        window.await(() -> window.text("#run").equals("실행"));
        assertThat(window.text("#nav-tasks")).isEqualTo("과제");
        robot.clickOn("#theme");
        assertThat(Theme.dark().get()).isTrue();
        Settings again = new Settings(temp.resolve("settings.properties"), Runnable::run);
        assertThat(again.language()).isEqualTo(Locale.KOREAN);
        assertThat(again.dark()).isTrue();
        robot.clickOn("#language-en");
        window.await(() -> window.text("#run").equals("Run"));
        assertThat(Words.language().get()).isEqualTo(Locale.ENGLISH);
    }

    @Test
    void tasksAreAddedReorderedAndRemoved() {
        TableView<TaskItem> queue = queue();
        int count = queue.getItems().size();
        String first = queue.getItems().get(0).name();
        robot.interact(() -> queue.getSelectionModel().select(0));
        assertThat(window.find("#task-up").isDisabled()).isTrue();
        robot.clickOn("#task-down");
        assertThat(queue.getItems().get(1).name()).isEqualTo(first);
        robot.interact(queue::requestFocus);
        robot.push(KeyCode.ALT, KeyCode.UP);
        assertThat(queue.getItems().get(0).name()).isEqualTo(first);
        window.dialogs.folder = Path.of(queue.getItems().get(0).folder());
        robot.clickOn("#task-remove");
        assertThat(queue.getItems()).hasSize(count - 1).noneMatch(i -> i.name().equals(first));
        robot.clickOn("#task-add");
        window.await(() -> queue.getItems().size() == count && queue.getItems().get(count - 1).reading() != null);
        assertThat(model.recipe().get().tasks()).last().asString().endsWith(first);
    }

    @Test
    void anInvalidOptionIsRefusedWithItsReasonAndTheOldValueStays() {
        window.view(ViewId.METHOD);
        TextField rate = (TextField) window.find("#option-training-learningRate");
        String before = rate.getText();
        robot.interact(() -> {
            rate.requestFocus();
            rate.setText("-1");
        });
        robot.push(KeyCode.ENTER);
        assertThat(option("training.learningRate")).isEqualTo(before);
        assertThat(robot.lookup(".error-text").queryAllAs(Labeled.class))
                .anyMatch(l -> l.isVisible() && l.getText().contains("training.learningRate"));
        robot.interact(() -> rate.setText("0.003"));
        robot.push(KeyCode.ENTER);
        assertThat(option("training.learningRate")).isEqualTo("0.003");
        assertThat(robot.lookup(".error-text").queryAllAs(Labeled.class)).noneMatch(Labeled::isVisible);
    }

    private String option(String path) {
        return model.services().inputs().options(model.recipe().get()).get(path);
    }

    @Test
    void aRunIsStartedPausedContinuedStoppedAndTheWindowClosed() {
        robot.push(KeyCode.CONTROL, KeyCode.ENTER);
        window.await(() -> model.live().get() != null);
        assertThat(model.view().get()).isEqualTo(ViewId.RUN);
        SampleRun.running().forEach(runs::emit);
        window.await(() -> !model.live().get().state().steps().isEmpty());
        assertThat(window.find("#run").isDisabled()).isTrue();
        window.click("#pause");
        runs.emit(new RunEvent.RunPaused());
        window.await(() -> window.text("#pause").equals("Continue"));
        window.click("#pause");
        runs.emit(new RunEvent.RunContinued());
        window.await(() -> window.text("#pause").equals("Pause"));

        window.dialogs.agrees = false;
        window.cross();
        assertThat(window.dialogs.asked).containsExactly("Stop after this step and close");
        assertThat(window.exited()).isFalse();
        assertThat(runs.commands).containsExactly("start", "pause", "resume");

        window.dialogs.agrees = true;
        window.click("#stop");
        assertThat(window.dialogs.asked).last().isEqualTo("Stop after this step");
        runs.emit(new RunEvent.RunInterrupted("Stopped by the user."));
        window.await(() -> model.live().get() == null);
        assertThat(runs.commands).containsExactly("start", "pause", "resume", "stop");
        assertThat(window.find("#run").isDisabled()).isFalse();
        window.cross();
        assertThat(window.exited()).isTrue();
    }

    @Test
    void theListOfRunsExportsAndOpens() {
        robot.clickOn("#nav-runs");
        window.await(() -> window.find("#runs") != null && ((TableView<?>) window.find("#runs")).getItems()
                .size() == 4);
        assertThat(window.find("#run-export").isDisabled()).isTrue();
        robot.interact(() -> ((TableView<?>) window.find("#runs")).getSelectionModel().select(1));
        robot.clickOn("#run-export");
        robot.clickOn("#format-PYREFT");
        robot.clickOn("#export-confirm");
        window.await(() -> robot.lookup("#export-files").queryLabeled().getText()
                .contains("adapters.safetensors"));
        robot.clickOn("#export-close");
        robot.clickOn("#run-open");
        window.await(() -> model.shown().get() != null);
        assertThat(model.shown().get().state().tasksFinished()).isEqualTo(5);
    }

    @Test
    void untilTheFirstStepTheRunViewSaysWhatIsWaitedFor() {
        robot.clickOn("#run");
        window.await(() -> model.live().get() != null);
        assertThat(model.view().get()).isEqualTo(ViewId.RUN);
        runs.emit(new RunEvent.StageStarted(0, RunEvent.Stage.PREPARE, 0));
        window.await(() -> window.find("#run-waiting-title") != null
                && window.text("#run-waiting-title").equals("Loading the model and the tasks"));
        robot.interact(() -> Screenshots.take(window.stage.getScene(), "run-waiting"));
        assertThat(robot.lookup("Running").tryQuery()).isPresent();
        assertThat(robot.lookup("Not started").tryQuery()).isEmpty();
        SampleRun.finished().subList(0, 4).forEach(runs::emit);
        window.await(() -> window.text("#run-waiting-title").equals("Scoring the untrained model: 2 of 5 tasks"));
        SampleRun.running().subList(4, SampleRun.running().size()).forEach(runs::emit);
        window.await(() -> window.find("#run-waiting") == null);
        assertThat(window.find("#curves-chart")).isNotNull();
    }

    @Test
    void aRunThatFailsSaysWhyAndGivesItsDiagnosticsNowAndWhenReopened() {
        robot.clickOn("#run");
        window.await(() -> model.live().get() != null);
        runs.emit(new RunEvent.StageStarted(0, RunEvent.Stage.PREPARE, 0));
        runs.emit(new RunEvent.RunFailed("train.jsonl, row 7: there is no \"label\". Add it.", "craft.error: row 7"));
        window.await(() -> model.live().get() == null);
        assertFailureIsTold("row 7: there is no \"label\"");
        assertThat(model.errors().messages()).as("told once").isEmpty();
        robot.interact(() -> Screenshots.take(window.stage.getScene(), "run-failed"));
        robot.clickOn("Copy diagnostics");
        robot.interact(() -> assertThat(javafx.scene.input.Clipboard.getSystemClipboard().getString())
                .isEqualTo("craft.error: row 7"));

        robot.interact(() -> model.openRun(FakeRuns.ROOT.resolve("korean-1")));
        window.await(() -> model.shown().get().folder().endsWith("korean-1"));
        assertFailureIsTold("The model cannot be read.");
        robot.interact(() -> model.openRun(FakeRuns.ROOT.resolve("quickstart-2")));
        window.await(() -> model.shown().get().folder().endsWith("quickstart-2"));
        assertThat(window.find("#run-failure").isVisible()).isFalse();
    }

    private void assertFailureIsTold(String message) {
        assertThat(window.find("#run-failure").isVisible()).isTrue();
        assertThat(robot.from(window.find("#run-failure")).lookup(".label").queryAllAs(Labeled.class))
                .anyMatch(l -> l.getText().contains(message));
        assertThat(robot.from(window.find("#run-failure")).lookup("Copy diagnostics").tryQuery()).isPresent();
        assertThat(robot.lookup("No optimiser step was made").tryQuery()).isPresent();
    }

    @Test
    void aFailureIsShownInWordsAboveTheView() {
        runs.failure = new IllegalStateException("disk on fire");
        robot.clickOn("#run");
        window.await(() -> !model.errors().messages().isEmpty());
        assertThat(robot.lookup(".banner-error").tryQuery()).isPresent();
        assertThat(robot.lookup("Copy diagnostics").queryAs(Button.class)).isNotNull();
        assertThat(model.errors().messages().get(0).diagnostics()).contains("disk on fire").contains("Java");
        assertThat(window.find("#run").isDisabled()).isFalse();
    }
}
