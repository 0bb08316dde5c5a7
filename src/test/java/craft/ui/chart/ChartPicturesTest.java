package craft.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunState;
import craft.experiment.RunState.Validation;
import craft.ui.Fonts;
import craft.ui.Picture;
import craft.ui.SampleRun;
import craft.ui.Theme;
import craft.ui.text.Words;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javafx.geometry.BoundingBox;
import javafx.geometry.Bounds;
import javafx.geometry.Point2D;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.BorderPane;
import javafx.scene.paint.Color;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** What charts draw stands where its numbers say and has the colour that they say. */
class ChartPicturesTest {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 620;
    private static final double NAN = Double.NaN;

    private final RunState run = SampleRun.fold(SampleRun.finished());

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

    // --- curves -------------------------------------------------------------------------------------------------

    private record Drawn(Picture picture, CurvesDrawing.Areas areas) {
        Bounds loss(double fromStep, double toStep) {
            return part(areas.loss(), fromStep, toStep);
        }

        Bounds kl(double fromStep, double toStep) {
            return part(areas.kl(), fromStep, toStep);
        }

        private Bounds part(Rectangle2D area, double fromStep, double toStep) {
            double left = Math.max(area.getX() + 1, areas.pixel(fromStep));
            double right = Math.min(area.getMaxX() - 1, areas.pixel(toStep));
            return new BoundingBox(left, area.getY() + 8, right - left, area.getHeight() - 9);
        }
    }

