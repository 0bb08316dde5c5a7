package craft.ui.chart;

import craft.experiment.RunEvent.Stage;
import craft.experiment.RunState.StopMark;
import craft.experiment.RunState.Validation;
import craft.ui.chart.CurveData.Segment;
import craft.ui.chart.CurveData.Snapshot;
import craft.ui.chart.Decimator.Points;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickUnits;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.AbstractXYDataset;

/**
 * Loss above, divergence below, over one axis of steps, drawn with JFreeChart. Immutable, so any thread may draw it.
 *
 * @param taskNames names of the tasks, task 1 first
 * @param perTask x counts the steps of each task instead of those of the run
 * @param measured whether the method measures a divergence at all
 * @param budget epsilon, NaN for none
 * @param stops where stopping rules ended a stage, their reasons in the words to be drawn
 * @param validations drawn as points among the loss
 * @param from lowest x shown, NaN for all
 * @param to highest x shown, NaN for all
 */
record CurvesDrawing(Snapshot data, List<String> taskNames, boolean perTask, boolean logLoss, boolean measured, double budget,
        List<StopMark> stops, List<Validation> validations, double from, double to, ChartStyle style, Labels labels)
        implements ChartImage.Drawing<CurvesDrawing.Areas> {

    /** Points drawn for a series of the whole width. */
    private static final int POINTS = 1000;
    private static final double TOP = 28;
    private static final double TOP_PLAIN = 8;
    /** Half a diagonal of a validation's mark. */
    private static final double DIAMOND = 4.5;
    private static final Stroke RAW = new BasicStroke(1);
    private static final Stroke SMOOTH = new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final Stroke DASHED = new BasicStroke(1.8f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1,
            new float[] {5, 3}, 0);
    private static final Stroke THIN = new BasicStroke(1);
    private static final Stroke BUDGET = new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1,
            new float[] {2, 3}, 0);

    /** Words in the language of the window, read when it is built. */
    record Labels(String loss, String kl, String runStep, String taskStep, String noKl, String neverKl, String budget) {
    }

    /** Where the two charts lie in the picture and which steps they span. */
    record Areas(Rectangle2D loss, Rectangle2D kl, double fromX, double toX) {
        double pixel(double x) {
            return loss.getX() + (x - fromX) / (toX - fromX) * loss.getWidth();
        }

        double value(double pixel) {
            return fromX + (pixel - loss.getX()) / loss.getWidth() * (toX - fromX);
        }
    }

    @Override
    public Areas draw(Graphics2D g, double width, double height) {
        double low = Double.isNaN(from) ? 1 : from;
        double high = Double.isNaN(to) ? Math.max(lastX(), low + 9) : to;
        NumberAxis x = new NumberAxis(perTask ? labels.taskStep : labels.runStep);
        style.apply(x);
        x.setRange(low, Math.max(high, low + 1));
        x.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
        x.setNumberFormatOverride(numberFormat("#,##0"));
        x.setTickLabelInsets(new RectangleInsets(2, 14, 2, 14));

        List<Points> rawLoss = new ArrayList<>();
        List<Points> smoothLoss = new ArrayList<>();
        List<Points> rawKl = new ArrayList<>();
        List<Points> smoothKl = new ArrayList<>();
        for (Segment s : data.segments()) {
            int a = firstShown(s, low, high);
            int b = lastShown(s, low, high);
            double shift = shift(s);
            int share = (int) ((long) POINTS * (b - a) / Math.max(1, shownSteps(low, high)));
            int most = Math.max(8, perTask ? POINTS / 2 : share);
            rawLoss.add(Decimator.minMax(data.step(), data.crossEntropy(), a, b, shift, most));
            smoothLoss.add(Decimator.minMax(data.step(), data.smoothCrossEntropy(), a, b, shift, most));
            rawKl.add(Decimator.minMax(data.step(), data.kl(), a, b, shift, most));
            smoothKl.add(Decimator.minMax(data.step(), data.smoothKl(), a, b, shift, most));
        }
        double[] klRange = range(rawKl);
        boolean hasKl = klRange[1] >= klRange[0];
        double klTop = hasKl ? Math.max(klRange[1], 1e-6) : budget > 0 ? budget : 1;
        boolean budgetFits = budget > 0 && budget <= klTop * 4;
        double klHigh = (budgetFits ? Math.max(klTop, budget) : klTop) * 1.18;

        CombinedDomainXYPlot both = new CombinedDomainXYPlot(x);
        both.setGap(20);
        style.apply(both);
        ValueAxis lossAxis = lossAxis(withValidations(range(rawLoss), low, high));
        XYPlot loss = plot(lossAxis, rawLoss, smoothLoss);
        // a method that measures none leaves a strip, in which stopping rules are named and the reason is told
        NumberAxis klAxis = new NumberAxis(measured ? labels.kl : null);
        style.apply(klAxis);
        klAxis.setTickLabelsVisible(measured);
        klAxis.setTickMarksVisible(measured);
        klAxis.setRange(0, klHigh);
        fewTicks(klAxis);
        XYPlot kl = plot(klAxis, rawKl, smoothKl);
        kl.setRangeGridlinesVisible(measured);
        both.add(loss, measured ? 3 : 9);
        both.add(kl, measured ? 2 : 1);

        JFreeChart chart = new JFreeChart(null, null, both, false);
        chart.setBackgroundPaint(ChartStyle.awt(style.background()));
        chart.setPadding(new RectangleInsets(perTask ? TOP_PLAIN : TOP, 0, 0, perTask ? 12 : 2));
        ChartRenderingInfo info = new ChartRenderingInfo(null);
        chart.draw(g, new Rectangle2D.Double(0, 0, width, height), null, info);
        Rectangle2D lossArea = info.getPlotInfo().getSubplotInfo(0).getDataArea();
        Rectangle2D klArea = info.getPlotInfo().getSubplotInfo(1).getDataArea();
        Areas areas = new Areas(lossArea, klArea, x.getLowerBound(), x.getUpperBound());

        if (!perTask) {
            drawStages(g, areas);
        } else {
            drawEnds(g, areas, smoothLoss, lossArea, lossAxis);
        }
        drawValidations(g, areas, lossAxis);
        if (!hasKl && data.size() > 0) {
            g.setFont(ChartStyle.awtFont(ChartStyle.TEXT_SIZE));
            g.setColor(ChartStyle.awt(style.muted()));
            String why = measured ? labels.noKl : labels.neverKl;
            double w = g.getFontMetrics().stringWidth(why);
            // in a mere strip below the names of the stopping rules
            double x0 = klArea.getCenterX() - w / 2;
            double y0 = measured ? klArea.getCenterY() : klArea.getMaxY() - 8;
            g.setColor(ChartStyle.awt(style.background()));
            g.fill(new Rectangle2D.Double(x0 - 4, y0 - 12, w + 8, 16));
            g.setColor(ChartStyle.awt(style.muted()));
            g.drawString(why, (float) x0, (float) y0);
        }
        drawStops(g, areas, klAxis);
        drawBudget(g, klArea, klAxis, budgetFits);
        return areas;
    }

    private double x(Validation v) {
        return v.runStep() - (perTask ? data.origin(v.task()) : 0);
    }

    private double[] withValidations(double[] range, double low, double high) {
        double[] both = range.clone();
        for (Validation v : validations) {
            if (x(v) >= low && x(v) <= high && Double.isFinite(v.crossEntropy())) {
                both[0] = Math.min(both[0], v.crossEntropy());
                both[1] = Math.max(both[1], v.crossEntropy());
            }
        }
        return both;
    }

    /** A diamond for each check on validation rows: unlike the discs of tasks and the triangles of stopping rules. */
    private void drawValidations(Graphics2D g, Areas areas, ValueAxis y) {
        Rectangle2D a = areas.loss;
        for (Validation v : validations) {
            double px = areas.pixel(x(v));
            if (!Double.isFinite(v.crossEntropy()) || px < a.getX() || px > a.getMaxX() + 1) {
                continue;
            }
            double py = y.valueToJava2D(v.crossEntropy(), a, RectangleEdge.LEFT);
            Path2D diamond = new Path2D.Double();
            diamond.moveTo(px, py - DIAMOND);
            diamond.lineTo(px + DIAMOND, py);
            diamond.lineTo(px, py + DIAMOND);
            diamond.lineTo(px - DIAMOND, py);
            diamond.closePath();
            g.setColor(ChartStyle.awt(style.background()));
            g.fill(diamond);
            g.setStroke(SMOOTH);
            g.setColor(ChartStyle.awt(style.task(v.task())));
            g.draw(diamond);
        }
    }

    private double shift(Segment s) {
        return perTask ? -data.origin(s.task()) : 0;
    }

    private double lastX() {
        double last = 1;
        for (Segment s : data.segments()) {
            last = Math.max(last, data.step()[s.to() - 1] + shift(s));
        }
        return last;
    }

    private int firstShown(Segment s, double low, double high) {
        int i = s.from();
        while (i < s.to() - 1 && data.step()[i + 1] + shift(s) < low) {
            i++;
        }
        return data.step()[i] + shift(s) > high + 1 ? s.to() : i;
    }

    private int lastShown(Segment s, double low, double high) {
        int i = s.to();
        while (i > s.from() + 1 && data.step()[i - 2] + shift(s) > high) {
            i--;
        }
        return Math.max(i, firstShown(s, low, high));
    }

    private int shownSteps(double low, double high) {
        return (int) Math.min(data.size(), Math.ceil(high - low) + 1);
    }

    private static double[] range(List<Points> series) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Points p : series) {
            for (double y : p.y()) {
                low = Math.min(low, y);
                high = Math.max(high, y);
            }
        }
        return new double[] {low, high};
    }

    private ValueAxis lossAxis(double[] range) {
        boolean empty = range[1] < range[0];
        double low = empty ? 0 : range[0];
        double high = empty ? 1 : range[1];
        if (logLoss && !empty) {
            LogAxis axis = new OneTwoFiveAxis(labels.loss);
            style.apply(axis);
            double floor = Math.max(low, high * 1e-5);
            axis.setRange(floor / 1.15, Math.max(high, floor * 1.01) * 1.15);
            return axis;
        }
        NumberAxis axis = new NumberAxis(labels.loss);
        style.apply(axis);
        axis.setRange(Math.min(0, low), Math.max(high * 1.06, 1e-6));
        fewTicks(axis);
        return axis;
    }

    /** Steps of 1, 2 and 5, and labels without needless digits. */
    private static void fewTicks(NumberAxis axis) {
        TickUnits units = new TickUnits();
        for (int power = -9; power <= 6; power++) {
            double unit = Math.pow(10, power);
            NumberFormat format = numberFormat(power >= 0 ? "#,##0" : "0." + "0".repeat(-power));
            units.add(new NumberTickUnit(unit, format));
            units.add(new NumberTickUnit(2 * unit, format));
            units.add(new NumberTickUnit(5 * unit, format));
        }
        axis.setStandardTickUnits(units);
        axis.setAutoTickUnitSelection(true, false);
        axis.setTickLabelInsets(new RectangleInsets(11, 4, 11, 4));
    }

    private static NumberFormat numberFormat(String pattern) {
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT));
    }

    private XYPlot plot(ValueAxis y, List<Points> raw, List<Points> smooth) {
        XYPlot plot = new XYPlot(new SeriesDataset(raw), null, y, renderer(true));
        plot.setDataset(1, new SeriesDataset(smooth));
        plot.setRenderer(1, renderer(false));
        plot.setDatasetRenderingOrder(org.jfree.chart.plot.DatasetRenderingOrder.FORWARD);
        style.apply(plot);
        return plot;
    }

    private XYLineAndShapeRenderer renderer(boolean raw) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setAutoPopulateSeriesStroke(false);
        for (int i = 0; i < data.segments().size(); i++) {
            Segment s = data.segments().get(i);
            javafx.scene.paint.Color color = style.task(s.task());
            renderer.setSeriesPaint(i, ChartStyle.awt(raw ? style.over(color, style.dark() ? 0.42 : 0.30) : color));
            renderer.setSeriesStroke(i, raw ? RAW : s.stage() == Stage.WARM_UP ? DASHED : SMOOTH);
        }
        return renderer;
    }

    /** Thin lines where stages change, the warm-up shaded, and each task's name over its steps. */
    private void drawStages(Graphics2D g, Areas areas) {
        Rectangle2D a = areas.loss;
        Color line = ChartStyle.awt(style.border());
        List<Segment> segments = data.segments();
        for (int i = 0; i < segments.size(); i++) {
            Segment s = segments.get(i);
            double start = data.step()[s.from()] - 0.5;
            boolean newTask = i == 0 || segments.get(i - 1).task() != s.task();
            double px = areas.pixel(start);
            if (px >= a.getX() && px <= a.getMaxX() && i > 0) {
                g.setColor(line);
                g.setStroke(newTask ? THIN : new BasicStroke(1, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1,
                        new float[] {1, 3}, 0));
                g.draw(new Line2D.Double(px, newTask ? a.getY() - TOP + 4 : a.getY(), px, a.getMaxY()));
                g.draw(new Line2D.Double(px, areas.kl.getY(), px, areas.kl.getMaxY()));
            }
            if (!newTask) {
                continue;
            }
            int j = i;
            while (j + 1 < segments.size() && segments.get(j + 1).task() == s.task()) {
                j++;
            }
            double left = Math.max(a.getX(), px);
            double right = Math.min(a.getMaxX(), areas.pixel(data.step()[segments.get(j).to() - 1] + 0.5));
            name(g, s.task(), left, right, a.getY());
        }
    }

    private void name(Graphics2D g, int task, double left, double right, double bottom) {
        if (right - left < 6) {
            return;
        }
        g.setColor(ChartStyle.awt(style.task(task)));
        g.fill(new Rectangle2D.Double(left + 1, bottom - 5, right - left - 2, 3));
        Font bold = ChartStyle.awtBold(ChartStyle.NUMBER_SIZE);
        Font plain = ChartStyle.awtFont(ChartStyle.NUMBER_SIZE);
        String number = Integer.toString(task);
        double numberWidth = g.getFontMetrics(bold).stringWidth(number);
        double room = right - left - 8;
        if (room < numberWidth) {
            return;
        }
        g.setColor(ChartStyle.awt(style.text()));
        g.setFont(bold);
        float baseline = (float) (bottom - 11);
        g.drawString(number, (float) left + 4, baseline);
        String name = task <= taskNames.size() ? taskNames.get(task - 1) : "";
        g.setFont(plain);
        g.setColor(ChartStyle.awt(style.muted()));
        String shown = ChartStyle.elide(name, room - numberWidth - 4, t -> g.getFontMetrics().stringWidth(t));
        if (shown.length() > 2) {
            g.drawString(shown, (float) (left + 4 + numberWidth + 4), baseline);
        }
    }

    /** With x counted per task: the task's number at the end of its line. */
    private void drawEnds(Graphics2D g, Areas areas, List<Points> lines, Rectangle2D area, ValueAxis y) {
        for (int i = 0; i < lines.size(); i++) {
            Segment s = data.segments().get(i);
            Points p = lines.get(i);
            boolean last = i + 1 == lines.size() || data.segments().get(i + 1).task() != s.task();
            if (!last || p.size() == 0) {
                continue;
            }
            double px = areas.pixel(p.x()[p.size() - 1]);
            double py = y.valueToJava2D(p.y()[p.size() - 1], area, RectangleEdge.LEFT);
            if (px >= area.getX() && px <= area.getMaxX() + 1) {
                badge(g, s.task(), px, py);
            }
        }
    }

    private void badge(Graphics2D g, int task, double cx, double cy) {
        javafx.scene.paint.Color fill = style.task(task);
        Shape disc = new Ellipse2D.Double(cx - 8, cy - 8, 16, 16);
        g.setColor(ChartStyle.awt(fill));
        g.fill(disc);
        g.setColor(ChartStyle.awt(style.background()));
        g.setStroke(THIN);
        g.draw(disc);
        g.setFont(ChartStyle.awtBold(10));
        g.setColor(ChartStyle.awt(Palette.inkOn(fill)));
        String number = Integer.toString(task);
        g.drawString(number, (float) (cx - g.getFontMetrics().stringWidth(number) / 2.0), (float) cy + 3.6f);
    }

    private void drawBudget(Graphics2D g, Rectangle2D area, ValueAxis axis, boolean fits) {
        if (!(budget > 0)) {
            return;
        }
        String text = labels.budget + " = " + Numbers.plain(budget);
        g.setFont(ChartStyle.awtBold(ChartStyle.NUMBER_SIZE));
        Color ink = ChartStyle.awt(style.text());
        if (!fits) {
            text = "↑ " + text;
        }
        double w = g.getFontMetrics().stringWidth(text);
        double y = fits ? axis.valueToJava2D(budget, area, RectangleEdge.LEFT) : area.getY() + 2;
        if (fits) {
            g.setStroke(BUDGET);
            g.setColor(ink);
            g.draw(new Line2D.Double(area.getX(), y, area.getMaxX(), y));
        }
        // On the right below the line, where the names of stopping rules (on top) do not come.
        double textTop = fits ? y + 2 : area.getY() + 18;
        g.setColor(ChartStyle.awt(style.over(style.background(), 1)));
        g.fill(new Rectangle2D.Double(area.getMaxX() - w - 8, textTop, w + 8, 15));
        g.setColor(ink);
        g.drawString(text, (float) (area.getMaxX() - w - 4), (float) textTop + 11);
    }

    /** A triangle over the step at which a rule ended tuning, with the rule's name where there is room. */
    private void drawStops(Graphics2D g, Areas areas, ValueAxis y) {
        Rectangle2D a = areas.kl;
        for (StopMark stop : stops) {
            int index = data.nearest(stop.runStep());
            if (index < 0) {
                continue;
            }
            double at = data.step()[index] - (perTask ? data.origin(stop.task()) : 0);
            double px = areas.pixel(at);
            if (px < a.getX() || px > a.getMaxX() + 1) {
                continue;
            }
            double value = data.smoothKl()[index];
            boolean measured = Double.isFinite(value);
            double py = measured ? y.valueToJava2D(value, a, RectangleEdge.LEFT) : a.getY() + 4;
            g.setColor(ChartStyle.awt(style.task(stop.task())));
            g.setStroke(THIN);
            if (perTask) {
                if (measured) {
                    badge(g, stop.task(), px, Math.min(py, a.getMaxY() - 8));
                }
                continue;
            }
            g.draw(new Line2D.Double(px, a.getY() + 4, px, py));
            Path2D triangle = new Path2D.Double();
            triangle.moveTo(px - 4.5, a.getY() - 3);
            triangle.lineTo(px + 4.5, a.getY() - 3);
            triangle.lineTo(px, a.getY() + 5);
            triangle.closePath();
            g.fill(triangle);
            double start = Math.max(a.getX(), areas.pixel(data.origin(stop.task()) + 0.5));
            g.setFont(ChartStyle.awtFont(ChartStyle.NUMBER_SIZE));
            String text = ChartStyle.elide(stop.reason(), px - start - 14, t -> g.getFontMetrics().stringWidth(t));
            double w = g.getFontMetrics().stringWidth(text);
            if (text.length() > 5 || text.equals(stop.reason())) {
                g.setColor(ChartStyle.awt(style.background()));
                g.fill(new Rectangle2D.Double(px - w - 10, a.getY() - 3, w + 4, 14));
                g.setColor(ChartStyle.awt(style.text()));
                g.drawString(text, (float) (px - w - 8), (float) a.getY() + 8);
            }
        }
    }

    /** A logarithmic axis labelled at 1, 2 and 5 times the powers of ten. */
    private static final class OneTwoFiveAxis extends LogAxis {
        private static final long serialVersionUID = 1;

        OneTwoFiveAxis(String label) {
            super(label);
        }

        @Override
        protected List<NumberTick> refreshTicksVertical(Graphics2D g, Rectangle2D area, RectangleEdge edge) {
            List<NumberTick> ticks = new ArrayList<>();
            double decades = Math.log10(getUpperBound() / getLowerBound());
            int[] steps = decades > 4 ? new int[] {1} : decades > 2 ? new int[] {1, 3} : new int[] {1, 2, 5};
            int low = (int) Math.floor(Math.log10(getLowerBound()));
            int high = (int) Math.ceil(Math.log10(getUpperBound()));
            for (int power = low; power <= high; power++) {
                for (int step : steps) {
                    double value = step * Math.pow(10, power);
                    if (value >= getLowerBound() && value <= getUpperBound()) {
                        String label = power >= 0 ? Long.toString(Math.round(value))
                                : numberFormat("0." + "0".repeat(-power)).format(value);
                        ticks.add(new NumberTick(value, label, TextAnchor.CENTER_RIGHT, TextAnchor.CENTER, 0));
                    }
                }
            }
            return ticks;
        }
    }

    /** Series as they are, without boxing. */
    private static final class SeriesDataset extends AbstractXYDataset {
        private static final long serialVersionUID = 1;
        private final transient List<Points> series;

        SeriesDataset(List<Points> series) {
            this.series = series;
        }

        @Override
        public int getSeriesCount() {
            return series.size();
        }

        @Override
        public Comparable<Integer> getSeriesKey(int index) {
            return index;
        }

        @Override
        public int getItemCount(int index) {
            return series.get(index).size();
        }

        @Override
        public double getXValue(int index, int item) {
            return series.get(index).x()[item];
        }

        @Override
        public double getYValue(int index, int item) {
            return series.get(index).y()[item];
        }

        @Override
        public Number getX(int index, int item) {
            return getXValue(index, item);
        }

        @Override
        public Number getY(int index, int item) {
            return getYValue(index, item);
        }
    }
}
