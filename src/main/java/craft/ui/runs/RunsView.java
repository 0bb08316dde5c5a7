package craft.ui.runs;

import craft.store.RunSummary;
import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.collections.ListChangeListener;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** The table of runs. */
public final class RunsView implements View {
    private final Words words = Words.of("runs");
    private final WorkbenchModel workbench;
    private final RunsModel model;
    private final Consumer<Path> export;
    private final StackPane root = new StackPane();
    private final TableView<RunSummary> table = new TableView<>();
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private final SimpleStringProperty selectReason = new SimpleStringProperty("");
    private final SimpleStringProperty exportReason = new SimpleStringProperty("");
    private final Node content;
    private final Node empty;
    private final Node loading;
    private final Subscription subscriptions;

    /** @param export asks where to and exports the run of that folder */
    public RunsView(WorkbenchModel workbench, RunsModel model, Consumer<Path> export) {
        this.workbench = workbench;
        this.model = model;
        this.export = export;
        inspector.getStyleClass().add("inspector-body");
        Button open = Looks.button(words.get("open"), "mdi2f-folder-open-outline", this::open);
        open.setId("run-open");
        Button exportButton = Looks.button(words.get("export"), "mdi2e-export-variant", this::export);
        exportButton.setId("run-export");
        Button copy = Looks.button(words.get("copy"), "mdi2c-content-copy", () ->
                Looks.copy(model.selected().get().folder().toString()));
        Button refresh = Looks.button(words.get("refresh"), "mdi2r-refresh", model::refresh);
        refresh.setId("runs-refresh");
        table();
        VBox.setVgrow(table, Priority.ALWAYS);
        VBox view = new VBox(Looks.header(words.get("title"), Looks.explain(open, selectReason),
                Looks.explain(exportButton, exportReason), Looks.explain(copy, selectReason), refresh), table);
        view.getStyleClass().add("view");
        content = view;
        Button run = Looks.button(Words.of("run").get("run"), "mdi2p-play", workbench::start);
        run.getStyleClass().add("accent");
        run.disableProperty().bind(workbench.recipe().isNull().or(workbench.preparing())
                .or(workbench.live().isNotNull()));
        empty = Looks.empty(ViewId.RUNS.icon(), words.get("empty.title"), words.get("empty.text"), run,
                Looks.button(words.get("refresh"), "mdi2r-refresh", model::refresh));
        loading = Looks.loading(words.get("loading"));

        ListChangeListener<RunSummary> onRuns = change -> update();
        model.runs().addListener(onRuns);
        subscriptions = model.loading().subscribe(l -> update()).and(model.failure().subscribe(f -> update()))
                .and(model.selected().subscribe(this::select)).and(() -> model.runs().removeListener(onRuns));
    }

    private void update() {
        Node state = content;
        if (model.failure().get() != null) {
            state = Looks.empty("mdi2a-alert-circle-outline", words.get("error.title"),
                    workbench.errors().sentence(model.failure().get()),
                    Looks.button(words.get("refresh"), "mdi2r-refresh", model::refresh));
        } else if (model.runs().isEmpty()) {
            state = model.loading().get() ? loading : empty;
        }
        root.getChildren().setAll(state);
    }

    private void table() {
        table.setId("runs");
        table.setItems(model.runs());
        table.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        TableColumn<RunSummary, RunSummary> name = column("name", 160, r -> r, (cell, r) -> cell.setText(r.name()),
                Comparator.comparing(RunSummary::name));
        TableColumn<RunSummary, RunSummary> status = column("status", 104, r -> r,
                (cell, r) -> cell.setGraphic(status(r)),
                Comparator.comparing(RunSummary::status));
        table.getColumns().setAll(List.of(name, status,
                column("tasks", 56, r -> r, (cell, r) -> cell.setText(r.tasksFinished() + "/" + r.tasks()),
                        Comparator.comparingInt(RunSummary::tasksFinished)),
                column("op", 64, r -> r, (cell, r) -> cell.setText(Numbers.percent(r.op())),
                        Comparator.comparingDouble(RunSummary::op)),
                column("forgetting", 64, r -> r, (cell, r) -> cell.setText(Numbers.percent(r.forgetting())),
                        Comparator.comparingDouble(RunSummary::forgetting)),
                column("seed", 56, r -> r, (cell, r) -> cell.setText(Long.toString(r.seed())),
                        Comparator.comparingLong(RunSummary::seed)),
                column("started", 128, r -> r, (cell, r) -> cell.setText(RunsModel.time(r.startedAt())),
                        Comparator.comparing(RunSummary::startedAt,
                                Comparator.nullsFirst(Comparator.<Instant>naturalOrder()))),
                column("method", 200, r -> r, (cell, r) -> cell.setText(r.method()),
                        Comparator.comparing(RunSummary::method))));
        name.getStyleClass().add("first");
        for (int i : new int[] {2, 3, 4, 5, 6}) {
            table.getColumns().get(i).getStyleClass().add("number");
        }
        tip(table.getColumns().get(3), words.get("op.tip"));
        tip(table.getColumns().get(4), words.get("forgetting.tip"));
        table.getSelectionModel().selectedItemProperty().subscribe(run -> {
            if (run != null) {
                model.selected().set(run);
            }
        });
        table.setOnKeyPressed(e -> {
            if (e.getCode() == KeyCode.ENTER && !e.isShortcutDown()) {
                open();
            }
        });
        table.setRowFactory(t -> {
            TableRow<RunSummary> row = new TableRow<>();
            row.setOnMouseClicked(e -> {
                if (e.getClickCount() == 2 && !row.isEmpty()) {
                    open();
                }
            });
            MenuItem open = new MenuItem(words.get("open"));
            open.setOnAction(e -> open());
            MenuItem exportItem = new MenuItem(words.get("export"));
            exportItem.setOnAction(e -> export());
            MenuItem copy = new MenuItem(words.get("copy"));
            copy.setOnAction(e -> Looks.copy(row.getItem().folder().toString()));
            ContextMenu menu = new ContextMenu(open, exportItem, copy);
            row.emptyProperty().subscribe(none -> row.setContextMenu(none ? null : menu));
            return row;
        });
    }

