package craft.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunEvent;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.TaskInfo;
import craft.experiment.RunState;
import craft.task.Score;
import craft.ui.Fonts;
import craft.ui.Picture;
import craft.ui.SampleRun;
import craft.ui.Texts;
import craft.ui.Theme;
import craft.ui.text.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Slider;
import javafx.scene.control.ToggleButton;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** Draws every view in both themes and languages, for people to look at, and checks that all of it can be read. */
class ChartScreenshotsTest {
    @BeforeAll
    static void toolkit() throws Exception {
        FxToolkit.registerPrimaryStage();
        Fonts.register();
    }

    @AfterEach
    void tidy() throws Exception {
        FxToolkit.setupFixture(() -> {
            Theme.use(false);
            Words.use(Locale.ENGLISH);
        });
        FxToolkit.cleanupStages();
    }

    @Test
    void curves() throws Exception {
        RunState finished = SampleRun.fold(SampleRun.finished());
        shoot("chart-curves-light-en", false, Locale.ENGLISH, 900, 620, () -> curves(finished));
        shoot("chart-curves-dark-ko", true, Locale.KOREAN, 900, 620, () -> curves(finished));
        shoot("chart-curves-wide-dark", true, Locale.ENGLISH, 1520, 1020, () -> curves(longRun()));
        shoot("chart-curves-running", false, Locale.ENGLISH, 900, 620,
                () -> curves(SampleRun.fold(SampleRun.running())));
        shoot("chart-curves-task-log", false, Locale.KOREAN, 900, 620, () -> {
            CurvesView view = curves0(finished);
            ((ToggleButton) view.node().lookup("#curves-task")).setSelected(true);
            ((CheckBox) view.node().lookup("#curves-log")).setSelected(true);
            return view.node();
        });
        shoot("chart-curves-hover", true, Locale.ENGLISH, 900, 620, () -> curves(finished), scene -> {
            Node chart = scene.lookup("#curves-chart");
            chart.requestFocus();
            for (int i = 0; i < 50; i++) {
                chart.fireEvent(new KeyEvent(KeyEvent.KEY_PRESSED, "", "", KeyCode.LEFT, true, false, false, false));
            }
        });
        shoot("chart-curves-empty", false, Locale.KOREAN, 900, 620, () -> new CurvesView().node());
    }

    @Test
    void routing() throws Exception {
        RunState finished = SampleRun.fold(SampleRun.finished());
        shoot("chart-routing-light-en", false, Locale.ENGLISH, 900, 620, () -> routing(finished, Double.NaN));
        shoot("chart-routing-whatif-dark-ko", true, Locale.KOREAN, 900, 620, () -> routing(finished, 0.9));
        shoot("chart-routing-whatif-low", false, Locale.ENGLISH, 900, 620, () -> routing(finished, 0.05));
        shoot("chart-routing-wide-dark", true, Locale.ENGLISH, 1520, 1020, () -> routing(longRun(), 0.75));
        shoot("chart-routing-many", false, Locale.ENGLISH, 900, 620, () -> routing(longRun(), 0.75));
        shoot("chart-routing-empty", true, Locale.ENGLISH, 900, 620, () -> new RoutingView().node());
    }

    @Test
    void forgetting() throws Exception {
        RunState finished = SampleRun.fold(SampleRun.finished());
        shoot("chart-forgetting-light-en", false, Locale.ENGLISH, 900, 620, () -> forgetting(finished, false));
        shoot("chart-forgetting-dark-ko", true, Locale.KOREAN, 900, 620, () -> forgetting(finished, false));
        shoot("chart-forgetting-change-light-ko", false, Locale.KOREAN, 900, 620, () -> forgetting(finished, true));
        shoot("chart-forgetting-change-dark", true, Locale.ENGLISH, 1520, 1020, () -> forgetting(longRun(), true));
        shoot("chart-forgetting-many", false, Locale.ENGLISH, 900, 620, () -> forgetting(longRun(), false));
        shoot("chart-forgetting-running", false, Locale.ENGLISH, 900, 620,
                () -> forgetting(SampleRun.fold(SampleRun.running()), false));
        shoot("chart-forgetting-empty", false, Locale.ENGLISH, 900, 620, () -> new ForgettingView().node());
    }

    private static CurvesView curves0(RunState state) {
        CurvesView view = new CurvesView();
        view.budget(0.5);
        view.show(state);
        return view;
    }

    private static Node curves(RunState state) {
        return curves0(state).node();
    }

    private static Node routing(RunState state, double whatIf) {
        RoutingView view = new RoutingView();
        view.show(state);
        if (!Double.isNaN(whatIf)) {
            ((Slider) view.node().lookup("#routing-slider")).setValue(whatIf);
        }
        return view.node();
    }

    private static Node forgetting(RunState state, boolean change) {
        ForgettingView view = new ForgettingView();
        view.show(state);
        if (change) {
            ((ToggleButton) view.node().lookup("#forgetting-change")).setSelected(true);
        }
        return view.node();
    }

