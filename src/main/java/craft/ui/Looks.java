package craft.ui;

import craft.experiment.RunState;
import craft.ui.text.Words;
import java.util.function.Supplier;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.DialogPane;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.Labeled;
import javafx.scene.control.ProgressIndicator;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.text.Text;
import javafx.util.Duration;
import org.kordamp.ikonli.javafx.FontIcon;

/** The small parts that views are put together from, so that they look alike. */
public final class Looks {
    /** One step of the grid on which everything stands. */
    public static final double GRID = 8;
    /** Letters of a tooltip. */
    private static final int MOST_OF_A_TIP = 900;

    private Looks() {
    }

    /** The program's own style sheet, to be added to every scene. */
    public static String styleSheet() {
        return Looks.class.getResource("app.css").toExternalForm();
    }

    /** Gives a dialog the program's style. */
    public static void dress(DialogPane pane) {
        pane.getStylesheets().add(styleSheet());
        pane.setMinWidth(440);
        pane.setMinHeight(Region.USE_PREF_SIZE);
    }

    public static FontIcon icon(String name) {
        return new FontIcon(name);
    }

    public static Label label(String text, String... styles) {
        Label label = new Label(text);
        label.getStyleClass().addAll(styles);
        return label;
    }

    /** Text that wraps and never pushes its parent wide. */
    public static Label paragraph(String text, String... styles) {
        Label label = label(text, styles);
        label.setWrapText(true);
        label.setMinHeight(Region.USE_PREF_SIZE);
        label.setMaxWidth(Double.MAX_VALUE);
        return label;
    }

    public static Button button(String text, String icon, Runnable action) {
        Button button = new Button(text, icon(icon));
        button.setMinWidth(Region.USE_PREF_SIZE);
        button.setOnAction(e -> action.run());
        return button;
    }

    /** A button with only an icon; its name is the tooltip and what a screen reader says. */
    public static Button iconButton(String name, String icon, Runnable action) {
        Button button = new Button(null, icon(icon));
        button.getStyleClass().addAll("button-icon", "flat");
        button.setTooltip(new Tooltip(name));
        button.setAccessibleText(name);
        button.setOnAction(e -> action.run());
        return button;
    }

    /**
     * Disables a button while there is a reason, and says the reason in a tooltip. A disabled control gets no mouse
     * events, so the tooltip hangs on a wrapper: put the returned node where the button would stand.
     *
     * @param reason empty while the button can be used
     */
    public static Node explain(Button button, ObservableValue<String> reason) {
        StackPane wrapper = new StackPane(button);
        wrapper.setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
        wrapper.setMinWidth(Region.USE_PREF_SIZE);
        Tooltip tip = new Tooltip();
        tip.setShowDelay(Duration.millis(300));
        tip.textProperty().bind(reason);
        button.disableProperty().bind(reason.map(r -> !r.isEmpty()));
        button.accessibleHelpProperty().bind(reason);
        button.disabledProperty().subscribe(disabled -> {
            if (disabled) {
                Tooltip.install(wrapper, tip);
            } else {
                Tooltip.uninstall(wrapper, tip);
            }
        });
        return wrapper;
    }

    /** What a view shows while it has nothing: what will be here, and the next step. */
    public static Node empty(String icon, String title, String text, Node... nextSteps) {
        FontIcon picture = icon(icon);
        picture.getStyleClass().add("empty-icon");
        Label body = paragraph(text, "text-muted");
        body.setMaxWidth(420);
        body.setAlignment(Pos.CENTER);
        body.setTextAlignment(javafx.scene.text.TextAlignment.CENTER);
        HBox steps = new HBox(GRID, nextSteps);
        steps.setAlignment(Pos.CENTER);
        VBox box = new VBox(GRID, picture, label(title, "empty-title"), body, steps);
        VBox.setMargin(steps, new javafx.geometry.Insets(GRID, 0, 0, 0));
        box.setAlignment(Pos.CENTER);
        box.getStyleClass().add("empty-state");
        return box;
    }

    public static Node loading(String text) {
        ProgressIndicator wheel = new ProgressIndicator();
        wheel.setPrefSize(32, 32);
        VBox box = new VBox(2 * GRID, wheel, label(text, "text-muted"));
        box.setAlignment(Pos.CENTER);
        box.getStyleClass().add("empty-state");
        return box;
    }

    /** A message across the top of a view, with what can be done about it on the right. */
    public static HBox banner(boolean error, String text, Node... right) {
        Label message = paragraph(text);
        HBox.setHgrow(message, Priority.ALWAYS);
        HBox banner = new HBox(GRID, icon(error ? "mdi2a-alert-circle-outline" : "mdi2i-information-outline"), message);
        banner.getChildren().addAll(right);
        banner.setAlignment(Pos.CENTER_LEFT);
        banner.getStyleClass().addAll("banner", error ? "banner-error" : "banner-info");
        return banner;
    }