    /** The run's status in words, or that its folder has a problem. */
    public static Label status(RunSummary run) {
        if (run.problem().isEmpty()) {
            return Looks.status(run.status());
        }
        Label label = Looks.label(Words.of("runs").get("problem"), "status", "status-failed");
        label.setGraphic(Looks.icon("mdi2a-alert-outline"));
        return label;
    }

    private static void tip(TableColumn<?, ?> column, String text) {
        Label label = new Label(column.getText());
        label.setTooltip(new Tooltip(text));
        column.setText(null);
        column.setGraphic(label);
    }

    /** Fills a cell that has been emptied. */
    private interface Filler {
        void fill(TableCell<RunSummary, RunSummary> cell, RunSummary run);
    }

    private TableColumn<RunSummary, RunSummary> column(String key, double width, Function<RunSummary, RunSummary> value,
            Filler filler, Comparator<RunSummary> order) {
        TableColumn<RunSummary, RunSummary> column = new TableColumn<>(words.get(key));
        column.setPrefWidth(width);
        column.setComparator(order);
        column.setCellValueFactory(c -> new ReadOnlyObjectWrapper<>(value.apply(c.getValue())));
        column.setCellFactory(c -> Looks.tellWhole(new TableCell<RunSummary, RunSummary>() {
            @Override
            protected void updateItem(RunSummary run, boolean none) {
                super.updateItem(run, none);
                setText(null);
                setGraphic(null);
                if (!none && run != null) {
                    filler.fill(this, run);
                }
            }
        }));
        return column;
    }

    private void select(RunSummary run) {
        if (run == null) {
            table.getSelectionModel().clearSelection();
        } else {
            table.getSelectionModel().select(run);
        }
        selectReason.set(run == null ? words.get("select.first") : "");
        exportReason.set(run == null ? words.get("select.first") : run.tasksFinished() == 0 ? words.get("export.none")
                : "");
        GridPane facts = Looks.facts();
        if (run == null) {
            inspector.getChildren().setAll(Looks.paragraph(words.get("select.first"), "text-muted"));
        } else {
            Looks.fact(facts, words.get("name"), run.name());
            Looks.fact(facts, words.get("method"), run.method());
            Looks.fact(facts, words.get("seed"), Long.toString(run.seed()));
            Looks.fact(facts, words.get("started"), RunsModel.time(run.startedAt())).getStyleClass().add("tabular");
            facts.addRow(facts.getRowCount(), Looks.label(words.get("status"), "fact-name"), status(run));
            Looks.fact(facts, words.get("op"), Numbers.percent(run.op())).getStyleClass().add("tabular");
            Looks.fact(facts, words.get("forgetting"), Numbers.percent(run.forgetting())).getStyleClass()
                    .add("tabular");
            inspector.getChildren().setAll(Looks.section(words.get("selected"), facts));
            if (!run.problem().isEmpty()) {
                inspector.getChildren().add(Looks.section(words.get("problem"),
                        Looks.paragraph(run.problem(), "error-text")));
            }
            inspector.getChildren().add(Looks.section(words.get("folder"),
                    Looks.path(() -> run.folder().toString(), words.get("copy"))));
        }
        inspector.getChildren().add(Looks.section(words.get("root"),
                Looks.path(() -> workbench.services().runs().root().toString(), words.get("copy"))));
    }

    private void open() {
        if (model.selected().get() != null) {
            workbench.openRun(model.selected().get().folder());
        }
    }

    private void export() {
        RunSummary run = model.selected().get();
        if (run != null && run.tasksFinished() > 0) {
            export.accept(run.folder());
        } else if (run != null) {
            workbench.errors().say(words.get("export.none"));
        }
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public Node inspector() {
        return inspectorNode;
    }

    @Override
    public void shown() {
        model.refresh();
    }

    @Override
    public void dispose() {
        subscriptions.unsubscribe();
    }
}
