package craft.ui.chart;

import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.WhatIf;
import craft.ui.Theme;
import craft.ui.text.Words;
import java.util.List;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.control.Slider;
import javafx.scene.layout.Region;
import javafx.scene.text.TextAlignment;

/**
 * Over the slider: for each task the threshold from which on it would join its nearest group, and the run's own. Tasks
 * left of the thumb join (disc), those right of it open a group (ring).
 */
final class ThresholdStrip extends Region {
    private static final double HEIGHT = 52;

    private final Words words;
    private final Canvas canvas = new Canvas();
    private Slider slider;
    private List<RoutingDecided> routings = List.of();
    private boolean relative;
    private double actual = Double.NaN;

    ThresholdStrip(Words words) {
        this.words = words;
        canvas.setManaged(false);
        getChildren().add(canvas);
        setMinHeight(HEIGHT);
        setPrefHeight(HEIGHT);
        setMouseTransparent(true);
    }

    void follow(Slider newSlider) {
        slider = newSlider;
        slider.widthProperty().addListener((o, was, is) -> requestLayout());
    }

    void show(List<RoutingDecided> decisions, boolean isRelative, double actualValue) {
        routings = decisions;
        relative = isRelative;
        actual = actualValue;
        draw();
    }

    @Override
    protected void layoutChildren() {
        canvas.setWidth(getWidth());
        canvas.setHeight(getHeight());
        draw();
    }

    private double x(double value) {
        Node thumb = slider.lookup(".thumb");
        double inset = thumb == null ? 8 : thumb.getLayoutBounds().getWidth() / 2;
        return inset + value / slider.getMax() * (slider.getWidth() - 2 * inset);
    }

    private void draw() {
        GraphicsContext g = canvas.getGraphicsContext2D();
        g.clearRect(0, 0, canvas.getWidth(), canvas.getHeight());
        if (slider == null || slider.getWidth() <= 0) {
            return;
        }
        ChartStyle style = ChartStyle.of(Theme.dark().get());
        g.setTextBaseline(VPos.CENTER);
        if (Double.isFinite(actual)) {
            double x = Math.rint(x(actual)) + 0.5;
            g.setStroke(style.text());
            g.setLineWidth(1.5);
            g.strokeLine(x, 2, x, HEIGHT);
            g.setFill(style.muted());
            g.setFont(ChartStyle.font(ChartStyle.NUMBER_SIZE));
            String text = words.get("routing.run");
            boolean leftSide = x + 8 + ChartStyle.width(text, g.getFont()) > canvas.getWidth();
            g.setTextAlign(leftSide ? TextAlignment.RIGHT : TextAlignment.LEFT);
            g.fillText(text, leftSide ? x - 4 : x + 4, 8);
        }
        double lastUpper = -100;
        double lastLower = -100;
        List<RoutingDecided> sorted = routings.stream().filter(r -> Double.isFinite(WhatIf.joinsFrom(r, relative)))
                .sorted((a, b) -> Double.compare(WhatIf.joinsFrom(a, relative), WhatIf.joinsFrom(b, relative)))
                .toList();
        for (RoutingDecided r : sorted) {
            double from = WhatIf.joinsFrom(r, relative);
            if (from > slider.getMax()) {
                continue;
            }
            double x = x(from);
            boolean lower = x - lastLower >= 18 || x - lastUpper < 18;
            double y = lower ? HEIGHT - 9 : HEIGHT - 27;
            if (lower) {
                lastLower = x;
            } else {
                lastUpper = x;
            }
            dot(g, style, r.task(), x, y, from <= slider.getValue());
        }
    }

    private static void dot(GraphicsContext g, ChartStyle style, int task, double x, double y, boolean joins) {
        g.setFill(style.subtle());
        g.fillOval(x - 9, y - 9, 18, 18);
        g.setFill(joins ? style.task(task) : style.subtle());
        g.fillOval(x - 7.5, y - 7.5, 15, 15);
        g.setStroke(style.task(task));
        g.setLineWidth(2.5);
        g.strokeOval(x - 7, y - 7, 14, 14);
        g.setFill(joins ? Palette.inkOn(style.task(task)) : style.text());
        g.setFont(ChartStyle.bold(9.5));
        g.setTextAlign(TextAlignment.CENTER);
        g.fillText(Integer.toString(task), x, y);
    }
}
