package craft.ui.chart;

import atlantafx.base.theme.Styles;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunEvent.TaskInfo;
import craft.experiment.RunState;
import craft.experiment.RunState.StopMark;
import craft.experiment.RunState.Validation;
import craft.ui.Theme;
import craft.ui.chart.CurveData.Segment;
import craft.ui.chart.CurveData.Snapshot;
import craft.ui.text.Words;
import java.util.List;
import javafx.beans.value.ChangeListener;
import javafx.beans.value.WeakChangeListener;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.AccessibleRole;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Pane;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.shape.Line;
import javafx.scene.shape.Polygon;
import javafx.scene.shape.Rectangle;
import org.kordamp.ikonli.materialdesign2.MaterialDesignC;

/**
 * Loss and divergence of every step of a run, or of its tasks laid over each other. Drag to zoom in, double click to
 * see all again; the pointer or the arrow keys read off values. Used on the JavaFX thread only.
 */
public final class CurvesView {
    private final Words words = Words.of("chart");
    private final CurvesDrawing.Labels labels = new CurvesDrawing.Labels(words.get("curves.axis.loss"),
            words.get("curves.axis.kl"), words.get("curves.axis.step"), words.get("curves.axis.taskStep"),
            words.get("curves.noKl"), words.get("curves.neverKl"), words.get("curves.budget"));
    private final StackPane root = new StackPane();
    private final BorderPane content = new BorderPane();
    private final EmptyState empty = new EmptyState(MaterialDesignC.CHART_LINE, words.get("curves.empty.title"),
            words.get("curves.empty.what"), words.get("empty.next"));
    private final Pills<Boolean> perTask = new Pills<>(List.of(
            new Pills.Choice<>(false, "curves-run", words.get("curves.run"), words.get("curves.run.help")),
            new Pills.Choice<>(true, "curves-task", words.get("curves.task"), words.get("curves.task.help"))));
    private final CheckBox logLoss = new CheckBox(words.get("curves.log"));
    private final Button all = new Button(words.get("curves.all"));
    private final Label validationKey = new Label(words.get("curves.key.validation"));
    private final FlowPane legend = new FlowPane(16, 4);
    private final ChartImage<CurvesDrawing.Areas> image = new ChartImage<>(this::drawing, this::drawn);
    private final Pane overlay = new Pane();
    private final Line hair = new Line();
    private final Label readout = new Label();
    private final Rectangle zoom = new Rectangle();
    private final ChangeListener<Boolean> themeListener = (o, was, is) -> restyle();

    private RunState shown;
    private CurveData data = new CurveData();
    private Snapshot snapshot = data.snapshot();
    private List<String> names = List.of();
    private List<StopMark> stops = List.of();
    private List<Validation> validations = List.of();
    private int stopsSeen;
    private double budget = Double.NaN;
    private boolean measured = true;
    private double from = Double.NaN;
    private double to = Double.NaN;
    private double hairAt = Double.NaN;
    private double dragFrom = Double.NaN;
    private CurvesDrawing.Areas areas;

    public CurvesView() {
        content.setTop(controls());
        content.setCenter(chart());
        content.setBottom(legend);
        content.setPadding(new Insets(8, 24, 16, 24));
        legend.setPadding(new Insets(8, 0, 0, 0));
        legend.setId("curves-legend");
        root.setId("curves-view");
        root.getChildren().addAll(content, empty);
        Theme.dark().addListener(new WeakChangeListener<>(themeListener));
        restyle();
        arrange();
    }

    public Node node() {
        return root;
    }

    /** The recipe's forgetting budget epsilon in nats per answer token, drawn as a line; NaN or 0 for none. */
    public void budget(double epsilon) {
        if (Double.compare(epsilon, budget) != 0) {
            budget = epsilon;
            image.redraw();
        }
    }

    /** Whether the run's method measures a divergence at all; where there is none to be seen, it is said why. */
    public void measuresDivergence(boolean does) {
        if (measured != does) {
            measured = does;
            image.redraw();
        }
    }

