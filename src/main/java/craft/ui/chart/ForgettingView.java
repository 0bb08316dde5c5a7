package craft.ui.chart;

import atlantafx.base.theme.Styles;
import craft.experiment.AccuracyMatrix;
import craft.experiment.Metric;
import craft.experiment.RunEvent.TaskEvaluated;
import craft.experiment.RunEvent.TaskInfo;
import craft.experiment.RunState;
import craft.task.Score;
import craft.ui.Theme;
import craft.ui.text.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;
import javafx.beans.value.ChangeListener;
import javafx.beans.value.WeakChangeListener;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.scene.paint.Color;
import org.kordamp.ikonli.materialdesign2.MaterialDesignG;

/**
 * The matrix a_{j,i} of scores, a row for each training stage and a column for each task, and the metrics computed from
 * it with their formulas. Used on the JavaFX thread only.
 */
public final class ForgettingView {
    /** A change of so much takes the strongest colour even when no cell changed more. */
    private static final double LEAST_CHANGE = 0.05;
    private static final double NOT_TRAINED = 0.5;

    enum Measure {
        ACCURACY(Score::value), BALANCED(Score::balancedAccuracy), UNION(Score::unionAccuracy);

        private final ToDoubleFunction<Score> of;

        Measure(ToDoubleFunction<Score> of) {
            this.of = of;
        }

        String key() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** One of the metrics with where its value is shown. */
    private record Shown(Metric of, boolean signed, Label value) {
    }

    private final Words words = Words.of("chart");
    private final StackPane root = new StackPane();
    private final BorderPane content = new BorderPane();
    private final EmptyState empty = new EmptyState(MaterialDesignG.GRID, words.get("forgetting.empty.title"),
            words.get("forgetting.empty.what"), words.get("empty.next"));
    private final Pills<Boolean> change = new Pills<>(List.of(
            new Pills.Choice<>(false, "forgetting-score", words.get("forgetting.score"),
                    words.get("forgetting.score.help")),
            new Pills.Choice<>(true, "forgetting-change", words.get("forgetting.change"),
                    words.get("forgetting.change.help"))));
    private final Pills<Measure> measure = new Pills<>(List.of(choice(Measure.ACCURACY), choice(Measure.BALANCED),
            choice(Measure.UNION)));
    private final MatrixCanvas grid = new MatrixCanvas(56);
    private final ColorBar bar = new ColorBar();
    private final List<Shown> metrics = new ArrayList<>();
    private final Label metricsTitle = new Label();
    private final Label incomplete = new Label(words.get("forgetting.incomplete"));
    private final ChangeListener<Boolean> themeListener = (o, was, is) -> refresh();

    private RunState shown;
    private int evaluationsSeen;
    private List<TaskInfo> tasks = List.of();
    private TaskEvaluated[][] cells = new TaskEvaluated[0][0];
    private BiConsumer<Integer, Integer> listener = (after, task) -> { };

    public ForgettingView() {
        root.setId("forgetting-view");
        grid.setId("forgetting-grid");
        grid.onChosen((row, column) -> listener.accept(row, column + 1));
        HBox controls = new HBox(16, change, measure);
        controls.setAlignment(Pos.CENTER_LEFT);
        controls.setPadding(new Insets(0, 0, 16, 0));
        content.setTop(controls);
        ScrollPane scroll = new ScrollPane(grid);
        scroll.setFitToWidth(true);
        scroll.setFitToHeight(true);
        scroll.setFocusTraversable(false);
        scroll.getStyleClass().add("edge-to-edge");
        Label axes = new Label(words.get("forgetting.axes"));
        axes.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
        axes.setWrapText(true);
        axes.setMinHeight(Region.USE_PREF_SIZE);
        VBox left = new VBox(8, scroll, bar, axes);
        content.setCenter(left);
        content.setRight(metricsPanel());
        content.setPadding(new Insets(8, 24, 16, 24));
        root.getChildren().addAll(content, empty);
        change.value().addListener((o, was, is) -> refresh());
        measure.value().addListener((o, was, is) -> refresh());
        Theme.dark().addListener(new WeakChangeListener<>(themeListener));
        refresh();
    }

    public Node node() {
        return root;
    }

