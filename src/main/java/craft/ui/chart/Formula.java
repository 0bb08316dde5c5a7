package craft.ui.chart;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/** A formula; {@code _{...}} stands low and small. Breaks between its terms where it is too long for one line. */
public final class Formula extends TextFlow {
    private static final Pattern LOW = Pattern.compile("_\\{([^}]*)}");

    private static final double SMALL = 11;

    private final double size;

    Formula(String formula) {
        this(formula, SMALL);
    }

    /** @param size of the letters that do not stand low, px */
    public Formula(String formula, double size) {
        this.size = size;
        getStyleClass().add("formula-line");
        Matcher m = LOW.matcher(formula);
        int at = 0;
        while (m.find()) {
            add(formula.substring(at, m.start()), size, 0);
            add(m.group(1), size * 0.77, size * 0.23);
            at = m.end();
        }
        add(formula.substring(at), size, 0);
        setAccessibleText(m.replaceAll("$1"));
    }

    private void add(String part, double letters, double lower) {
        if (part.isEmpty()) {
            return;
        }
        Text text = new Text(part);
        text.setStyle("-fx-font-size: " + letters + "px; -fx-fill: " + (size > SMALL ? "-color-fg-default" : "-color-fg-muted") + ";");
        text.setTranslateY(lower);
        getChildren().add(text);
    }
}
