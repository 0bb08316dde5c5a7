package craft.ui.chart;

import atlantafx.base.theme.Styles;
import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunEvent.TaskInfo;
import craft.experiment.RunState;
import craft.experiment.WhatIf;
import craft.ui.Theme;
import craft.ui.text.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javafx.beans.value.ChangeListener;
import javafx.beans.value.WeakChangeListener;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.materialdesign2.MaterialDesignS;

/**
 * Where each task of a run was routed and why: lanes of groups, the matrix of divergences, and a slider that replays
 * the decisions under another threshold. Used on the JavaFX thread only.
 */
public final class RoutingView {
    private final Words words = Words.of("chart");
    private final StackPane root = new StackPane();
    private final BorderPane content = new BorderPane();
    private final EmptyState empty = new EmptyState(MaterialDesignS.SITEMAP, words.get("routing.empty.title"),
            words.get("routing.empty.what"), words.get("empty.next"));
    private final LanesCanvas lanes = new LanesCanvas(words);
    private final MatrixCanvas grid = new MatrixCanvas(28);
    private final ColorBar bar = new ColorBar();
    private final ThresholdStrip strip = new ThresholdStrip(words);
    private final Slider slider = new Slider();
    private final Label sliderName = new Label();
    private final Label sliderValue = new Label();
    private final Button back = new Button();
    private final Label summary = new Label();
    private final ChangeListener<Boolean> themeListener = (o, was, is) -> refresh();

    private RunState shown;
    private List<String> names = List.of();
    private List<RoutingDecided> routings = List.of();
    private boolean relative;
    private double actual = Double.NaN;
    private boolean moved;
    private boolean setting;

    public RoutingView() {
        root.setId("routing-view");
        grid.setId("routing-grid");
        lanes.setId("routing-lanes");
        slider.setId("routing-slider");
        back.setId("routing-back");
        summary.setId("routing-summary");
        Region gap = new Region();
        HBox.setHgrow(gap, Priority.ALWAYS);
        Label matrixTitle = heading("routing.matrix", "routing.matrix.help");
        HBox matrixHead = new HBox(16, matrixTitle, gap, bar);
        matrixHead.setAlignment(Pos.CENTER_LEFT);
        VBox pictures = new VBox(8, heading("routing.lanes", "routing.lanes.help"), lanes, space(8), matrixHead, grid);
        pictures.setPadding(new Insets(8, 24, 16, 24));
        ScrollPane scroll = new ScrollPane(pictures);
        scroll.setFitToWidth(true);
        scroll.setFocusTraversable(false);
        scroll.getStyleClass().add("edge-to-edge");
        content.setCenter(scroll);
        content.setBottom(whatIf());
        root.getChildren().addAll(content, empty);
        Theme.dark().addListener(new WeakChangeListener<>(themeListener));
        refresh();
    }

    public Node node() {
        return root;
    }

    /** Shows a run as it is now. Cheap when nothing was added. */
    public void show(RunState state) {
        if (state == shown && state.routings().size() == routings.size() && state.tasks().size() == names.size()) {
            return;
        }
        if (state != shown) {
            moved = false;
        }
        shown = state;
        names = state.tasks().stream().map(TaskInfo::name).toList();
        routings = List.copyOf(state.routings());
        relative = WhatIf.relative(routings);
        actual = WhatIf.actual(routings, relative);
        double most = routings.stream().mapToDouble(r -> WhatIf.joinsFrom(r, relative)).filter(Double::isFinite).max()
                .orElse(0);
        double limit = Math.max(most, Double.isFinite(actual) ? actual : 0) * 1.25;
        setting = true;
        slider.setMax(limit > 0 ? (relative ? Math.max(1, Math.min(limit, 5)) : limit) : 1);
        slider.setBlockIncrement(slider.getMax() / 50);
        if (!moved && Double.isFinite(actual)) {
            slider.setValue(actual);
        }
        setting = false;
        refresh();
    }

    private static Region space(double height) {
        Region region = new Region();
        region.setMinHeight(height);
        return region;
    }

    private Label heading(String key, String help) {
        Label label = new Label(words.get(key));
        label.getStyleClass().add("section-title");
        label.setMinWidth(Region.USE_PREF_SIZE);
        Tooltip tooltip = new Tooltip(words.get(help));
        tooltip.setWrapText(true);
        tooltip.setMaxWidth(420);
        label.setTooltip(tooltip);
        return label;
    }