    /** Shows a run as it is now. Cheap when nothing was added. */
    public void show(RunState state) {
        List<StepDone> steps = state.steps();
        if (state != shown || steps.size() < data.size()) {
            shown = state;
            data = new CurveData();
            snapshot = data.snapshot();
            names = List.of();
            stops = List.of();
            stopsSeen = 0;
            validations = List.of();
            from = Double.NaN;
            to = Double.NaN;
            hairAt = Double.NaN;
            arrange();
        }
        boolean changed = false;
        if (names.size() != state.tasks().size()) {
            names = state.tasks().stream().map(TaskInfo::name).toList();
            changed = true;
        }
        boolean wasEmpty = data.size() == 0;
        int tasksBefore = tasksSeen();
        if (data.size() < steps.size()) {
            for (int i = data.size(); i < steps.size(); i++) {
                data.add(steps.get(i));
            }
            snapshot = data.snapshot();
            changed = true;
        }
        if (state.stopMarks().size() != stopsSeen) {
            stopsSeen = state.stopMarks().size();
            stops = state.stopMarks().stream().filter(m -> m.stage() == Stage.TUNE && !m.reason().isEmpty())
                    .map(m -> new StopMark(m.task(), m.stage(), m.runStep(), inWords(m.reason()))).toList();
            changed = true;
            arrange();
        }
        if (state.validations().size() != validations.size()) {
            validations = List.copyOf(state.validations());
            changed = true;
            arrange();
        }
        if (changed) {
            if (wasEmpty || tasksSeen() != tasksBefore) {
                arrange();
            }
            image.redraw();
        }
    }

    private int tasksSeen() {
        List<Segment> segments = snapshot.segments();
        return segments.isEmpty() ? 0 : segments.get(segments.size() - 1).task();
    }

    private Node controls() {
        logLoss.setId("curves-log");
        logLoss.setMinWidth(Region.USE_PREF_SIZE);
        logLoss.setStyle("-fx-font-size: 12px;");
        logLoss.setTooltip(new Tooltip(words.get("curves.log.help")));
        all.setId("curves-all");
        all.setStyle("-fx-padding: 4 12 4 12; -fx-font-size: 12px;");
        all.setMinWidth(Region.USE_PREF_SIZE);
        all.setOnAction(e -> zoom(Double.NaN, Double.NaN));
        StackPane whyDisabled = new StackPane(all); // a disabled button shows no tooltip of its own
        Tooltip.install(whyDisabled, new Tooltip(words.get("curves.all.help")));
        HBox key = new HBox(16, key("raw", 0.35, 1), key("smooth", 1, 2), key("warmup", 1, 2), validationKey);
        validationKey.setId("curves-key-validation");
        validationKey.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
        validationKey.setGraphicTextGap(8);
        Polygon diamond = new Polygon(0, -4.5, 4.5, 0, 0, 4.5, -4.5, 0);
        diamond.setStyle("-fx-fill: transparent; -fx-stroke: -color-fg-muted; -fx-stroke-width: 1.8;");
        validationKey.setGraphic(diamond);
        key.setAlignment(Pos.CENTER_RIGHT);
        Region gap = new Region();
        HBox.setHgrow(gap, javafx.scene.layout.Priority.ALWAYS);
        HBox row = new HBox(16, perTask, logLoss, whyDisabled, gap, key);
        row.setAlignment(Pos.CENTER_LEFT);
        row.setPadding(new Insets(0, 0, 8, 0));
        perTask.value().addListener((o, was, is) -> {
            zoom(Double.NaN, Double.NaN);
            arrange();
        });
        logLoss.selectedProperty().addListener((o, was, is) -> image.redraw());
        return row;
    }

    private Node key(String word, double opacity, double width) {
        Line line = new Line(0, 0, 24, 0);
        line.setStyle("-fx-stroke: -color-fg-muted; -fx-stroke-width: " + width + ";"
                + (word.equals("warmup") ? "-fx-stroke-dash-array: 5 3;" : ""));
        line.setOpacity(opacity);
        Label label = new Label(words.get("curves.key." + word), line);
        label.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
        label.setGraphicTextGap(8);
        return label;
    }

