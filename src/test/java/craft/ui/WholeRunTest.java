package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunState;
import craft.experiment.TinySequence;
import craft.store.RunStore;
import craft.store.RunSummary;
import craft.ui.chart.ChartCells;
import craft.ui.text.Words;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javafx.embed.swing.SwingFXUtils;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.SnapshotParameters;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.TableView;
import javafx.scene.image.ImageView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole path through the window with the real engine and the real store: open a recipe, run it to its end, look at
 * what came of it, export it; run again and stop; close, open again, and find all of it as it was.
 */
class WholeRunTest {
    /** Generous: other builds may share the machine. A quiet one needs a small part of it. */
    private static final int MOST_SECONDS = 180;

    @TempDir
    Path temp;

    @Test
    void aSequenceIsRunWatchedExportedStoppedAndFoundAgain() throws Exception {
        Path recipe = TinySequence.write(temp.resolve("tiny")).resolve("recipe.json");
        RunState finished;
        RunState interrupted;
        BufferedImage[] seen;
        try (TestWindow window = open()) {
            window.dialogs.recipe = recipe;
            window.robot.clickOn("#experiment").clickOn("Open a recipe…");
            window.await(() -> window.model.modelCard().get() != null);
            assertThat(window.text("#experiment")).isEqualTo("Tiny");
            finished = runToItsEnd(window);
            seen = pictures(window);
            answersOfACell(window, finished);
            export(window, finished);
            interrupted = runAndStop(window);
            assertThat(listed(window)).extracting(RunSummary::status)
                    .containsExactly(RunState.Status.INTERRUPTED, RunState.Status.FINISHED);
        }
        cutShort(folder(finished));
        try (TestWindow window = open()) {
            List<RunSummary> runs = listed(window);
            assertThat(runs).hasSize(3);
            RunSummary whole = runs.stream().filter(r -> r.status() == RunState.Status.FINISHED).findFirst()
                    .orElseThrow();
            assertSame(reopen(window, whole), finished);
            assertThat(StatusLine.parts(finished, false)).startsWith("Finished", "3 of 3 tasks trained");
            assertLooksThe(seen, window);

            RunSummary stopped = runs.stream().filter(r -> r.tasksFinished() == 1).findFirst().orElseThrow();
            RunState again = reopen(window, stopped);
            assertSame(again, interrupted);
            assertThat(again.steps()).isNotEmpty();
            assertThat(again.matrix().get(1, 3)).isBetween(0.0, 1.0);
            assertThat(window.robot.lookup("Interrupted").tryQuery()).isPresent();
            window.robot.interact(() -> Screenshots.take(window.stage.getScene(), "whole-interrupted"));

            RunSummary cut = runs.stream().filter(r -> r.folder().endsWith("cut")).findFirst().orElseThrow();
            RunState left = reopen(window, cut);
            assertThat(left.steps()).isEqualTo(finished.steps());
            assertThat(StatusLine.parts(left, false)).contains("The program ended before the run did");
            window.robot.interact(() -> Words.use(Locale.KOREAN));
            assertThat(StatusLine.parts(left, false)).contains("실행이 끝나기 전에 프로그램이 종료되었습니다");
            assertThat(StatusLine.parts(again, false)).contains("사용자가 중지했습니다");
        }
    }

    private TestWindow open() throws Exception {
        return new TestWindow(new StoreRuns(new RunStore(temp.resolve("runs"))), temp);
    }

    private Path folder(RunState state) {
        return new RunStore(temp.resolve("runs")).list().stream().filter(r -> r.status() == state.status()).findFirst()
                .orElseThrow().folder();
    }

    private static RunState runToItsEnd(TestWindow window) {
        WorkbenchModel model = window.model;
        window.robot.clickOn("#run");
        window.await(() -> model.view().get() == ViewId.RUN);
        window.await(MOST_SECONDS, () -> model.live().get() != null || !model.errors().messages().isEmpty());
        assertThat(model.errors().messages()).isEmpty();
        CurrentRun run = model.live().get();
        window.await(MOST_SECONDS, () -> run.ended() || run.state().tasksFinished() > 1
                && ink(curves(window)) > 0.005);
        window.robot.interact(() -> Screenshots.take(window.stage.getScene(), "whole-run-live"));
        window.await(MOST_SECONDS, () -> model.live().get() == null);
        RunState state = run.state();
        assertThat(state.status()).as(state.endReason()).isEqualTo(RunState.Status.FINISHED);
        assertThat(state.steps()).extracting(StepDone::task).contains(1, 2, 3);
        assertThat(state.routings()).hasSize(3);
        assertThat(state.evaluations()).hasSize(4 * 3);
        return state;
    }

