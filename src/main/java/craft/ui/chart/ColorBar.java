package craft.ui.chart;

import atlantafx.base.theme.Styles;
import java.util.function.DoubleFunction;
import javafx.geometry.Pos;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.paint.Color;

/** The key of a colour map: its name, and the values at its ends. */
final class ColorBar extends HBox {
    private final Canvas canvas = new Canvas(144, 8);
    private final Label title = label();
    private final Label low = label();
    private final Label high = label();

    ColorBar() {
        super(8);
        setAlignment(Pos.CENTER_LEFT);
        getChildren().addAll(title, low, canvas, high);
    }

    private static Label label() {
        Label label = new Label();
        label.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
        label.setMinWidth(USE_PREF_SIZE);
        return label;
    }

    /** @param colors colour for each share in [0, 1] */
    void show(String name, String lowest, String highest, DoubleFunction<Color> colors) {
        title.setText(name);
        low.setText(lowest);
        high.setText(highest);
        GraphicsContext g = canvas.getGraphicsContext2D();
        for (int x = 0; x < canvas.getWidth(); x++) {
            g.setFill(colors.apply(x / (canvas.getWidth() - 1)));
            g.fillRect(x, 0, 1, canvas.getHeight());
        }
    }
}
