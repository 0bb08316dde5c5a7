package craft.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunState;
import craft.ui.Fonts;
import craft.ui.SampleRun;
import craft.ui.Theme;
import craft.ui.text.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javafx.geometry.Bounds;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.BorderPane;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

class ChartViewsTest {
    private final FxRobot robot = new FxRobot();
    private Scene scene;

    @BeforeAll
    static void toolkit() throws Exception {
        FxToolkit.registerPrimaryStage();
        Fonts.register();
    }

    @AfterEach
    void tidy() throws Exception {
        FxToolkit.cleanupStages();
    }

    @Test
    void aClickOnACellReportsTrainingStageAndTask() throws Exception {
        List<String> cells = new ArrayList<>();
        ForgettingView view = make(ForgettingView::new);
        view.onCellSelected((after, task) -> cells.add(after + "," + task));
        open(view.node(), () -> view.show(SampleRun.fold(SampleRun.finished())));
        MatrixCanvas grid = (MatrixCanvas) scene.lookup("#forgetting-grid");

        robot.clickOn(at(grid, grid.middle(3, 1)));
        robot.clickOn(at(grid, grid.middle(0, 4)));

        assertThat(cells).containsExactly("3,2", "0,5");
    }

    @Test
    void cellsAreReachedWithTheKeyboard() throws Exception {
        List<String> cells = new ArrayList<>();
        ForgettingView view = make(ForgettingView::new);
        view.onCellSelected((after, task) -> cells.add(after + "," + task));
        open(view.node(), () -> view.show(SampleRun.fold(SampleRun.finished())));
        MatrixCanvas grid = (MatrixCanvas) scene.lookup("#forgetting-grid");

        robot.interact(grid::requestFocus);
        robot.type(KeyCode.DOWN, KeyCode.DOWN, KeyCode.RIGHT, KeyCode.ENTER);

        assertThat(cells).containsExactly("1,2");
        assertThat(grid.getAccessibleText()).contains("mail-spam").contains("%");
    }

    @Test
    void metricsWaitForTheLastRow() throws Exception {
        ForgettingView view = make(ForgettingView::new);
        open(view.node(), () -> view.show(SampleRun.fold(SampleRun.running())));
        assertThat(text("#metric-op")).isEqualTo("–");

        robot.interact(() -> view.show(SampleRun.fold(SampleRun.finished())));

        // mean of 0.97-0.09, 0.94-0.045, 0.82-0.03, 0.76-0.015, 0.88
        assertThat(text("#metric-op")).isEqualTo("83.8");
        assertThat(text("#metric-bwt")).isEqualTo("−4.5");
        robot.interact(() -> ((javafx.scene.control.ToggleButton) scene.lookup("#forgetting-union")).fire());
        assertThat(text("#metric-op")).as("union was measured in the last row").isEqualTo("79.8");
        assertThat(text("#metric-bwt")).as("but not on the diagonal").isEqualTo("–");
    }

    @Test
    void theSliderRegroupsAndTheButtonGoesBack() throws Exception {
        RoutingView view = make(RoutingView::new);
        open(view.node(), () -> view.show(SampleRun.fold(SampleRun.finished())));
        Slider slider = (Slider) scene.lookup("#routing-slider");
        assertThat(slider.getValue()).isEqualTo(0.3);
        assertThat(text("#routing-summary")).contains("5 tasks in 4 groups");
        assertThat(scene.lookup("#routing-back").isDisabled()).isTrue();

        robot.interact(() -> slider.setValue(0.05));
        assertThat(text("#routing-summary")).contains("1 task would").contains("5 groups opened instead of 4")
                .contains("mail-spam opens a group of its own");

        robot.interact(() -> slider.setValue(0.70));
        assertThat(text("#routing-summary")).contains("clinc-domain joins group 2");

        robot.interact(() -> ((Button) scene.lookup("#routing-back")).fire());
        assertThat(slider.getValue()).isEqualTo(0.3);
        assertThat(text("#routing-summary")).contains("Same decisions");
    }