    /** Curves, routing and forgetting as they stand, once they are drawn. */
    private static BufferedImage[] pictures(TestWindow window) {
        window.view(ViewId.RUN);
        window.await(() -> window.find("#curves-chart") != null && ink(curves(window)) > 0.01 && !pending(window));
        BufferedImage curves = curves(window);
        window.view(ViewId.ROUTING);
        BufferedImage routing = picture(window, "#routing-grid");
        window.robot.interact(() -> Screenshots.take(window.stage.getScene(), "whole-routing"));
        window.view(ViewId.FORGETTING);
        BufferedImage forgetting = picture(window, "#forgetting-grid");
        assertThat(ink(routing)).as("cells of the routing").isGreaterThan(0.1);
        ChartCells.assertScores(new Picture(forgetting), window.find("#forgetting-grid"), window.model.shown().get().state().matrix());
        return new BufferedImage[] {curves, routing, forgetting};
    }

    private static void assertLooksThe(BufferedImage[] before, TestWindow window) {
        window.view(ViewId.RUN);
        // the curves are drawn on a thread of their own
        window.await(() -> window.find("#curves-chart") != null && same(before[0], curves(window)));
        window.view(ViewId.ROUTING);
        assertThat(same(before[1], picture(window, "#routing-grid"))).as("routing").isTrue();
        window.view(ViewId.FORGETTING);
        assertThat(same(before[2], picture(window, "#forgetting-grid"))).as("forgetting").isTrue();
    }

    @SuppressWarnings("unchecked")
    private static void answersOfACell(TestWindow window, RunState state) {
        window.view(ViewId.FORGETTING);
        Point2D[] cell = new Point2D[1];
        window.robot.interact(() -> cell[0] = ChartCells.onScreen(window.find("#forgetting-grid"), 3, 0));
        window.robot.clickOn(cell[0]);
        window.await(() -> window.find("#answers") != null);
        int rows = state.tasks().get(0).testRows();
        assertThat(((ListView<?>) window.find("#answers")).getItems()).hasSize(rows);
        assertThat(window.window().cells().cell().get().after()).isEqualTo(3);
        assertThat(window.robot.lookup("who after training who-again").tryQuery()).isPresent();
        window.robot.interact(() -> Screenshots.take(window.stage.getScene(), "whole-forgetting"));
    }

    private static void export(TestWindow window, RunState state) throws IOException {
        listed(window);
        window.robot.interact(() -> table(window).getSelectionModel().select(0));
        window.robot.clickOn("#run-export").clickOn("#format-PYREFT").clickOn("#export-confirm");
        window.await(() -> window.robot.lookup("#export-outcome").queryLabeled().getText().contains("written"));
        Node close = window.robot.lookup("#export-close").query();
        window.await(() -> close.localToScene(close.getBoundsInLocal()).getMaxY() <= close.getScene().getHeight());
        window.robot.interact(() -> Screenshots.take(close.getScene(), "whole-export"));
        assertThat(((Label) window.robot.lookup("#export-files").query()).getText()).contains("group-1/config.json");
        window.robot.clickOn("#export-close");
        Path target = table(window).getItems().get(0).folder().resolve("export");
        try (Stream<Path> files = Files.walk(target)) {
            List<String> names = files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
            // a configuration and two tensor files (layers 1 and 3) a group
            assertThat(names.stream().filter(n -> n.endsWith(".bin"))).hasSize(2 * state.groups());
            assertThat(names.stream().filter(n -> n.equals("config.json"))).hasSize(state.groups());
        }
    }

    /** The same sequence with many more steps, so that there is a middle to stop in. */
    private static RunState runAndStop(TestWindow window) {
        WorkbenchModel model = window.model;
        window.robot.interact(() -> model.setRecipe(model.services().inputs().with(model.recipe().get(), Map.of(
                "training.epochs", "20", "method.tuning.settleDelta", "0", "method.tuning.epsilon", "0"))));
        window.robot.clickOn("#run");
        window.await(MOST_SECONDS, () -> model.live().get() != null);
        CurrentRun run = model.live().get();
        window.await(MOST_SECONDS, () -> run.ended() || run.state().tasksFinished() == 1
                && run.state().lastStep().filter(s -> s.task() == 2).isPresent());
        window.robot.interact(() -> Screenshots.take(window.stage.getScene(), "whole-run-stopping"));
        window.robot.clickOn("#stop");
        window.await(MOST_SECONDS, () -> model.live().get() == null);
        assertThat(window.dialogs.asked).contains("Stop after this step");
        assertThat(run.state().status()).isEqualTo(RunState.Status.INTERRUPTED);
        assertThat(run.state().tasksFinished()).isEqualTo(1);
        return run.state();
    }

