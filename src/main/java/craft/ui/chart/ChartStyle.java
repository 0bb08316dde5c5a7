package craft.ui.chart;

import craft.ui.Fonts;
import java.awt.BasicStroke;
import java.util.HashMap;
import java.util.Map;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.Text;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;

/**
 * Colours and fonts of everything that is drawn rather than styled by CSS, matched to AtlantaFX Primer. The one place
 * where JFreeChart and canvases learn of the theme.
 */
record ChartStyle(boolean dark, Color background, Color subtle, Color text, Color muted, Color border, Color grid,
        Color accent) {
    static final double NUMBER_SIZE = 11;
    static final double TEXT_SIZE = 12;
    private static final String SEMI_BOLD = Fonts.FAMILY + " SemiBold";

    private static final ChartStyle LIGHT = new ChartStyle(false, Color.web("#ffffff"), Color.web("#f6f8fa"),
            Color.web("#24292f"), Color.web("#57606a"), Color.web("#d0d7de"), Color.web("#eaeef2"),
            Color.web("#0969da"));
    private static final ChartStyle DARK = new ChartStyle(true, Color.web("#0d1117"), Color.web("#161b22"),
            Color.web("#c9d1d9"), Color.web("#8b949e"), Color.web("#30363d"), Color.web("#21262d"),
            Color.web("#58a6ff"));
    private static final Map<Font, Map<String, Double>> WIDTHS = new HashMap<>();
    private static final Text RULER = new Text();

    static {
        Fonts.register(); // what is drawn before that would be measured in another font for good
    }

    static ChartStyle of(boolean dark) {
        return dark ? DARK : LIGHT;
    }

    Color task(int number) {
        return Palette.task(number, dark);
    }

    /** {@code color} seen through so that {@code opacity} of it is left over the background. */
    Color over(Color color, double opacity) {
        return background.interpolate(color, opacity);
    }

    static java.awt.Color awt(Color c) {
        return new java.awt.Color((float) c.getRed(), (float) c.getGreen(), (float) c.getBlue(),
                (float) c.getOpacity());
    }

    static Font font(double size) {
        return Font.font(Fonts.FAMILY, size);
    }

    static Font bold(double size) {
        return new Font(SEMI_BOLD, size); // a family of its own to JavaFX and AWT
    }

    /** Figures of equal width; has no Hangul. */
    static Font numbers(double size) {
        return new Font(Fonts.TABULAR, size);
    }

    static java.awt.Font awtNumbers(double size) {
        return new java.awt.Font(Fonts.TABULAR, java.awt.Font.PLAIN, 1).deriveFont((float) size);
    }

    static java.awt.Font awtFont(double size) {
        return new java.awt.Font(Fonts.FAMILY, java.awt.Font.PLAIN, 1).deriveFont((float) size);
    }

    static java.awt.Font awtBold(double size) {
        return new java.awt.Font(SEMI_BOLD, java.awt.Font.PLAIN, 1).deriveFont((float) size);
    }

    /** Width in pixels of one line of text. On the JavaFX thread. */
    static double width(String text, Font font) {
        Map<String, Double> known = WIDTHS.computeIfAbsent(font, f -> new HashMap<>());
        if (known.size() > 4096) {
            known.clear();
        }
        return known.computeIfAbsent(text, t -> {
            RULER.setFont(font);
            RULER.setText(t);
            return RULER.getLayoutBounds().getWidth();
        });
    }

    /** The text, or as much of its beginning as fits with an ellipsis, or nothing. On the JavaFX thread. */
    static String elide(String text, Font font, double room) {
        return elide(text, room, t -> width(t, font));
    }

    static String elide(String text, double room, java.util.function.ToDoubleFunction<String> width) {
        if (width.applyAsDouble(text) <= room) {
            return text;
        }
        int low = 0;
        int high = text.length() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (width.applyAsDouble(text.substring(0, middle) + "…") <= room) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low == 0 ? "" : text.substring(0, low).stripTrailing() + "…";
    }

    /** Puts a plot of JFreeChart into this style. */
    void apply(XYPlot plot) {
        plot.setBackgroundPaint(awt(background));
        plot.setOutlineVisible(false);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinePaint(awt(grid));
        plot.setRangeGridlineStroke(new BasicStroke(1));
    }

    /** Puts an axis of JFreeChart into this style. */
    void apply(ValueAxis axis) {
        axis.setLabelFont(awtFont(NUMBER_SIZE));
        axis.setLabelPaint(awt(muted));
        axis.setTickLabelFont(awtNumbers(NUMBER_SIZE));
        axis.setTickLabelPaint(awt(muted));
        axis.setAxisLinePaint(awt(border));
        axis.setTickMarkPaint(awt(border));
        axis.setTickMarkOutsideLength(4);
    }
}
