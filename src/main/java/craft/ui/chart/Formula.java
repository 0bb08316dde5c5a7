package craft.ui.chart;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;

/** A formula of one line; {@code _{...}} stands low and small. */
final class Formula extends TextFlow {
    private static final Pattern LOW = Pattern.compile("_\\{([^}]*)}");

    Formula(String formula) {
        Matcher m = LOW.matcher(formula);
        int at = 0;
        while (m.find()) {
            add(formula.substring(at, m.start()), 11, 0);
            add(m.group(1), 8.5, 2.5);
            at = m.end();
        }
        add(formula.substring(at), 11, 0);
        setAccessibleText(m.replaceAll("$1"));
    }

    private void add(String part, double size, double lower) {
        if (part.isEmpty()) {
            return;
        }
        Text text = new Text(part);
        text.setStyle("-fx-font-size: " + size + "px; -fx-fill: -color-fg-muted;");
        text.setTranslateY(lower);
        getChildren().add(text);
    }
}