    /** A copy of a run whose program was killed just before its last event. */
    private static void cutShort(Path run) throws IOException {
        Path copy = run.resolveSibling("cut");
        Files.createDirectory(copy);
        Files.copy(run.resolve("run.json"), copy.resolve("run.json"));
        List<String> events = Files.readAllLines(run.resolve("events.jsonl"));
        Files.write(copy.resolve("events.jsonl"), events.subList(0, events.size() - 1));
    }

    @SuppressWarnings("unchecked")
    private static TableView<RunSummary> table(TestWindow window) {
        return (TableView<RunSummary>) window.find("#runs");
    }

    private static List<RunSummary> listed(TestWindow window) {
        window.robot.clickOn("#nav-runs");
        List<RunSummary> onDisk = window.model.services().runs().list();
        window.await(() -> table(window) != null && List.copyOf(table(window).getItems()).equals(onDisk));
        window.robot.interact(() -> Screenshots.take(window.stage.getScene(), "whole-runs"));
        return onDisk;
    }

    private static RunState reopen(TestWindow window, RunSummary run) {
        listed(window);
        window.robot.interact(() -> table(window).getSelectionModel().select(run));
        window.robot.clickOn("#run-open");
        window.await(() -> window.model.shown().get() != null
                && window.model.shown().get().folder().equals(run.folder()));
        assertThat(window.model.view().get()).isEqualTo(ViewId.RUN);
        return window.model.shown().get().state();
    }

    private static void assertSame(RunState actual, RunState expected) {
        assertThat(actual.status()).isEqualTo(expected.status());
        assertThat(actual.tasks()).isEqualTo(expected.tasks());
        assertThat(actual.steps()).isEqualTo(expected.steps());
        assertThat(actual.stageMarks()).isEqualTo(expected.stageMarks());
        assertThat(actual.stopMarks()).isEqualTo(expected.stopMarks());
        assertThat(actual.routings()).isEqualTo(expected.routings());
        assertThat(actual.merges()).isEqualTo(expected.merges());
        assertThat(actual.evaluations()).isEqualTo(expected.evaluations());
        assertThat(Arrays.deepEquals(actual.matrix().trained(), expected.matrix().trained())).as("matrix").isTrue();
        assertThat(actual.endReason()).isEqualTo(expected.endReason());
        assertThat(StatusLine.parts(actual, false)).isEqualTo(StatusLine.parts(expected, false));
    }

    // --- pictures ---------------------------------------------------------------------------------------------

    private static BufferedImage picture(TestWindow window, String id) {
        BufferedImage[] picture = new BufferedImage[1];
        window.robot.interact(() -> {
            Node node = window.find(id);
            picture[0] = SwingFXUtils.fromFXImage(node.snapshot(new SnapshotParameters(), null), null);
        });
        return picture[0];
    }

    /** The curves' drawing; an empty picture before there is one. */
    private static BufferedImage curves(TestWindow window) {
        return window.find("#curves-chart").lookupAll("ImageView").stream().map(n -> ((ImageView) n).getImage())
                .filter(i -> i != null).findFirst().map(i -> SwingFXUtils.fromFXImage(i, null))
                .orElse(new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB));
    }

    /** Whether a newer drawing of the curves is under way than the one on screen. */
    private static boolean pending(TestWindow window) {
        return window.find("#curves-chart").lookupAll("ImageView").stream()
                .anyMatch(n -> Boolean.TRUE.equals(n.getParent().getProperties().get("pending")));
    }

    private static double ink(BufferedImage image) {
        Picture picture = new Picture(image);
        return picture.ink(picture.all());
    }

    private static boolean same(BufferedImage a, BufferedImage b) {
        return a.getWidth() == b.getWidth() && a.getHeight() == b.getHeight()
                && Arrays.equals(pixels(a).toArray(), pixels(b).toArray());
    }

    private static IntStream pixels(BufferedImage picture) {
        return Arrays.stream(picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0,
                picture.getWidth()));
    }
}