    private Node whatIf() {
        sliderValue.getStyleClass().add("tabular");
        sliderValue.setStyle("-fx-font-size: 15px;");
        sliderValue.setMinWidth(56);
        sliderName.setMinWidth(Region.USE_PREF_SIZE);
        back.setStyle("-fx-padding: 4 12 4 12; -fx-font-size: 12px;");
        back.setMinWidth(Region.USE_PREF_SIZE);
        back.setOnAction(e -> {
            moved = false;
            setting = true;
            slider.setValue(actual);
            setting = false;
            refresh();
        });
        slider.valueProperty().addListener((o, was, is) -> {
            if (!setting) {
                moved = true;
                refresh();
            }
        });
        slider.setMin(0);
        strip.follow(slider);
        VBox track = new VBox(strip, slider);
        HBox.setHgrow(track, Priority.ALWAYS);
        HBox row = new HBox(16, sliderName, track, sliderValue, back);
        row.setAlignment(Pos.BOTTOM_LEFT);
        track.setMinWidth(160);
        summary.setWrapText(true);
        Label note = new Label(words.get("routing.whatif.note"));
        note.setWrapText(true);
        note.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
        VBox box = new VBox(8, row, summary, note);
        box.setPadding(new Insets(8, 24, 16, 24));
        box.setStyle("-fx-border-color: -color-border-muted transparent transparent transparent;"
                + "-fx-background-color: -color-bg-subtle;");
        summary.setMinHeight(Region.USE_PREF_SIZE);
        note.setMinHeight(Region.USE_PREF_SIZE);
        return box;
    }

    private void refresh() {
        boolean none = routings.isEmpty();
        empty.setVisible(none);
        content.setVisible(!none);
        if (none) {
            return;
        }
        ChartStyle style = ChartStyle.of(Theme.dark().get());
        WhatIf whatIf = new WhatIf(relative, slider.getValue());
        List<WhatIf.Outcome> outcomes = moved ? whatIf.decide(routings) : List.of();
        Divergences model = new Divergences(style, outcomes);
        grid.show(model);
        lanes.show(names, routings, outcomes, model.rowNames());
        strip.show(routings, relative, actual);
        bar.show(words.get("routing.bar"), "0", Numbers.nats(model.most), Palette::cividis);
        sliderName.setText(words.get(relative ? "routing.whatif.rho" : "routing.whatif.tau"));
        sliderValue.setText(Numbers.fixed(slider.getValue(), relative ? 2 : 3));
        back.setText(words.get("routing.whatif.back", Numbers.plain(actual)));
        back.setDisable(!moved || !Double.isFinite(actual));
        summary.setText(summary(outcomes));
    }

    private String summary(List<WhatIf.Outcome> outcomes) {
        int groups = (int) routings.stream().filter(RoutingDecided::opened).count();
        if (outcomes.isEmpty()) {
            return words.get("routing.whatif.same", words.get("routing.count", routings.size(), groups));
        }
        int opened = (int) outcomes.stream().filter(WhatIf.Outcome::opens).count();
        List<WhatIf.Outcome> changed = outcomes.stream().filter(WhatIf.Outcome::changed).toList();
        if (changed.isEmpty()) {
            return words.get("routing.whatif.same", words.get("routing.count", routings.size(), groups));
        }
        String list = changed.stream().limit(3).map(o -> o.opens()
                ? words.get("routing.whatif.opens", name(o.task()))
                : words.get("routing.whatif.joins", name(o.task()), Integer.toString(o.nearest())))
                .collect(Collectors.joining("; "));
        return words.get("routing.whatif.differs", changed.size(), opened, groups, changed.size() > 3
                ? list + "; " + words.get("routing.whatif.more", changed.size() - 3) : list);
    }

    private String name(int task) {
        return task <= names.size() ? names.get(task - 1) : Integer.toString(task);
    }

    /** Columns: base, each group, then threshold, decision, what if. */
    private final class Divergences implements MatrixCanvas.Model {
        private final ChartStyle style;
        private final List<WhatIf.Outcome> outcomes;
        private final int groups;
        private final double most;

        Divergences(ChartStyle style, List<WhatIf.Outcome> outcomes) {
            this.style = style;
            this.outcomes = outcomes;
            groups = routings.stream().mapToInt(RoutingDecided::group).max().orElse(0);
            double highest = 0;
            for (RoutingDecided r : routings) {
                highest = Double.isFinite(r.baseDivergence()) ? Math.max(highest, r.baseDivergence()) : highest;
                for (double d : r.divergences()) {
                    highest = Double.isFinite(d) ? Math.max(highest, d) : highest;
                }
            }
            most = highest > 0 ? highest : 1;
        }

        List<String> rowNames() {
            List<String> rows = new ArrayList<>();
            for (int r = 0; r < rows(); r++) {
                rows.add(rowName(r));
            }
            return rows;
        }

