package craft.ui.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.WhatIf;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javafx.scene.paint.Color;
import org.junit.jupiter.api.Test;

class ChartLogicTest {
    private static final double NAN = Double.NaN;
    private static final RoutingDecided FIRST =
            new RoutingDecided(1, List.of(), 2.0, 1.0, "0.5 * d_0", 0, 1, true);
    private static final RoutingDecided JOINED =
            new RoutingDecided(2, List.of(0.3), 1.5, 0.75, "0.5 * d_0", 1, 1, false);
    private static final RoutingDecided OPENED =
            new RoutingDecided(3, List.of(1.4, 1.2), 2.0, 1.0, "0.5 * d_0", 2, 3, true);

    @Test
    void theRunsOwnThresholdRepeatsItsDecisions() {
        List<RoutingDecided> all = List.of(FIRST, JOINED, OPENED);
        assertThat(WhatIf.relative(all)).isTrue();
        assertThat(WhatIf.actual(all, true)).isEqualTo(0.5);

        assertThat(new WhatIf(true, 0.5).decide(all)).noneMatch(WhatIf.Outcome::changed);
    }

    @Test
    void aLowerThresholdOpensAndAHigherOneJoinsTheNearest() {
        WhatIf.Outcome low = new WhatIf(true, 0.1).decide(JOINED);
        assertThat(low.opens()).isTrue();
        assertThat(low.changed()).isTrue();
        assertThat(low.threshold()).isCloseTo(0.15, within(1e-12));

        WhatIf.Outcome high = new WhatIf(true, 0.6).decide(OPENED);
        assertThat(high.opens()).as("1.2 <= 0.6 * 2.0: equal joins").isFalse();
        assertThat(high.nearest()).isEqualTo(2);
        assertThat(high.changed()).isTrue();
        assertThat(WhatIf.joinsFrom(OPENED, true)).isEqualTo(0.6);
    }

    @Test
    void anAbsoluteThresholdDoesNotDependOnTheBase() {
        assertThat(new WhatIf(false, 0.3).decide(JOINED).opens()).isFalse();
        assertThat(new WhatIf(false, 0.29).decide(JOINED).opens()).isTrue();
        assertThat(WhatIf.joinsFrom(JOINED, false)).isEqualTo(0.3);
        assertThat(WhatIf.relative(List.of(new RoutingDecided(1, List.of(), 2, 0.5, "0.5", 0, 1, true)))).isFalse();
    }

    @Test
    void theFirstTaskAlwaysOpensAndMissingDivergencesNeverJoin() {
        assertThat(new WhatIf(true, 100).decide(FIRST).opens()).isTrue();
        assertThat(WhatIf.joinsFrom(FIRST, true)).isInfinite();
        RoutingDecided broken = new RoutingDecided(2, List.of(NAN), NAN, NAN, "0.5 * d_0", 0, 2, true);
        assertThat(new WhatIf(true, 100).decide(broken).opens()).isTrue();
        assertThat(WhatIf.actual(List.of(broken), true)).isNaN();
    }

    @Test
    void theSmootherStartsUnbiasedAndSkipsMissingValues() {
        Smoother smoother = new Smoother(0.9);
        assertThat(smoother.next(4)).isCloseTo(4, within(1e-12));
        assertThat(smoother.next(NAN)).isNaN();
        assertThat(smoother.next(Double.POSITIVE_INFINITY)).isNaN();
        assertThat(smoother.next(4)).isCloseTo(4, within(1e-12));
        assertThat(smoother.next(0)).isBetween(2.0, 4.0);
    }

    @Test
    void longStagesAreSmoothedMore() {
        assertThat(CurveData.memory(0)).isEqualTo(0.75);
        assertThat(CurveData.memory(500)).isEqualTo(0.95);
        assertThat(CurveData.memory(1_000_000)).isEqualTo(0.975);
    }

    @Test
    void thinningKeepsPeaksOrderAndTheLimit() {
        int n = 20_000;
        double[] x = new double[n];
        double[] y = new double[n];
        Random random = new Random(1);
        for (int i = 0; i < n; i++) {
            x[i] = i;
            y[i] = i % 7 == 0 ? NAN : random.nextDouble();
        }
        y[12_345] = 50;
        y[777 * 7 + 1] = -50;
        Decimator.Points points = Decimator.minMax(x, y, 0, n, 5, 1000);

        assertThat(points.size()).isLessThanOrEqualTo(1000).isGreaterThan(900);
        assertThat(points.y()).contains(50, -50).doesNotContain(NAN);
        assertThat(points.x()).isSorted().contains(12_350);
    }