    private static void shoot(String name, boolean dark, Locale locale, int width, int height, Callable<Node> make)
            throws Exception {
        shoot(name, dark, locale, width, height, make, scene -> { });
    }

    private static void shoot(String name, boolean dark, Locale locale, int width, int height, Callable<Node> make,
            Consumer<Scene> then) throws Exception {
        Scene[] scene = new Scene[1];
        FxToolkit.setupFixture(() -> {
            Theme.use(dark);
            Words.use(locale);
            try {
                BorderPane root = new BorderPane(make.call());
                root.getStyleClass().add("view");
                scene[0] = new Scene(root, width, height);
                scene[0].getStylesheets().add(Theme.class.getResource("app.css").toExternalForm());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            javafx.stage.Stage stage = FxToolkit.toolkitContext().getRegisteredStage();
            stage.hide(); // resizing a window that is shown upsets Monocle
            stage.setScene(scene[0]);
            stage.setWidth(width);
            stage.setHeight(height);
            stage.show();
            scene[0].getRoot().requestFocus();
        });
        WaitForAsyncUtils.waitForFxEvents();
        Node picture = scene[0].lookup("#curves-chart");
        if (picture != null && picture.getParent().isVisible()) {
            WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, () -> ChartViewsTest.pictureOf(scene[0]) != null
                    && ChartViewsTest.settled(scene[0]));
        }
        FxToolkit.setupFixture(() -> then.accept(scene[0]));
        FxToolkit.setupFixture(() -> {
            Picture image = Picture.take(scene[0], name);
            image.assertTheme(dark);
            assertThat(image.ink(image.all())).as("ink in " + name).isBetween(0.002, 0.75);
            Texts.assertWhole(scene[0], name);
            if (locale.equals(Locale.KOREAN)) {
                Texts.assertHangul(scene[0], name);
            }
        });
    }

    /** Twelve tasks with long names, Latin and Hangul, thousands of steps. */
    static RunState longRun() {
        List<TaskInfo> tasks = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            tasks.add(new TaskInfo(i % 3 == 0 ? "한국어-의도-분류-과제-" + i : "long-name-of-a-text-classification-task-" + i,
                    "topic", "en", List.of("a", "b"), 1000, 200));
        }
        List<RunEvent> events = new ArrayList<>();
        events.add(new RunEvent.RunStarted("Long", "seedling", "CRAFT", 1, tasks, 6000));
        java.util.Random random = new java.util.Random(5);
        int runStep = 0;
        int groups = 0;
        for (int t = 1; t <= 12; t++) {
            int steps = 100 + random.nextInt(900);
            events.add(new RunEvent.StageStarted(t, Stage.WARM_UP, 40));
            for (int s = 1; s <= 40; s++) {
                events.add(step(t, Stage.WARM_UP, s, 40, ++runStep, 3 * Math.exp(-s / 30.0), Double.NaN, random));
            }
            List<Double> distances = new ArrayList<>();
            for (int g = 1; g <= groups; g++) {
                distances.add(0.2 + 2.4 * random.nextDouble());
            }
            int nearest = 0;
            for (int g = 1; g <= groups; g++) {
                nearest = nearest == 0 || distances.get(g - 1) < distances.get(nearest - 1) ? g : nearest;
            }
            boolean opened = nearest == 0 || distances.get(nearest - 1) > 0.5 * 1.7;
            groups += opened ? 1 : 0;
            events.add(new RunEvent.RoutingDecided(t, distances, 1.7, 0.85, "0.5 * d_0", nearest,
                    opened ? groups : nearest, opened));
            events.add(new RunEvent.StageStarted(t, Stage.TUNE, 1000));
            for (int s = 1; s <= steps; s++) {
                events.add(step(t, Stage.TUNE, s, 1000, ++runStep, 0.3 + 2 * Math.exp(-s / 100.0),
                        opened ? Double.NaN : 0.1 * (1 - Math.exp(-s / 200.0)), random));
            }
            events.add(new RunEvent.StageFinished(t, Stage.TUNE, steps, "divergence settled", 20));
            for (int i = 1; i <= 12; i++) {
                double value = i <= t ? 0.9 - 0.02 * (t - i) * random.nextDouble() : 0.2 + 0.1 * random.nextDouble();
                events.add(new RunEvent.TaskEvaluated(t, i, 1, i <= t,
                        new Score(value, value - 0.01, Double.NaN, 0.3, 200)));
            }
        }
        return SampleRun.fold(events);
    }

    private static RunEvent step(int task, Stage stage, int step, int planned, int runStep, double ce, double kl,
            java.util.Random random) {
        double noise = Math.max(0.3, 1 + 0.2 * random.nextGaussian());
        return new RunEvent.StepDone(task, stage, step, planned, runStep, ce * noise, ce * noise, kl * noise, 0.5, 1e-3,
                1, 5000, Double.NaN);
    }
}