        @Override
        public int rows() {
            return routings.size();
        }

        @Override
        public int columns() {
            return groups + 4;
        }

        @Override
        public String rowName(int row) {
            return name(routings.get(row).task());
        }

        @Override
        public String columnName(int column) {
            return switch (kind(column)) {
                case BASE -> words.get("routing.base");
                case GROUP -> words.get("routing.group", Integer.toString(column));
                case THRESHOLD -> words.get("routing.threshold");
                case DECISION -> words.get("routing.decision");
                case WHAT_IF -> words.get("routing.whatif");
            };
        }

        private Kind kind(int column) {
            return column == 0 ? Kind.BASE : column <= groups ? Kind.GROUP : Kind.values()[column - groups + 1];
        }

        @Override
        public int rowMark(int row) {
            return routings.get(row).task();
        }

        @Override
        public int columnMark(int column) {
            return 0;
        }

        @Override
        public double share(int column) {
            return switch (kind(column)) {
                case BASE, GROUP -> 1;
                case THRESHOLD -> 1.3;
                case DECISION, WHAT_IF -> 1.8;
            };
        }

        @Override
        public boolean words(int column) {
            return kind(column) == Kind.DECISION || kind(column) == Kind.WHAT_IF;
        }

        @Override
        public double gap(int column) {
            return column == 1 ? 4 : kind(column) == Kind.THRESHOLD ? 16 : 0;
        }

        @Override
        public MatrixCanvas.Cell cell(int row, int column) {
            RoutingDecided r = routings.get(row);
            return switch (kind(column)) {
                case BASE -> divergence(r.baseDivergence(), MatrixCanvas.Frame.NONE);
                case GROUP -> group(r, column);
                case THRESHOLD -> MatrixCanvas.Cell.plain(Numbers.nats(r.threshold()), null, style.text(),
                        MatrixCanvas.Frame.NONE, false);
                case DECISION -> MatrixCanvas.Cell.words(r.opened()
                        ? words.get("routing.opens", Integer.toString(r.group()))
                        : words.get("routing.joins", Integer.toString(r.group())), style.text(), true, true);
                case WHAT_IF -> whatIf(row);
            };
        }

        private MatrixCanvas.Cell group(RoutingDecided r, int group) {
            if (group <= r.divergences().size()) {
                return divergence(r.divergences().get(group - 1),
                        group == r.group() ? MatrixCanvas.Frame.SOLID : MatrixCanvas.Frame.NONE);
            }
            if (group == r.group()) {
                return MatrixCanvas.Cell.plain(words.get("routing.new"), style.subtle(), style.text(),
                        MatrixCanvas.Frame.DASHED, true);
            }
            return MatrixCanvas.Cell.words("", style.muted(), false, false);
        }

        private MatrixCanvas.Cell divergence(double d, MatrixCanvas.Frame frame) {
            return Double.isFinite(d) ? MatrixCanvas.Cell.number(Numbers.nats(d), Palette.cividis(d / most), frame)
                    : MatrixCanvas.Cell.plain(Numbers.NONE, style.subtle(), style.muted(), frame, false);
        }

        private MatrixCanvas.Cell whatIf(int row) {
            WhatIf.Outcome o = outcomes.isEmpty() ? null : outcomes.get(row);
            if (o == null || !o.changed()) {
                return MatrixCanvas.Cell.words(words.get("routing.whatif.unchanged"), style.muted(), false, true);
            }
            return MatrixCanvas.Cell.words("≠ " + (o.opens() ? words.get("routing.whatif.new")
                    : words.get("routing.joins", Integer.toString(o.nearest()))), style.accent(), true, true);
        }

        @Override
        public String details(int row, int column) {
            RoutingDecided r = routings.get(row);
            String rule = words.get("routing.details.rule", r.rule(), Numbers.nats(r.threshold()));
            return switch (kind(column)) {
                case BASE -> words.get("routing.details.base", rowName(row), Numbers.nats(r.baseDivergence()));
                case GROUP -> column > r.divergences().size() ? words.get(column == r.group() ? "routing.details.opened"
                        : "routing.details.notYet", rowName(row), Integer.toString(column))
                        : words.get("routing.details.group", rowName(row), Integer.toString(column),
                                Numbers.nats(r.divergences().get(column - 1)),
                                Numbers.percent(r.divergences().get(column - 1) / r.baseDivergence())) + "\n" + rule;
                case THRESHOLD -> rule;
                case DECISION, WHAT_IF -> cell(row, column).text() + "\n" + rule;
            };
        }
    }

    private enum Kind { BASE, GROUP, THRESHOLD, DECISION, WHAT_IF }
}
