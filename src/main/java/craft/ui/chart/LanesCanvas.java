package craft.ui.chart;

import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.WhatIf;
import craft.ui.Theme;
import craft.ui.text.Words;
import java.util.List;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.TextAlignment;

/**
 * A horizontal lane for each group; tasks stand on them from left to right in their order. A ring opens a group, a disc
 * joins one, a dashed ring is where a task would go under the threshold tried.
 */
final class LanesCanvas extends Region {
    private static final double HEAD = 24;
    private static final double LANE = 32;
    private static final double DOT = 8;
    private static final Font SMALL = ChartStyle.font(ChartStyle.NUMBER_SIZE);

    private final Words words;
    private final Canvas canvas = new Canvas();
    private List<String> names = List.of();
    private List<RoutingDecided> routings = List.of();
    private List<WhatIf.Outcome> outcomes = List.of();
    private double nameWidth;

    LanesCanvas(Words words) {
        this.words = words;
        canvas.setManaged(false);
        getChildren().add(canvas);
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        HoverTip tip = new HoverTip(this);
        setOnMouseMoved(e -> tip.at(describe(e.getX())));
    }

    /** @param outcomes what-if outcome of each routing, or none */
    void show(List<String> taskNames, List<RoutingDecided> decisions, List<WhatIf.Outcome> newOutcomes,
            List<String> rowNames) {
        names = taskNames;
        routings = decisions;
        outcomes = newOutcomes;
        // The lanes begin where the cells of the matrix below begin.
        nameWidth = 22 + rowNames.stream().mapToDouble(n -> ChartStyle.width(n, SMALL)).max().orElse(0) + 12;
        double most = getWidth() > 0 ? Math.min(200, Math.max(112, getWidth() * 0.27)) : 200;
        nameWidth = Math.ceil(Math.min(most, Math.max(72, nameWidth)));
        StringBuilder text = new StringBuilder();
        for (RoutingDecided r : routings) {
            text.append(name(r.task())).append(": ").append(decision(r)).append("; ");
        }
        setAccessibleText(text.toString());
        requestLayout();
        draw();
    }

    private int groups() {
        return routings.stream().mapToInt(RoutingDecided::group).max().orElse(0);
    }

    /** A last lane for what-if groups, kept as soon as a slider could fill it, so that nothing jumps. */
    private boolean extraLane() {
        return routings.stream().anyMatch(r -> !r.opened());
    }

    @Override
    protected double computePrefHeight(double width) {
        return HEAD + (groups() + (extraLane() ? 1 : 0)) * LANE;
    }

    @Override
    protected double computeMinHeight(double width) {
        return computePrefHeight(width);
    }

    @Override
    protected void layoutChildren() {
        canvas.setWidth(getWidth());
        canvas.setHeight(getHeight());
        draw();
    }

    /** The task at that x with what became of it, in full. */
    String describe(double x) {
        int task = (int) Math.floor((x - nameWidth) / step()) + 1;
        for (int i = 0; x >= nameWidth && i < routings.size(); i++) {
            RoutingDecided r = routings.get(i);
            if (r.task() == task) {
                String text = task + " " + name(task) + "\n" + decision(r);
                if (outcomes.isEmpty() || !outcomes.get(i).changed()) {
                    return text;
                }
                WhatIf.Outcome o = outcomes.get(i);
                return text + "\n" + words.get("routing.whatif") + ": " + (o.opens() ? words.get("routing.whatif.new")
                        : words.get("routing.joins", Integer.toString(o.nearest())));
            }
        }
        return "";
    }

    private String decision(RoutingDecided r) {
        return words.get(r.opened() ? "routing.opens" : "routing.joins", Integer.toString(r.group()));
    }

    private String name(int task) {
        return task <= names.size() ? names.get(task - 1) : "";
    }

    private double step() {
        return Math.min(160, (canvas.getWidth() - nameWidth) / Math.max(1, Math.max(names.size(), routings.size())));
    }

    private double x(int task) {
        return nameWidth + (task - 1) * step() + DOT + 6;
    }

    private static double y(int group) {
        return Math.rint(HEAD + (group - 0.5) * LANE) + 0.5;
    }

