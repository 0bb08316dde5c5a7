package craft.ui.chart;

import javafx.scene.Node;
import javafx.scene.control.Tooltip;
import javafx.util.Duration;

/** One tooltip for many places of a drawn picture: hidden and shown anew when the pointer comes to another place. */
final class HoverTip {
    private final Node node;
    private final Tooltip tooltip = new Tooltip();
    private String shown = "";

    HoverTip(Node node) {
        this.node = node;
        tooltip.setShowDelay(Duration.millis(250));
        tooltip.setShowDuration(Duration.INDEFINITE);
        tooltip.setWrapText(true);
        tooltip.setMaxWidth(420);
        node.setOnMouseExited(e -> at(""));
    }

    /** @param text of the place under the pointer, empty for none */
    void at(String text) {
        if (text.equals(shown)) {
            return;
        }
        shown = text;
        tooltip.hide();
        Tooltip.uninstall(node, tooltip);
        if (!text.isEmpty()) {
            tooltip.setText(text);
            Tooltip.install(node, tooltip);
        }
    }

    String text() {
        return shown;
    }
}
