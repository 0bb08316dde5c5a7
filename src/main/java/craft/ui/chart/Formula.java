package craft.ui.chart;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/**
 * A formula, or a text that names parts of one: {@code _{...}}, or {@code _} and one letter or figure, stands low and small. Breaks
 * between words where it is too long for one line.
 */
public final class Formula extends TextFlow {
    private static final Pattern LOW = Pattern.compile("_(?:\\{([^}]*)}|([\\p{L}\\d]))");

    private static final double SMALL = 11;

    private final double size;
    private final boolean muted;

    Formula(String formula) {
        this(formula, SMALL, true);
    }

    /** @param size of the letters that do not stand low, px; @param muted paler than what is to be read first */
    public Formula(String formula, double size, boolean muted) {
        this.size = size;
        this.muted = muted;
        getStyleClass().add("formula-line");
        Matcher m = LOW.matcher(formula);
        int at = 0;
        while (m.find()) {
            add(formula.substring(at, m.start()), size, 0);
            add(m.group(1) != null ? m.group(1) : m.group(2), size * 0.77, size * 0.23);
            at = m.end();
        }
        add(formula.substring(at), size, 0);
        setAccessibleText(m.replaceAll("$1$2"));
    }

    private void add(String part, double letters, double lower) {
        if (part.isEmpty()) {
            return;
        }
        Text text = new Text(part);
        text.setStyle("-fx-font-size: " + letters + "px; -fx-fill: " + (muted ? "-color-fg-muted" : "-color-fg-default") + ";");
        text.setTranslateY(lower);
        getChildren().add(text);
    }
}
