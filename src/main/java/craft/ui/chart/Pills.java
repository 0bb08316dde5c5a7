package craft.ui.chart;

import atlantafx.base.theme.Styles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;

/** A row of joined buttons of which exactly one is chosen. */
final class Pills<T> extends HBox {
    private final Map<T, ToggleButton> buttons = new LinkedHashMap<>();
    private final ToggleGroup group = new ToggleGroup();
    private final ReadOnlyObjectWrapper<T> value = new ReadOnlyObjectWrapper<>();

    /** One button: what it stands for, its id, its words and their explanation. */
    record Choice<T>(T value, String id, String text, String help) {
    }

    Pills(List<Choice<T>> choices) {
        setMinWidth(USE_PREF_SIZE);
        List<ToggleButton> row = new ArrayList<>();
        for (Choice<T> choice : choices) {
            ToggleButton button = new ToggleButton(choice.text());
            button.setId(choice.id());
            button.setToggleGroup(group);
            button.setMinWidth(USE_PREF_SIZE);
            button.setStyle("-fx-padding: 4 12 4 12; -fx-font-size: 12px;");
            button.setTooltip(new Tooltip(choice.help()));
            int at = row.size();
            button.getStyleClass().addAll(Styles.SMALL, at == 0 ? Styles.LEFT_PILL
                    : at == choices.size() - 1 ? Styles.RIGHT_PILL : Styles.CENTER_PILL);
            buttons.put(choice.value(), button);
            row.add(button);
        }
        getChildren().addAll(row);
        group.selectedToggleProperty().addListener((o, was, is) -> {
            if (is == null) {
                was.setSelected(true); // clicking the chosen one again does not unchoose it
            } else {
                buttons.forEach((v, b) -> {
                    if (b == is) {
                        value.set(v);
                    }
                });
            }
        });
        row.get(0).setSelected(true);
    }

    T get() {
        return value.get();
    }

    ReadOnlyObjectProperty<T> value() {
        return value.getReadOnlyProperty();
    }

    ToggleButton button(T choice) {
        return buttons.get(choice);
    }
}