    /** Told of a cell chosen by mouse or Enter: number of tasks trained before it (0..T), and the task (1..T). */
    public void onCellSelected(BiConsumer<Integer, Integer> afterAndTask) {
        listener = afterAndTask;
    }

    /** Shows a run as it is now. Cheap when nothing was added. */
    public void show(RunState state) {
        if (state == shown && state.evaluations().size() == evaluationsSeen && state.tasks().equals(tasks)) {
            return;
        }
        if (state != shown || state.evaluations().size() < evaluationsSeen || !state.tasks().equals(tasks)) {
            shown = state;
            tasks = List.copyOf(state.tasks());
            cells = new TaskEvaluated[tasks.size() + 1][tasks.size()];
            evaluationsSeen = 0;
        }
        List<TaskEvaluated> all = state.evaluations();
        for (TaskEvaluated e : all.subList(evaluationsSeen, all.size())) {
            cells[e.after()][e.task() - 1] = e;
        }
        evaluationsSeen = all.size();
        refresh();
    }

    private Pills.Choice<Measure> choice(Measure m) {
        return new Pills.Choice<>(m, "forgetting-" + m.key(), words.get("measure." + m.key()),
                words.get("measure." + m.key() + ".help"));
    }

    private Node metricsPanel() {
        metricsTitle.getStyleClass().add("section-title");
        metricsTitle.setWrapText(true);
        VBox panel = new VBox(16, metricsTitle);
        panel.setPadding(new Insets(0, 0, 0, 24));
        panel.setPrefWidth(248);
        panel.setMinWidth(248);
        panel.getChildren().addAll(
                metric("op", Metric.OVERALL_PERFORMANCE, false), metric("f", Metric.FORGETTING, false),
                metric("bwt", Metric.BACKWARD_TRANSFER, true), metric("fwt", Metric.FORWARD_TRANSFER, true),
                metric("la", Metric.LEARNING_ACCURACY, false));
        Label legend = new Label(words.get("metric.legend"));
        for (Label label : List.of(legend, incomplete)) {
            label.setWrapText(true);
            label.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
        }
        panel.getChildren().addAll(legend, incomplete);
        ScrollPane scroll = new ScrollPane(panel);
        scroll.setFitToWidth(true);
        scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
        scroll.setMinWidth(256);
        scroll.setFocusTraversable(false);
        scroll.getStyleClass().add("edge-to-edge");
        return scroll;
    }

    private Node metric(String key, Metric of, boolean signed) {
        Label name = new Label(words.get("metric." + key));
        name.setMinWidth(0);
        Label value = new Label(Numbers.NONE);
        value.setId("metric-" + key);
        value.setMinWidth(Region.USE_PREF_SIZE);
        value.getStyleClass().add("tabular");
        value.setStyle("-fx-font-size: 18px;");
        metrics.add(new Shown(of, signed, value));
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        HBox head = new HBox(8, name, gap, value);
        head.setAlignment(Pos.BASELINE_LEFT);
        VBox box = new VBox(2, head, new Formula(of.formula()));
        box.setPadding(new Insets(0, 0, 8, 0));
        box.setStyle("-fx-border-color: transparent transparent -color-border-muted transparent;");
        Tooltip tooltip = new Tooltip(words.get("metric." + key + ".help"));
        tooltip.setWrapText(true);
        tooltip.setMaxWidth(360);
        Tooltip.install(box, tooltip);
        return box;
    }

    private void refresh() {
        boolean none = tasks.isEmpty();
        empty.setVisible(none);
        content.setVisible(!none);
        if (none) {
            return;
        }
        Grid model = new Grid(ChartStyle.of(Theme.dark().get()));
        grid.show(model);
        if (change.get()) {
            String most = Numbers.fixed(model.mostChange * 100, 1);
            bar.show(words.get("forgetting.bar.change"), "−" + most, "+" + most, s -> Palette.change(2 * s - 1));
        } else {
            bar.show(words.get("measure." + measure.get().key()) + ", %", "0", "100", Palette::viridis);
        }
        metricsTitle.setText(words.get("metric.title", words.get("measure." + measure.get().key())));
        AccuracyMatrix matrix = new AccuracyMatrix(tasks.size());
        for (int after = 0; after <= tasks.size(); after++) {
            for (int task = 1; task <= tasks.size(); task++) {
                matrix = matrix.with(after, task, model.value(after, task));
            }
        }
        boolean missing = false;
        for (Shown metric : metrics) {
            double value = metric.of().of(matrix);
            missing |= Double.isNaN(value);
            metric.value().setText(metric.signed() ? Numbers.change(value) : Numbers.percent(value));
        }
        incomplete.setText(words.get(tasks.size() == 1 ? "forgetting.one" : "forgetting.incomplete"));
        incomplete.setVisible(missing);
    }