    @Test
    void theSliderStaysWhereTheUserPutItWhileTheRunGoesOn() throws Exception {
        RunState state = SampleRun.fold(SampleRun.running());
        RoutingView view = make(RoutingView::new);
        open(view.node(), () -> view.show(state));
        Slider slider = (Slider) scene.lookup("#routing-slider");
        robot.interact(() -> slider.setValue(0.2));

        robot.interact(() -> {
            List<craft.experiment.RunEvent> all = SampleRun.finished();
            all.subList(SampleRun.running().size(), all.size()).forEach(state::apply);
            view.show(state);
        });

        assertThat(slider.getValue()).isEqualTo(0.2);
    }

    @Test
    void curvesFollowTheRunAndTheTheme() throws Exception {
        RunState state = new RunState();
        CurvesView view = make(CurvesView::new);
        open(view.node(), () -> view.show(state));
        assertThat(scene.lookup("#curves-chart").getParent().isVisible()).as("chart before the first step").isFalse();

        robot.interact(() -> {
            SampleRun.finished().forEach(state::apply);
            view.budget(0.5);
            view.show(state);
        });
        WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, () -> pictureOf(scene) != null && settled(scene));
        assertThat(pictureOf(scene).getPixelReader().getArgb(1, 1)).isEqualTo(0xffffffff);

