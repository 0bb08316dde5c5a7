package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import craft.experiment.RunState;
import craft.experiment.TinySequence;
import craft.store.RunStore;
import craft.store.RunSummary;
import craft.task.Prediction;
import craft.ui.text.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.TextField;
import javafx.scene.input.KeyCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However slow the disk is, the window answers. */
class NoDiskOnTheFxThreadTest {
    @TempDir
    Path temp;

    /** What a user does in a day, with every look at the user's files on the JavaFX thread noted. */
    @Test
    void nothingTheUserDoesWaitsForTheDisk() throws Exception {
        assumeTrue(DiskWatch.possible(), "Java can be listened to up to version 17");
        Path folder = TinySequence.write(temp.resolve("tiny"));
        Path model = Files.createDirectory(temp.resolve("no-model"));
        try (TestWindow window = new TestWindow(new StoreRuns(new RunStore(temp.resolve("runs"))), temp);
                DiskWatch watch = DiskWatch.start(temp)) {
            window.withQuickstart();
            window.robot.interact(() -> window.model.openRecipe(folder));
            window.await(() -> window.model.recipe().get().name().equals("Tiny") && window.model.modelCard().get() != null
                    && window.window().tasks().items().stream().noneMatch(i -> i.loading()));
            for (ViewId id : ViewId.values()) {
                window.view(id);
            }
            options(window);
            window.dialogs.folder = Path.of(window.model.recipe().get().tasks().get(0));
            window.view(ViewId.TASKS);
            window.robot.clickOn("#task-remove").clickOn("#task-add").clickOn("#task-up");
            window.await(() -> window.window().tasks().items().stream().noneMatch(i -> i.loading()));
            settings(window);
            run(window);
            window.view(ViewId.MODEL);
            window.dialogs.folder = model;
            window.robot.clickOn("#model-choose");
            window.await(() -> window.model.modelProblem().get() != null);
            window.robot.interact(() -> assertThat(Path.of("pom.xml").toFile().exists()).isTrue()); // the watch is awake
            assertThat(watch.seen()).containsOnlyKeys("pom.xml");
        }
    }

    private static void options(TestWindow window) {
        window.view(ViewId.METHOD);
        TextField rate = (TextField) window.find("#option-training-learningRate");
        for (String value : List.of("-1", "0.02")) {
            window.robot.interact(() -> {
                rate.requestFocus();
                rate.setText(value);
            });
            window.robot.push(KeyCode.ENTER);
        }
        assertThat(window.model.services().inputs().options(window.model.recipe().get())).containsEntry("training.learningRate", "0.02");
        window.robot.interact(((CheckBox) window.find("#option-data-unionScores"))::fire);
        @SuppressWarnings("unchecked")
        ComboBox<String> type = (ComboBox<String>) window.find("#option-method-type");
        window.robot.interact(() -> type.setValue("lwf"));
        assertThat(window.model.recipe().get().methodName()).contains("LwF");
    }

    private static void settings(TestWindow window) {
        window.robot.clickOn("#theme").clickOn("#inspector-fold").clickOn("#inspector-unfold").clickOn("#language-ko");
        window.await(() -> Words.language().get().equals(Locale.KOREAN));
        window.robot.clickOn("#language-en");
        window.await(() -> Words.language().get().equals(Locale.ENGLISH));
    }

    /** A short run, looked at in every view, exported, stopped, and opened again. */
    private static void run(TestWindow window) {
        window.robot.clickOn("#run");
        window.await(180, () -> window.model.shown().get() != null && window.model.shown().get().state().tasksFinished() > 0
                && window.model.shown().get().state().evaluation(1, 1).isPresent());
        window.robot.interact(window.model::stop);
        window.await(60, () -> window.model.live().get() == null);
        for (ViewId id : ViewId.values()) {
            window.view(id);
        }
        RunSummary run = new RunStore(window.model.services().runs().root()).list().get(0);
        assertThat(run.status()).isEqualTo(RunState.Status.INTERRUPTED);
        window.robot.interact(() -> window.model.openRun(run.folder()));
        window.await(() -> !window.model.opening().get());
        window.view(ViewId.FORGETTING);
        window.robot.interact(() -> window.window().cells().choose(1, 1));
        window.await(() -> window.find("#answers") != null);
        window.robot.push(KeyCode.CONTROL, KeyCode.E);
        window.robot.clickOn("#export-confirm");
        window.await(() -> window.robot.lookup("#export-files").queryLabeled().getText().contains(".safetensors"));
        window.robot.clickOn("#export-close");
    }

    /** Clicks from cell to cell while the disk gives nothing back. */
    @Test
    void aClickOnACellIsAnsweredAtOnceAndOnlyTheLastOneIsRead() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        AtomicInteger read = new AtomicInteger();
        FakeRuns runs = new FakeRuns() {
            @Override
            public List<Prediction> predictions(Path folder, int after, int task) {
                read.incrementAndGet();
                try {
                    assertThat(disk.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return super.predictions(folder, after, task);
            }
        };
        runs.summaries.addAll(FakeRuns.some().summaries);
        try (TestWindow window = new TestWindow(runs, temp)) {
            window.robot.interact(() -> window.model.openRun(FakeRuns.ROOT.resolve("quickstart-2")));
            window.await(() -> window.model.shown().get() != null);
            window.view(ViewId.FORGETTING);
            for (int after = 1; after <= 5; after++) {
                int row = after;
                window.robot.interact(() -> window.window().cells().choose(row, 1));
                assertThat(window.robot.lookup("Reading the answers").tryQuery()).as("it says what it waits for").isPresent();
                assertThat(window.find("#answers")).isNull();
            }
            window.view(ViewId.MODEL);
            window.view(ViewId.FORGETTING);
            disk.countDown();
            window.await(() -> window.find("#answers") != null);
            assertThat(window.window().cells().cell().get().after()).isEqualTo(5);
            // two threads had begun on a cell each; of the others only the last one was wanted any more, twice: now and just learnt
            assertThat(read.get()).isLessThanOrEqualTo(2 * 2 + 2);
        }
    }
}