    private Drawn draw(boolean dark, boolean measured, double budget, List<Validation> validations) throws Exception {
        return WaitForAsyncUtils.asyncFx(() -> {
            CurveData data = new CurveData();
            run.steps().forEach(data::add);
            CurvesDrawing drawing = new CurvesDrawing(data.snapshot(), run.tasks().stream().map(t -> t.name()).toList(), false, false, measured,
                    budget, List.of(), validations, NAN, NAN, ChartStyle.of(dark),
                    new CurvesDrawing.Labels("loss", "KL", "step", "task step", "none yet", "never any", "budget"));
            BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_ARGB_PRE);
            Graphics2D g = image.createGraphics();
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            CurvesDrawing.Areas areas = drawing.draw(g, WIDTH, HEIGHT);
            g.dispose();
            return new Drawn(new Picture(image), areas);
        }).get(20, TimeUnit.SECONDS);
    }

    @Test
    void everyTasksLineHasItsColourAndStandsOverItsSteps() throws Exception {
        for (boolean dark : new boolean[] {false, true}) {
            Drawn drawn = draw(dark, true, 0.5, List.of());
            drawn.picture.assertTheme(dark);
            for (int task = 1; task <= 5; task++) {
                int number = task;
                int first = run.steps().stream().filter(s -> s.task() == number).mapToInt(s -> s.runStep()).min().orElseThrow();
                int last = run.steps().stream().filter(s -> s.task() == number).mapToInt(s -> s.runStep()).max().orElseThrow();
                Color color = ChartStyle.of(dark).task(task);
                assertThat(drawn.picture.of(color, drawn.loss(first, last))).as("line of task %d", task).isGreaterThan(150);
                assertThat(drawn.picture.of(color, drawn.loss(0, first - 3)) + drawn.picture.of(color, drawn.loss(last + 3, 1e9)))
                        .as("task %d elsewhere", task).isLessThan(12);
            }
            // only the second task joined a group: only it has a divergence
            assertThat(drawn.picture.of(ChartStyle.of(dark).task(2), drawn.kl(0, 1e9))).isGreaterThan(80);
            assertThat(drawn.picture.of(ChartStyle.of(dark).task(3), drawn.kl(0, 1e9))).isLessThan(12);
        }
    }

    @Test
    void aValidationIsADiamondAtItsStepAndHeight() throws Exception {
        assertThat(run.validations()).hasSizeGreaterThan(10);
        Drawn with = draw(false, true, 0.5, run.validations());
        Drawn without = draw(false, true, 0.5, List.of());
        long all = with.picture.differences(without.picture, with.picture.all());
        long atTheirSteps = 0;
        for (Validation v : run.validations()) {
            double x = with.areas.pixel(v.runStep());
            Bounds here = new BoundingBox(x - 6, with.areas.loss().getY(), 13, with.areas.loss().getHeight());
            long changed = with.picture.differences(without.picture, here);
            assertThat(changed).as("mark of %s", v).isBetween(30L, 200L);
            atTheirSteps += changed;
        }
        assertThat(atTheirSteps).as("and nothing else has changed").isGreaterThanOrEqualTo(all);
        // the higher the cross-entropy, the higher the mark: the axis is linear from 0
        Validation low = run.validations().stream().min((a, b) -> Double.compare(a.crossEntropy(), b.crossEntropy())).orElseThrow();
        Validation high = run.validations().stream().max((a, b) -> Double.compare(a.crossEntropy(), b.crossEntropy())).orElseThrow();
        assertThat(top(with, without, high)).isLessThan(top(with, without, low) - 20);
    }

    /** The uppermost pixel of a validation's mark. */
    private static double top(Drawn with, Drawn without, Validation v) {
        double x = with.areas.pixel(v.runStep());
        for (double y = with.areas.loss().getY(); y < with.areas.loss().getMaxY(); y++) {
            if (with.picture.differences(without.picture, new BoundingBox(x - 6, y, 13, 1)) > 0) {
                return y;
            }
        }
        throw new AssertionError("no mark for " + v);
    }

    @Test
    void theBudgetIsALineAcrossTheDivergence() throws Exception {
        Drawn with = draw(false, true, 0.5, List.of());
        Drawn without = draw(false, true, 0, List.of());
        Bounds kl = with.kl(0, 1e9);
        assertThat(with.picture.of(ChartStyle.of(false).text(), kl)).as("ink of line and name")
                .isGreaterThan(without.picture.of(ChartStyle.of(false).text(), kl) + 100);
    }

    @Test
    void aMethodWithoutADivergenceSaysSoWhereItWouldStand() throws Exception {
        RunState first = SampleRun.fold(SampleRun.finished().stream()
                .filter(e -> !(e instanceof craft.experiment.RunEvent.StepDone s) || s.task() == 1).toList());
        CurveData data = new CurveData();
        first.steps().forEach(data::add);
        Drawn[] drawn = new Drawn[2];
        for (int i = 0; i < 2; i++) {
            boolean measured = i == 0;
            drawn[i] = WaitForAsyncUtils.asyncFx(() -> {
                BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_ARGB_PRE);
                CurvesDrawing.Areas areas = new CurvesDrawing(data.snapshot(), List.of("a"), false, false, measured, 0, List.of(), List.of(), NAN,
                        NAN, ChartStyle.of(false), new CurvesDrawing.Labels("loss", "KL", "step", "task step", "none so far, but later", "never", "budget"))
                        .draw(image.createGraphics(), WIDTH, HEIGHT);
                return new Drawn(new Picture(image), areas);
            }).get(20, TimeUnit.SECONDS);
        }
        double later = drawn[0].picture.ink(middle(drawn[0]));
        double never = drawn[1].picture.ink(middle(drawn[1]));
        assertThat(never).as("the shorter sentence").isGreaterThan(0.005).isLessThan(0.6 * later);
        assertThat(drawn[1].areas.loss().getHeight()).as("room that the loss has instead").isGreaterThan(1.4 * drawn[0].areas.loss().getHeight());
    }

    private static Bounds middle(Drawn drawn) {
        Rectangle2D kl = drawn.areas.kl();
        return new BoundingBox(kl.getCenterX() - 120, kl.getHeight() > 100 ? kl.getCenterY() - 12 : kl.getMaxY() - 20, 240, 16);
    }

    // --- matrices -----------------------------------------------------------------------------------------------

    private Scene open(boolean dark, Locale language, Callable<Node> make) throws Exception {
        Scene[] scene = new Scene[1];
        FxToolkit.setupFixture(() -> {
            Theme.use(dark);
            Words.use(language);
            try {
                BorderPane root = new BorderPane(make.call());
                root.getStyleClass().add("view");
                scene[0] = new Scene(root, WIDTH, HEIGHT);
                scene[0].getStylesheets().add(Theme.class.getResource("app.css").toExternalForm());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            javafx.stage.Stage stage = FxToolkit.toolkitContext().getRegisteredStage();
            stage.hide();
            stage.setScene(scene[0]);
            stage.setWidth(WIDTH);
            stage.setHeight(HEIGHT);
            stage.show();
        });
        WaitForAsyncUtils.waitForFxEvents();
        return scene[0];
    }

    /** Between a cell's frame and its number. */
    private static Point2D beside(Scene scene, MatrixCanvas grid, int row, int column) {
        Point2D middle = grid.middle(row, column);
        return grid.localToScene(middle.getX(), middle.getY() - 9);
    }

    @Test
    void aScoresCellHasTheColourOfTheScore() throws Exception {
        for (boolean dark : new boolean[] {false, true}) {
            ForgettingView[] view = new ForgettingView[1];
            Scene scene = open(dark, Locale.ENGLISH, () -> {
                view[0] = new ForgettingView();
                view[0].show(run);
                return view[0].node();
            });
            MatrixCanvas grid = (MatrixCanvas) scene.lookup("#forgetting-grid");
            FxToolkit.setupFixture(() -> {
                Picture picture = Picture.take(scene, "cells-score-" + dark);
                for (int after = 0; after <= 5; after++) {
                    for (int task = 1; task <= 5; task++) {
                        Color full = Palette.viridis(run.matrix().get(after, task));
                        Point2D at = beside(scene, grid, after, task - 1);
                        if (task <= after) {
                            picture.assertColour(at.getX(), at.getY(), full, "score of task " + task + " after " + after);
                        } else { // not trained yet: paler, which on a dark ground is darker
                            Color seen = picture.at(at.getX(), at.getY());
                            assertThat(seen).isNotEqualTo(full).isNotEqualTo(ChartStyle.of(dark).background());
                        }
                    }
                }
            });
            FxToolkit.setupFixture(() -> ((ToggleButton) scene.lookup("#forgetting-change")).setSelected(true));
            WaitForAsyncUtils.waitForFxEvents();
            FxToolkit.setupFixture(() -> {
                Picture picture = Picture.take(scene, "cells-change-" + dark);
                Point2D own = beside(scene, grid, 3, 2);
                picture.assertColour(own.getX(), own.getY(), Palette.change(0), "the diagonal, no change");
                Point2D lost = beside(scene, grid, 5, 0);
                Color seen = picture.at(lost.getX(), lost.getY());
                assertThat(seen).as("what was lost has another colour").isNotEqualTo(Palette.change(0));
                assertThat(seen.getRed() > seen.getBlue()).as("that of a loss").isEqualTo(Palette.change(-1).getRed() > Palette.change(-1).getBlue());
            });
        }
    }

    @Test
    void aDivergencesCellHasTheColourOfTheDivergence() throws Exception {
        RoutingView[] view = new RoutingView[1];
        Scene scene = open(false, Locale.KOREAN, () -> {
            view[0] = new RoutingView();
            view[0].show(run);
            return view[0].node();
        });
        MatrixCanvas grid = (MatrixCanvas) scene.lookup("#routing-grid");
        double most = run.routings().stream().mapToDouble(r -> r.baseDivergence()).max().orElseThrow();
        FxToolkit.setupFixture(() -> {
            Picture picture = Picture.take(scene, "cells-divergence");
            for (int row = 0; row < 5; row++) {
                Point2D base = beside(scene, grid, row, 0);
                picture.assertColour(base.getX(), base.getY(), Palette.cividis(run.routings().get(row).baseDivergence() / most), "d_0 of row " + row);
                for (int g = 1; g <= run.routings().get(row).divergences().size(); g++) {
                    Point2D at = beside(scene, grid, row, g);
                    picture.assertColour(at.getX(), at.getY(), Palette.cividis(run.routings().get(row).divergences().get(g - 1) / most),
                            "d_" + g + " of row " + row);
                }
            }
        });
    }

    /** The charts' own letters, which no label holds. */
    @Test
    void hangulIsDrawnInChartsAsHangul() throws Exception {
        java.awt.Font font = ChartStyle.awtFont(ChartStyle.TEXT_SIZE);
        java.awt.Font bold = ChartStyle.awtBold(ChartStyle.NUMBER_SIZE);
        assertThat(font.canDisplayUpTo("교차 엔트로피 검증 발산")).isEqualTo(-1);
        assertThat(bold.canDisplayUpTo("예산(budget) ε")).isEqualTo(-1);
        Words chart = Words.of("chart");
        FxToolkit.setupFixture(() -> {
            Words.use(Locale.KOREAN);
            assertThat(ChartStyle.font(11).getFamily()).isEqualTo(Fonts.FAMILY);
            Label label = new Label(chart.get("curves.key.validation"));
            label.setFont(ChartStyle.bold(11));
            Scene scene = new Scene(new BorderPane(label), 200, 40);
            Picture one = Picture.take(scene, "hangul-validation");
            label.setText("\uE0F3\uE0F3(validation)");
            Picture boxes = Picture.take(scene, "hangul-boxes");
            assertThat(one.differences(boxes, one.all())).isGreaterThan(50);
        });
    }

    @Test
    void theLegendNamesValidationOnlyWhereThereIsOne() throws Exception {
        for (Locale language : Words.LANGUAGES) {
            CurvesView[] view = new CurvesView[1];
            Scene scene = open(false, language, () -> {
                view[0] = new CurvesView();
                view[0].show(SampleRun.fold(SampleRun.finished().stream()
                        .filter(e -> !(e instanceof craft.experiment.RunEvent.Validated)).toList()));
                return view[0].node();
            });
            Label key = (Label) scene.lookup("#curves-key-validation");
            assertThat(key.isVisible()).isFalse();
            FxToolkit.setupFixture(() -> view[0].show(run));
            assertThat(key.isVisible()).isTrue();
            assertThat(key.getText()).isEqualTo(language.equals(Locale.KOREAN) ? "검증(validation)" : "validation");
        }
    }
}