    private Node chart() {
        hair.setStyle("-fx-stroke: -color-fg-muted;");
        hair.setVisible(false);
        readout.setVisible(false);
        readout.setId("curves-readout");
        readout.setStyle("-fx-background-color: -color-bg-overlay; -fx-border-color: -color-border-default;"
                + "-fx-background-radius: 4; -fx-border-radius: 4; -fx-padding: 4 8 4 8; -fx-font-size: 11px;");
        zoom.setStyle("-fx-fill: -color-accent-subtle; -fx-stroke: -color-accent-emphasis;");
        zoom.setOpacity(0.6);
        zoom.setVisible(false);
        overlay.getChildren().addAll(zoom, hair, readout);
        overlay.setMouseTransparent(true);
        StackPane stack = new StackPane(image, overlay);
        stack.setId("curves-chart");
        stack.setMinSize(0, 0);
        stack.setFocusTraversable(true);
        stack.setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        stack.setAccessibleText(words.get("curves.empty.what"));
        stack.setOnMouseMoved(e -> hairTo(e.getX()));
        stack.setOnMouseExited(e -> hideHair());
        stack.setOnMousePressed(e -> press(stack, e));
        stack.setOnMouseDragged(this::drag);
        stack.setOnMouseReleased(this::release);
        stack.setOnKeyPressed(this::key);
        stack.focusedProperty().addListener((o, was, is) -> stack.setStyle(is
                ? "-fx-border-color: -color-accent-emphasis; -fx-border-radius: 4; -fx-border-insets: -4;" : ""));
        return stack;
    }

    private void press(Node stack, MouseEvent e) {
        stack.requestFocus();
        if (e.getButton() != MouseButton.PRIMARY || areas == null) {
            return;
        }
        if (e.getClickCount() == 2) {
            zoom(Double.NaN, Double.NaN);
        } else {
            dragFrom = clamp(e.getX());
        }
    }

    private void drag(MouseEvent e) {
        if (areas == null || Double.isNaN(dragFrom)) {
            return;
        }
        hideHair();
        double x = clamp(e.getX());
        zoom.setX(Math.min(x, dragFrom));
        zoom.setWidth(Math.abs(x - dragFrom));
        zoom.setY(areas.loss().getY());
        zoom.setHeight(areas.kl().getMaxY() - areas.loss().getY());
        zoom.setVisible(true);
    }

    private void release(MouseEvent e) {
        if (areas != null && !Double.isNaN(dragFrom) && zoom.isVisible() && zoom.getWidth() >= 8) {
            double low = areas.value(zoom.getX());
            double high = areas.value(zoom.getX() + zoom.getWidth());
            if (high - low >= 2) {
                zoom(Math.floor(low), Math.ceil(high));
            }
        }
        dragFrom = Double.NaN;
        zoom.setVisible(false);
    }

    private double clamp(double x) {
        return Math.max(areas.loss().getX(), Math.min(areas.loss().getMaxX(), x));
    }

    private void zoom(double low, double high) {
        from = low;
        to = high;
        hideHair();
        all.setDisable(Double.isNaN(low));
        image.redraw();
    }

    private void key(KeyEvent e) {
        if (areas == null || data.size() == 0) {
            return;
        }
        double at = Double.isNaN(hairAt) ? areas.toX() : hairAt;
        switch (e.getCode()) {
            case LEFT -> setHair(at - (e.isShiftDown() ? 10 : 1));
            case RIGHT -> setHair(at + (e.isShiftDown() ? 10 : 1));
            case HOME -> setHair(areas.fromX());
            case END -> setHair(areas.toX());
            case ESCAPE -> zoom(Double.NaN, Double.NaN);
            default -> {
                return;
            }
        }
        e.consume();
    }

    private void hairTo(double pixel) {
        if (areas == null || pixel < areas.loss().getX() - 2 || pixel > areas.loss().getMaxX() + 2) {
            hideHair();
        } else {
            setHair(areas.value(pixel));
        }
    }

    private void setHair(double step) {
        hairAt = Math.rint(Math.max(areas.fromX(), Math.min(areas.toX(), step)));
        placeHair();
    }

    private void hideHair() {
        hairAt = Double.NaN;
        hair.setVisible(false);
        readout.setVisible(false);
    }