        robot.interact(() -> Theme.use(true));
        try {
            WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS,
                    () -> pictureOf(scene).getPixelReader().getArgb(1, 1) == 0xff0d1117);
        } finally {
            robot.interact(() -> Theme.use(false));
        }
    }

    @Test
    void withoutBudgetAndDivergenceTheCurvesAreDrawnAllTheSame() throws Exception {
        CurvesView view = make(CurvesView::new);
        open(view.node(), () -> {
            view.budget(0); // as when the rule is switched off
            view.show(SampleRun.fold(SampleRun.finished().subList(0, 60)));
        });
        WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, () -> pictureOf(scene) != null && settled(scene));
    }

    @Test
    void stoppingRulesAreNamedInWords() throws Exception {
        for (Locale language : Words.LANGUAGES) {
            FxToolkit.setupFixture(() -> Words.use(language));
            CurvesView view = WaitForAsyncUtils.asyncFx(CurvesView::new).get(20, TimeUnit.SECONDS);
            open(view.node(), () -> view.show(SampleRun.fold(SampleRun.finished())));
            robot.interact(() -> ((javafx.scene.control.ToggleButton) scene.lookup("#curves-task")).fire());
            List<String> legend = scene.lookup("#curves-legend").lookupAll(".label").stream()
                    .map(n -> ((Label) n).getText()).toList();
            boolean korean = language.equals(Locale.KOREAN);
            assertThat(legend).contains(korean ? "2 mail-spam – 중지: 예산 소진" : "2 mail-spam – stopped: budget used up")
                    .contains(korean ? "4 clinc-domain – 중지: KL 안정" : "4 clinc-domain – stopped: KL settled");
        }
        FxToolkit.setupFixture(() -> Words.use(Locale.ENGLISH));
    }

    @Test
    void viewsThatWereThrownAwayCanBeCollected() throws Exception {
        List<java.lang.ref.WeakReference<Object>> views = WaitForAsyncUtils.asyncFx(() -> List.of(
                new java.lang.ref.WeakReference<Object>(new CurvesView()),
                new java.lang.ref.WeakReference<Object>(new RoutingView()),
                new java.lang.ref.WeakReference<Object>(new ForgettingView()))).get(20, TimeUnit.SECONDS);
        WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, () -> {
            System.gc();
            return views.stream().allMatch(v -> v.get() == null);
        });
    }

    @Test
    void arrowKeysReadOffTheCurves() throws Exception {
        CurvesView view = make(CurvesView::new);
        open(view.node(), () -> view.show(SampleRun.fold(SampleRun.finished())));
        WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, () -> pictureOf(scene) != null && settled(scene));

        robot.interact(() -> scene.lookup("#curves-chart").requestFocus());
        robot.type(KeyCode.HOME);

        assertThat(text("#curves-readout"))
                .contains("Step 1 ·").contains("sms-spam").contains("warm-up").contains("CE ");
    }

    @Test
    void draggingZoomsInAndADoubleClickShowsAllAgain() throws Exception {
        CurvesView view = make(CurvesView::new);
        open(view.node(), () -> view.show(SampleRun.fold(SampleRun.finished())));
        WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, () -> pictureOf(scene) != null && settled(scene));
        Node chart = scene.lookup("#curves-chart");
        assertThat(scene.lookup("#curves-all").isDisabled()).isTrue();

        robot.drag(at(chart, new Point2D(300, 150))).dropTo(at(chart, new Point2D(420, 150)));
        WaitForAsyncUtils.waitForFxEvents();
        assertThat(scene.lookup("#curves-all").isDisabled()).isFalse();
        robot.interact(chart::requestFocus);
        WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, () -> {
            robot.type(KeyCode.HOME);
            return !text("#curves-readout").contains("Step 1 ·");
        });

        robot.doubleClickOn(at(chart, new Point2D(300, 150)));
        WaitForAsyncUtils.waitForFxEvents();
        assertThat(scene.lookup("#curves-all").isDisabled()).isTrue();
    }

    @Test
    void lanesTellTheWholeNameAndDecision() throws Exception {
        RoutingView view = make(RoutingView::new);
        open(view.node(), () -> view.show(SampleRun.fold(SampleRun.finished())));
        LanesCanvas lanes = (LanesCanvas) scene.lookup("#routing-lanes");
        assertThat(lanes.getAccessibleText()).contains("mail-spam: joins group 1");
        assertThat(lanes.describe(lanes.getWidth() - 4)).isEqualTo("5 korean-intent\nopens group 4");
        assertThat(lanes.describe(2)).isEmpty();

        robot.interact(() -> ((Slider) scene.lookup("#routing-slider")).setValue(0.9));

        assertThat(lanes.describe(lanes.getWidth() - 4)).endsWith("what if: joins group 3");
    }

    static Image pictureOf(Scene scene) {
        return scene.lookup("#curves-chart").lookupAll("ImageView").stream().map(n -> ((ImageView) n).getImage())
                .filter(java.util.Objects::nonNull).findFirst().orElse(null);
    }

    /** Whether something has been drawn in the middle column of the picture besides the background. */
    static boolean settled(Scene scene) {
        Image image = pictureOf(scene);
        if (image.getPixelReader().getArgb(1, 1) == 0) {
            return false;
        }
        java.util.Set<Integer> colors = new java.util.HashSet<>();
        for (int x = 0; x < image.getWidth(); x++) {
            colors.add(image.getPixelReader().getArgb(x, (int) image.getHeight() / 3));
        }
        return colors.size() > 8;
    }

    private String text(String id) {
        WaitForAsyncUtils.waitForFxEvents();
        return ((Label) scene.lookup(id)).getText();
    }

    private static Point2D at(Node node, Point2D local) {
        Bounds b = node.localToScreen(new javafx.geometry.BoundingBox(local.getX(), local.getY(), 0, 0));
        return new Point2D(b.getMinX(), b.getMinY());
    }

    private <T> T make(java.util.concurrent.Callable<T> maker) throws Exception {
        FxToolkit.setupFixture(() -> {
            Theme.use(false);
            Words.use(Locale.ENGLISH);
        });
        return WaitForAsyncUtils.asyncFx(maker).get(20, TimeUnit.SECONDS);
    }

    private void open(Node node, Runnable then) throws Exception {
        FxToolkit.setupFixture(() -> {
            scene = new Scene(new BorderPane(node), 900, 620);
            javafx.stage.Stage stage = FxToolkit.toolkitContext().getRegisteredStage();
            stage.hide();
            stage.setScene(scene);
            stage.setWidth(900);
            stage.setHeight(620);
            stage.show();
            then.run();
        });
        WaitForAsyncUtils.waitForFxEvents();
    }
}