    /** Copies what a report of a failure needs. */
    public static Button copyDiagnostics(String diagnostics) {
        Button copy = button(Words.of("shell").get("error.copy"), "mdi2c-content-copy", () -> copy(diagnostics));
        copy.getStyleClass().add("small");
        return copy;
    }

    /** A view's title line with its buttons on the right. */
    public static HBox header(String title, Node... right) {
        HBox header = new HBox(GRID, label(title, "view-title"), spacer());
        header.getChildren().addAll(right);
        header.setAlignment(Pos.CENTER_LEFT);
        header.getStyleClass().add("view-header");
        return header;
    }

    public static Region spacer() {
        Region spacer = new Region();
        HBox.setHgrow(spacer, Priority.ALWAYS);
        return spacer;
    }

    /** Adds a line "name: value" to a grid of facts. */
    public static Label fact(GridPane grid, String name, String value) {
        Label what = label(name, "fact-name");
        what.setMinWidth(Region.USE_PREF_SIZE);
        Label content = paragraph(value, "fact-value");
        GridPane.setHgrow(content, Priority.ALWAYS);
        GridPane.setValignment(what, javafx.geometry.VPos.TOP);
        grid.addRow(grid.getRowCount(), what, content);
        return content;
    }

    public static GridPane facts() {
        GridPane grid = new GridPane();
        grid.getStyleClass().add("facts");
        return grid;
    }

    /** A titled part of the inspector. */
    public static VBox section(String title, Node... content) {
        VBox box = new VBox(GRID, label(title, "section-title"));
        box.getChildren().addAll(content);
        return box;
    }

    /** The inspector's content: sections one below the other, scrolled when there are many. */
    public static ScrollPane scroll(Node content) {
        ScrollPane pane = new ScrollPane(content);
        pane.setFitToWidth(true);
        pane.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        pane.getStyleClass().add("plain-scroll");
        return pane;
    }

    /** A path of which the user wants the end, with a button that copies all of it. */
    public static Node path(Supplier<String> path, String copyName) {
        Label text = label(path.get(), "path");
        text.setTextOverrun(javafx.scene.control.OverrunStyle.CENTER_ELLIPSIS);
        text.setTooltip(new Tooltip(path.get()));
        text.setMaxWidth(Double.MAX_VALUE);
        HBox.setHgrow(text, Priority.ALWAYS);
        HBox box = new HBox(text, iconButton(copyName, "mdi2c-content-copy", () -> copy(path.get())));
        box.setAlignment(Pos.CENTER_LEFT);
        return box;
    }

    /** All of a text that its place cuts short, in a tooltip while the pointer rests on it: for what users name. */
    public static <T extends Labeled> T tellWhole(T label) {
        label.addEventHandler(MouseEvent.MOUSE_ENTERED, e -> {
            boolean cut = label.getText() != null && label.getChildrenUnmodifiable().stream().anyMatch(n -> n instanceof Text text
                    && n != label.getGraphic() && !text.getText().equals(label.getText()));
            label.setTooltip(cut ? wide(label.getText()) : null);
        });
        return label;
    }

    /** A tooltip that breaks a long text into lines. */
    public static Tooltip wide(String text) {
        Tooltip tip = new Tooltip(text.length() > MOST_OF_A_TIP ? text.substring(0, MOST_OF_A_TIP) + "…" : text);
        tip.setWrapText(true);
        tip.setMaxWidth(560);
        return tip;
    }

    public static Hyperlink link(String text, Runnable action) {
        Hyperlink link = new Hyperlink(text);
        link.setOnAction(e -> action.run());
        return link;
    }

    public static void copy(String text) {
        ClipboardContent content = new ClipboardContent();
        content.putString(text);
        Clipboard.getSystemClipboard().setContent(content);
    }

    /** A run's status in words with its sign; interrupted is not failed. */
    public static Label status(RunState.Status status) {
        Label label = label(Words.of("shell").get("status." + status), "status", "status-" + status.name()
                .toLowerCase(java.util.Locale.ROOT));
        label.setGraphic(icon(switch (status) {
            case NEW -> "mdi2c-clock-outline";
            case RUNNING -> "mdi2p-play-circle-outline";
            case PAUSED -> "mdi2p-pause-circle-outline";
            case FINISHED -> "mdi2c-check-circle-outline";
            case INTERRUPTED -> "mdi2s-stop-circle-outline";
            case FAILED -> "mdi2a-alert-circle-outline";
        }));
        label.setMinWidth(Region.USE_PREF_SIZE);
        return label;
    }
}