    private void placeHair() {
        if (Double.isNaN(hairAt) || areas == null || hairAt < areas.fromX() || hairAt > areas.toX()) {
            hideHair();
            return;
        }
        String text = perTask.get() ? readTasks(hairAt) : readRun(hairAt);
        double x = Math.rint(areas.pixel(hairAt)) + 0.5;
        hair.setStartX(x);
        hair.setEndX(x);
        hair.setStartY(areas.loss().getY());
        hair.setEndY(areas.kl().getMaxY());
        hair.setVisible(true);
        readout.setVisible(!text.isEmpty());
        readout.setText(text);
        readout.getParent().setAccessibleText(text);
        readout.autosize();
        double right = x + 12 + readout.getWidth();
        readout.relocate(right > image.getWidth() ? x - 12 - readout.getWidth() : x + 12, areas.loss().getY() + 8);
    }

    private String readRun(double step) {
        int i = snapshot.nearest(step);
        if (i < 0) {
            return "";
        }
        Segment s = snapshot.segmentOf(i);
        return words.get("curves.read.step", Numbers.plain(snapshot.step()[i]), taskName(s.task()),
                words.get("stage." + s.stage().name())) + "\n" + values(i);
    }

    private String readTasks(double step) {
        StringBuilder text = new StringBuilder(words.get("curves.read.taskStep", Numbers.plain(step)));
        int previous = 0;
        for (Segment s : snapshot.segments()) {
            double runStep = step + snapshot.origin(s.task());
            if (s.task() != previous && snapshot.size() > 0) {
                int i = snapshot.nearest(runStep);
                if (snapshot.segmentOf(i).task() == s.task() && Math.abs(snapshot.step()[i] - runStep) < 1) {
                    text.append('\n').append(taskName(s.task())).append(": ").append(values(i));
                }
            }
            previous = s.task();
        }
        return text.toString();
    }

    private String values(int i) {
        String loss = words.get("curves.read.loss", Numbers.nats(snapshot.crossEntropy()[i]),
                Numbers.nats(snapshot.smoothCrossEntropy()[i]));
        for (Validation v : validations) {
            if (v.runStep() == snapshot.step()[i]) {
                loss += " · " + words.get("curves.read.validation", Numbers.nats(v.crossEntropy()));
            }
        }
        return Double.isNaN(snapshot.kl()[i]) ? loss : loss + " · " + words.get("curves.read.kl",
                Numbers.nats(snapshot.kl()[i]), Numbers.nats(snapshot.smoothKl()[i]));
    }

    /** A stopping rule's code in words; that of a rule we have no words for as it is. */
    private String inWords(String rule) {
        return words.has("stop." + rule) ? words.get("stop." + rule) : rule;
    }

    private String taskName(int task) {
        return task + " " + (task <= names.size() ? names.get(task - 1) : "");
    }

    /** Empty state or chart, and the legend, which names tasks where the chart itself does not. */
    private void arrange() {
        boolean none = data.size() == 0;
        empty.setVisible(none);
        content.setVisible(!none);
        all.setDisable(Double.isNaN(from));
        validationKey.setVisible(!validations.isEmpty());
        validationKey.setManaged(!validations.isEmpty());
        legend.getChildren().clear();
        boolean needed = perTask.get() && !none;
        legend.setVisible(needed);
        legend.setManaged(needed);
        for (int task = 1; needed && task <= tasksSeen(); task++) {
            int number = task;
            String reason = stops.stream().filter(s -> s.task() == number).map(StopMark::reason).findFirst().orElse("");
            Label label = new Label(reason.isEmpty() ? taskName(task)
                    : words.get("curves.stopped", taskName(task), reason));
            Rectangle swatch = new Rectangle(16, 4, style().task(task));
            label.setGraphic(swatch);
            label.setGraphicTextGap(8);
            label.getStyleClass().add(Styles.TEXT_SMALL);
            legend.getChildren().add(label);
        }
    }

    private ChartStyle style() {
        return ChartStyle.of(Theme.dark().get());
    }

    private void restyle() {
        arrange();
        image.redraw();
    }

    private CurvesDrawing drawing() {
        return new CurvesDrawing(snapshot, names, perTask.get(), logLoss.isSelected(), measured, budget,
                stops, validations, from, to, style(), labels);
    }

    private void drawn(CurvesDrawing.Areas where) {
        areas = where;
        if (hair.isVisible()) {
            placeHair();
        }
    }
}