    @Test
    void aShortSeriesStaysWhole() {
        double[] y = {9, NAN, 7, 6};
        Decimator.Points points = Decimator.minMax(new double[] {1, 2, 3, 4}, y, 1, 4, 0, 1000);
        assertThat(points.x()).containsExactly(3, 4);
        assertThat(points.y()).containsExactly(7, 6);
        assertThat(Decimator.minMax(new double[0], new double[0], 0, 0, 0, 1000).size()).isZero();
    }

    @Test
    void curveDataSmoothsEachStageAloneAndSnapshotsStay() {
        CurveData data = new CurveData();
        data.add(step(1, Stage.WARM_UP, 1, 8));
        data.add(step(1, Stage.WARM_UP, 2, 4));
        CurveData.Snapshot before = data.snapshot();
        for (int i = 3; i <= 2000; i++) {
            data.add(step(1, Stage.TUNE, i, 2));
        }
        CurveData.Snapshot after = data.snapshot();

        assertThat(before.size()).isEqualTo(2);
        assertThat(before.segments()).containsExactly(new CurveData.Segment(1, Stage.WARM_UP, 0, 2));
        assertThat(after.segments()).hasSize(2);
        assertThat(after.smoothCrossEntropy()[1]).isBetween(4.0, 8.0);
        assertThat(after.smoothCrossEntropy()[2]).as("does not remember the warm-up").isCloseTo(2, within(1e-9));
        assertThat(after.nearest(1500.4)).isEqualTo(1499);
        assertThat(after.nearest(-3)).isZero();
        assertThat(after.nearest(1e9)).isEqualTo(1999);
        assertThat(after.origin(1)).isZero();
    }

    @Test
    void inkIsReadableOnEveryColourOfEveryMap() {
        for (int i = 0; i <= 1000; i++) {
            double share = i / 1000.0;
            for (Color fill : List.of(Palette.viridis(share), Palette.cividis(share), Palette.change(2 * share - 1))) {
                for (boolean dark : new boolean[] {false, true}) {
                    Color paler = ChartStyle.of(dark).over(fill, 0.5);
                    assertThat(Palette.contrast(Palette.inkOn(fill), fill)).isGreaterThanOrEqualTo(4.5);
                    assertThat(Palette.contrast(Palette.inkOn(paler), paler)).isGreaterThanOrEqualTo(4.5);
                }
            }
        }
        for (int task = 1; task <= 16; task++) {
            assertThat(Palette.contrast(Palette.inkOn(Palette.task(task)), Palette.task(task))).isGreaterThan(4.5);
        }
        assertThat(Palette.contrast(Color.BLACK, Color.WHITE)).isCloseTo(21, within(0.01));
    }

    @Test
    void writingOnTheBackgroundIsReadableInBothThemes() {
        for (boolean dark : new boolean[] {false, true}) {
            ChartStyle style = ChartStyle.of(dark);
            assertThat(Palette.contrast(style.text(), style.background())).isGreaterThan(7);
            assertThat(Palette.contrast(style.muted(), style.background())).isGreaterThan(4.5);
            assertThat(Palette.contrast(style.muted(), style.subtle())).isGreaterThan(4.5);
        }
    }

    @Test
    void theFirstEightTasksDifferAndTheNinthStartsOver() {
        assertThat(java.util.stream.IntStream.rangeClosed(1, 8).mapToObj(Palette::task).distinct()).hasSize(8);
        assertThat(Palette.task(9)).isEqualTo(Palette.task(1));
    }

    @Test
    void numbersLookTheSameInEveryLanguage() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(Numbers.percent(0.8415)).isEqualTo("84.2");
            assertThat(Numbers.percent(NAN)).isEqualTo("–");
            assertThat(Numbers.change(0.0123)).isEqualTo("+1.2");
            assertThat(Numbers.change(-0.034)).isEqualTo("−3.4");
            assertThat(Numbers.change(-0.0001)).as("no minus before zero").isEqualTo("0.0");
            assertThat(Numbers.nats(0.03123)).isEqualTo("0.031");
            assertThat(Numbers.nats(12.345)).isEqualTo("12.35");
            assertThat(Numbers.plain(0.5)).isEqualTo("0.5");
            assertThat(Numbers.plain(1200)).isEqualTo("1200");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void elisionKeepsTheBeginning() {
        assertThat(ChartStyle.elide("abcdef", 6, String::length)).isEqualTo("abcdef");
        assertThat(ChartStyle.elide("abcdef", 4, String::length)).isEqualTo("abc…");
        assertThat(ChartStyle.elide("abcdef", 1, String::length)).isEmpty();
    }

    private static StepDone step(int task, Stage stage, int runStep, double ce) {
        return new StepDone(task, stage, runStep, 10, runStep, ce, ce, NAN, 0, 1e-3, 1, 1000, NAN);
    }
}
