package craft.ui.chart;

import atlantafx.base.theme.Styles;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;

/** What a view shows before there is anything to show: what will be here and the next step. */
final class EmptyState extends VBox {
    EmptyState(Ikon icon, String title, String what, String next) {
        super(8);
        setAlignment(Pos.CENTER);
        setMinSize(0, 0);
        getStyleClass().add("empty-state");
        FontIcon picture = new FontIcon(icon);
        picture.getStyleClass().add("empty-icon"); // no setStyle: an icon keeps its font in its style
        picture.setIconSize(40);
        Label head = new Label(title);
        head.getStyleClass().add("empty-title");
        getChildren().addAll(picture, head, line(what, Styles.TEXT_MUTED), line(next, "strong"));
    }

    private static Label line(String text, String style) {
        Label label = new Label(text);
        label.setWrapText(true);
        label.setMaxWidth(480);
        label.setAlignment(Pos.CENTER);
        label.setTextAlignment(javafx.scene.text.TextAlignment.CENTER);
        label.getStyleClass().add(style);
        return label;
    }
}