    private void draw() {
        GraphicsContext g = canvas.getGraphicsContext2D();
        g.clearRect(0, 0, canvas.getWidth(), canvas.getHeight());
        if (routings.isEmpty() || canvas.getWidth() < nameWidth) {
            return;
        }
        ChartStyle style = ChartStyle.of(Theme.dark().get());
        g.setTextBaseline(VPos.CENTER);
        int groups = groups();
        double end = Math.min(canvas.getWidth(), nameWidth + Math.max(names.size(), routings.size()) * step());
        for (int group = 1; group <= groups + (extraLane() ? 1 : 0); group++) {
            drawLane(g, style, group, groups, end);
        }
        for (int i = 0; i < routings.size(); i++) {
            drawTask(g, style, routings.get(i));
            if (!outcomes.isEmpty() && outcomes.get(i).changed()) {
                drawWhatIf(g, style, routings.get(i), outcomes.get(i), groups);
            }
        }
    }

    private void drawLane(GraphicsContext g, ChartStyle style, int group, int groups, double end) {
        double y = y(group);
        boolean extra = group > groups;
        g.setTextAlign(TextAlignment.LEFT);
        g.setFont(extra ? SMALL : ChartStyle.bold(ChartStyle.NUMBER_SIZE));
        g.setFill(extra ? style.muted() : style.text());
        String text = extra ? words.get("routing.extra") : words.get("routing.group", Integer.toString(group));
        g.fillText(ChartStyle.elide(text, g.getFont(), nameWidth - 8), 0, y);
        double from = nameWidth;
        for (RoutingDecided r : routings) {
            if (r.opened() && r.group() == group) {
                from = x(r.task());
            }
        }
        g.setStroke(style.border());
        g.setLineWidth(extra ? 1 : 2);
        g.setLineDashes(extra ? new double[] {3, 4} : null);
        g.strokeLine(extra ? nameWidth : from, y, end, y);
        g.setLineDashes((double[]) null);
    }

    private void drawTask(GraphicsContext g, ChartStyle style, RoutingDecided r) {
        double x = x(r.task());
        double y = y(r.group());
        Color color = style.task(r.task());
        g.setStroke(style.grid());
        g.setLineWidth(1);
        g.strokeLine(Math.rint(x) + 0.5, HEAD - 2, Math.rint(x) + 0.5, y - DOT);
        g.setTextAlign(TextAlignment.LEFT);
        g.setFont(SMALL);
        g.setFill(style.text());
        g.fillText(ChartStyle.elide(name(r.task()), SMALL, step() - 12), x - DOT, HEAD / 2);
        g.setFill(style.background());
        g.fillOval(x - DOT - 2, y - DOT - 2, 2 * DOT + 4, 2 * DOT + 4);
        if (r.opened()) {
            g.setStroke(color);
            g.setLineWidth(3);
            g.strokeOval(x - DOT + 1, y - DOT + 1, 2 * DOT - 2, 2 * DOT - 2);
            g.setFill(style.text());
        } else {
            g.setFill(color);
            g.fillOval(x - DOT - 0.5, y - DOT - 0.5, 2 * DOT + 1, 2 * DOT + 1);
            g.setFill(Palette.inkOn(color));
        }
        g.setFont(ChartStyle.bold(9.5));
        g.setTextAlign(TextAlignment.CENTER);
        g.fillText(Integer.toString(r.task()), x, y);
        label(g, style, words.get(r.opened() ? "routing.ring" : "routing.disc"), x, y, style.muted());
    }

    private void drawWhatIf(GraphicsContext g, ChartStyle style, RoutingDecided r, WhatIf.Outcome o, int groups) {
        double x = x(r.task());
        double y = y(o.opens() ? groups + 1 : o.nearest());
        double real = y(r.group());
        g.setStroke(style.accent());
        g.setLineWidth(1.5);
        g.setLineDashes(3, 3);
        double away = Math.signum(y - real) * (DOT + 2);
        g.strokeLine(x, real + away, x, y - away);
        g.setFill(style.background());
        g.fillOval(x - DOT, y - DOT, 2 * DOT, 2 * DOT);
        g.strokeOval(x - DOT, y - DOT, 2 * DOT, 2 * DOT);
        g.setLineDashes((double[]) null);
        g.setFont(ChartStyle.bold(9.5));
        g.setTextAlign(TextAlignment.CENTER);
        g.setFill(style.text());
        g.fillText(Integer.toString(r.task()), x, y);
        label(g, style, words.get("routing.whatif"), x, y, style.accent());
    }

    private void label(GraphicsContext g, ChartStyle style, String text, double x, double y, Color ink) {
        double width = ChartStyle.width(text, SMALL);
        if (width + 2 * DOT + 16 > step()) {
            return;
        }
        g.setFill(style.background());
        g.fillRect(x + DOT + 3, y - 8, width + 6, 16);
        g.setFill(ink);
        g.setFont(SMALL);
        g.setTextAlign(TextAlignment.LEFT);
        g.fillText(text, x + DOT + 6, y);
    }
}