    private final class Grid implements MatrixCanvas.Model {
        private final ChartStyle style;
        private final double mostChange;

        Grid(ChartStyle style) {
            this.style = style;
            double most = LEAST_CHANGE;
            // Cells below the diagonal set the scale: what was not trained yet is far off and would wash them out.
            for (int after = 1; after <= tasks.size(); after++) {
                for (int task = 1; task < after; task++) {
                    double d = value(after, task) - value(task, task);
                    most = Double.isNaN(d) ? most : Math.max(most, Math.abs(d));
                }
            }
            mostChange = most;
        }

        double value(int after, int task) {
            TaskEvaluated e = cells[after][task - 1];
            return e == null ? Double.NaN : measure.get().of.applyAsDouble(e.score());
        }

        @Override
        public int rows() {
            return tasks.size() + 1;
        }

        @Override
        public int columns() {
            return tasks.size();
        }

        @Override
        public String rowName(int row) {
            return row == 0 ? words.get("forgetting.untrained")
                    : words.get("forgetting.after", tasks.get(row - 1).name());
        }

        @Override
        public String columnName(int column) {
            return tasks.get(column).name();
        }

        @Override
        public int rowMark(int row) {
            return row;
        }

        @Override
        public int columnMark(int column) {
            return column + 1;
        }

        @Override
        public MatrixCanvas.Cell cell(int row, int column) {
            int task = column + 1;
            if (cells[row][column] == null) {
                return row == task ? MatrixCanvas.Cell.plain("", style.subtle(), style.muted(),
                        MatrixCanvas.Frame.FAINT, false) : null;
            }
            double value = value(row, task);
            double shownValue = change.get() ? value - value(task, task) : value;
            MatrixCanvas.Frame frame = row == task ? MatrixCanvas.Frame.SOLID : MatrixCanvas.Frame.NONE;
            if (Double.isNaN(shownValue)) {
                return MatrixCanvas.Cell.plain(Numbers.NONE, style.subtle(), style.muted(), frame, false);
            }
            if (change.get() && row < task) { // not a change: the task was still to be learnt
                return MatrixCanvas.Cell.plain(Numbers.change(shownValue), style.subtle(), style.muted(), frame, false);
            }
            Color full = change.get() ? Palette.change(shownValue / mostChange) : Palette.viridis(value);
            Color fill = row < task ? style.over(full, NOT_TRAINED) : full;
            String text = change.get() ? Numbers.change(shownValue) : Numbers.percent(value);
            return MatrixCanvas.Cell.number(text, fill, frame);
        }

        @Override
        public String details(int row, int column) {
            TaskEvaluated e = cells[row][column];
            String head = row == 0 ? words.get("forgetting.details.untrained", tasks.get(column).name())
                    : words.get("forgetting.details.after", tasks.get(column).name(), tasks.get(row - 1).name(),
                            Integer.toString(row), Integer.toString(tasks.size()));
            if (e == null) {
                return head + "\n" + words.get("forgetting.details.none");
            }
            Score s = e.score();
            StringBuilder text = new StringBuilder(head);
            text.append('\n').append(words.get("forgetting.details.scores", Numbers.percent(s.value()),
                    Numbers.percent(s.balancedAccuracy()), Numbers.percent(s.unionAccuracy())));
            text.append('\n').append(words.get("forgetting.details.majority", Numbers.percent(s.majority()),
                    Integer.toString(s.rows())));
            text.append('\n').append(e.group() == 0 ? words.get("forgetting.details.noGroup")
                    : words.get(e.groupKnown() ? "forgetting.details.group" : "forgetting.details.guessed",
                            Integer.toString(e.group())));
            double d = value(row, column + 1) - value(column + 1, column + 1);
            if (row != column + 1 && !Double.isNaN(d)) {
                text.append('\n').append(words.get("forgetting.details.change", Numbers.change(d)));
            }
            return text.toString();
        }
    }
}
