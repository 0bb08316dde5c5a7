package craft.ui.tasks;

import craft.task.Example;
import craft.task.RowProblem;
import craft.task.Task;
import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleStringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ListChangeListener;
import javafx.geometry.Orientation;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.SplitPane;
import javafx.scene.control.Tab;
import javafx.scene.control.TabPane;
import javafx.scene.control.TableCell;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TableRow;
import javafx.scene.control.TableView;
import javafx.scene.control.Tooltip;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCodeCombination;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** The queue above, rows and problems of the chosen task below. */
public final class TasksView implements View {
    private static final int PREVIEW = 50;

    private final Words words = Words.of("tasks");
    private final WorkbenchModel workbench;
    private final TasksModel model;
    private final StackPane root = new StackPane();
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private final TableView<TaskItem> queue = new TableView<>();
    private final TableView<Example> rows = new TableView<>();
    private final TableView<RowProblem> problems = new TableView<>();
    private final Label rowsNote = Looks.label("", "text-muted");
    private final Tab problemsTab = new Tab();
    private final SimpleStringProperty selectReason = new SimpleStringProperty("");
    private final SimpleStringProperty upReason = new SimpleStringProperty("");
    private final SimpleStringProperty downReason = new SimpleStringProperty("");
    private Subscription subscriptions = Subscription.EMPTY;
    private boolean following;

    public TasksView(WorkbenchModel workbench, TasksModel model) {
        this.workbench = workbench;
        this.model = model;
        inspector.getStyleClass().add("inspector-body");

        Button add = Looks.button(words.get("add"), "mdi2f-folder-plus-outline", this::add);
        add.setId("task-add");
        Button up = Looks.button(words.get("up"), "mdi2a-arrow-up", () -> model.move(-1));
        up.setId("task-up");
        up.setTooltip(new Tooltip(words.get("up.tip")));
        Button down = Looks.button(words.get("down"), "mdi2a-arrow-down", () -> model.move(1));
        down.setId("task-down");
        down.setTooltip(new Tooltip(words.get("down.tip")));
        Button remove = Looks.button(words.get("remove"), "mdi2m-minus", model::remove);
        remove.setId("task-remove");
        remove.setTooltip(new Tooltip(words.get("remove.tip")));

        queue();
        preview();
        problems();
        Tab preview = new Tab(words.get("preview"), new VBox(rows, rowsNote));
        rowsNote.getStyleClass().add("table-note");
        VBox.setVgrow(rows, Priority.ALWAYS);
        problemsTab.setContent(problems);
        TabPane tabs = new TabPane(preview, problemsTab);
        tabs.setTabClosingPolicy(TabPane.TabClosingPolicy.UNAVAILABLE);

        SplitPane split = new SplitPane(queue, tabs);
        split.setOrientation(Orientation.VERTICAL);
        split.setDividerPositions(0.46);
        VBox.setVgrow(split, Priority.ALWAYS);
        VBox content = new VBox(Looks.header(words.get("title"), add, Looks.explain(up, upReason),
                Looks.explain(down, downReason), Looks.explain(remove, selectReason)), split);
        content.getStyleClass().add("view");

        Button addFirst = Looks.button(words.get("add"), "mdi2f-folder-plus-outline", this::add);
        addFirst.getStyleClass().add("accent");
        Node empty = Looks.empty(ViewId.TASKS.icon(), words.get("empty.title"), words.get("empty.text"), addFirst,
                Looks.button(words.get("quickstart"), "mdi2r-rocket-launch-outline", workbench::openQuickstart));

        ListChangeListener<TaskItem> onItems = change -> follow(content, empty);
        model.items().addListener(onItems);
        subscriptions = subscriptions.and(() -> model.items().removeListener(onItems))
                .and(model.selected().subscribe(s -> follow(content, empty)));
    }

    private void add() {
        workbench.services().dialogs().chooseFolder(words.get("add")).ifPresent(folder -> {
            if (!model.add(folder)) {
                workbench.errors().say(words.get("duplicate", String.valueOf(folder.getFileName())));
            }
        });
    }

    private void follow(Node content, Node empty) {
        root.getChildren().setAll(model.items().isEmpty() ? empty : content);
        TaskItem item = model.selectedItem();
        following = true;
        if (item == null) {
            queue.getSelectionModel().clearSelection();
        } else {
            queue.getSelectionModel().select(model.items().indexOf(item));
        }
        following = false;
        selectReason.set(item == null ? words.get("select.first") : "");
        upReason.set(item == null ? words.get("select.first") : model.canMove(-1) ? "" : words.get("first"));
        downReason.set(item == null ? words.get("select.first") : model.canMove(1) ? "" : words.get("last"));
        showTask(item);
    }

    private void showTask(TaskItem item) {
        List<Example> train = item == null || item.reading() == null ? List.of() : item.reading().task().train();
        rows.setItems(FXCollections.observableArrayList(train.subList(0, Math.min(PREVIEW, train.size()))));
        rowsNote.setText(words.get("preview.first", Math.min(PREVIEW, train.size()), train.size()));
        rowsNote.setVisible(!train.isEmpty());
        rows.setPlaceholder(placeholder(item));
        List<RowProblem> found = item == null || item.reading() == null ? List.of() : item.reading().problems();
        problems.setItems(FXCollections.observableArrayList(found));
        problems.setPlaceholder(item != null && item.failure() != null ? placeholder(item)
                : Looks.label(words.get("problems.none"), "text-muted"));
        boolean bad = !found.isEmpty() || item != null && item.failure() != null;
        problemsTab.setText(found.isEmpty() ? words.get("problems") : words.get("problems.count", found.size()));
        problemsTab.setGraphic(bad ? Looks.icon("mdi2a-alert-outline") : null);
        inspect(item);
    }

    private Node placeholder(TaskItem item) {
        if (item == null) {
            return Looks.label(words.get("preview.none"), "text-muted");
        }
        if (item.loading()) {
            return Looks.loading(words.get("reading"));
        }
        return item.failure() == null ? Looks.label("") : Looks.empty("mdi2a-alert-circle-outline",
                words.get("problem"),
                workbench.errors().sentence(item.failure()));
    }

    private void queue() {
        queue.setId("task-queue");
        queue.setItems(model.items());
        queue.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        TableColumn<TaskItem, String> order = column("order", 56, i -> Integer.toString(model.items().indexOf(i) + 1));
        order.getStyleClass().addAll("number", "first");
        TableColumn<TaskItem, String> count = column("rows", 128, TasksView::rows);
        count.getStyleClass().add("number");
        TableColumn<TaskItem, String> labels = column("labels", 72, i -> i.reading() == null ? ""
                : i.reading().task().classification() ? Integer.toString(i.reading().task().labels().size())
                        : Numbers.NONE);
        labels.getStyleClass().add("number");
        queue.getColumns().setAll(List.of(order,
                column("name", 180, i -> i.failure() == null ? i.name() : i.name() + " · " + words.get("problem")),
                column("kind", 96, i -> i.about("kind")), column("language", 80, i -> i.about("language")),
                labels, count, column("licence", 160, i -> i.about("licence"))));
        queue.getColumns().forEach(c -> c.setSortable(false));
        queue.getSelectionModel().selectedItemProperty().subscribe(item -> {
            if (!following && item != null) {
                model.selected().set(item.folder());
            }
        });
        queue.setRowFactory(table -> draggableRow());
        KeyCombination altUp = new KeyCodeCombination(KeyCode.UP, KeyCombination.ALT_DOWN);
        KeyCombination altDown = new KeyCodeCombination(KeyCode.DOWN, KeyCombination.ALT_DOWN);
        queue.addEventFilter(javafx.scene.input.KeyEvent.KEY_PRESSED, e -> {
            if (altUp.match(e) || altDown.match(e)) {
                model.move(altUp.match(e) ? -1 : 1);
                e.consume();
            } else if (e.getCode() == KeyCode.DELETE) {
                model.remove();
                e.consume();
            }
        });
    }

    private TableRow<TaskItem> draggableRow() {
        TableRow<TaskItem> row = new TableRow<>();
        row.setOnDragDetected(e -> {
            if (!row.isEmpty()) {
                ClipboardContent content = new ClipboardContent();
                content.putString(row.getItem().folder());
                row.startDragAndDrop(TransferMode.MOVE).setContent(content);
                e.consume();
            }
        });
        row.setOnDragOver(e -> {
            if (e.getGestureSource() instanceof TableRow<?> from && from.getTableView() == queue) {
                e.acceptTransferModes(TransferMode.MOVE);
                e.consume();
            }
        });
        row.setOnDragDropped(e -> {
            if (e.getGestureSource() instanceof TableRow<?> from && from.getTableView() == queue) {
                model.move(from.getIndex(), row.isEmpty() ? model.items().size() - 1 : row.getIndex());
                e.setDropCompleted(true);
                e.consume();
            }
        });
        return row;
    }

    private static String rows(TaskItem item) {
        if (item.reading() == null) {
            return item.loading() ? "…" : Numbers.NONE;
        }
        Task task = item.reading().task();
        return task.train().size() + " / " + task.eval().size() + " / " + task.test().size();
    }

    /** A column of text that may be longer than there is room for. */
    private static <T> TableColumn<T, String> texts(String title, Function<T, String> value) {
        TableColumn<T, String> column = new TableColumn<>(title);
        column.setCellValueFactory(c -> new ReadOnlyStringWrapper(value.apply(c.getValue())));
        column.setCellFactory(c -> Looks.tellWhole(new TableCell<T, String>() {
            @Override
            protected void updateItem(String text, boolean none) {
                super.updateItem(text, none);
                setText(none ? null : text);
            }
        }));
        return column;
    }

    private TableColumn<TaskItem, String> column(String key, double width, Function<TaskItem, String> value) {
        TableColumn<TaskItem, String> column = texts(words.get(key), value);
        column.setPrefWidth(width);
        return column;
    }

    private void preview() {
        rows.setId("task-rows");
        rows.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_NEXT_COLUMN);
        TableColumn<Example, String> row = new TableColumn<>(words.get("row"));
        row.setCellValueFactory(c -> new ReadOnlyStringWrapper(Integer.toString(c.getValue().row())));
        row.getStyleClass().addAll("number", "first");
        row.setMinWidth(72);
        row.setMaxWidth(72);
        TableColumn<Example, String> prompt = new TableColumn<>(words.get("prompt"));
        prompt.setCellValueFactory(c -> new ReadOnlyStringWrapper(c.getValue().text().replaceAll("\\s+", " ")));
        prompt.setPrefWidth(560);
        TableColumn<Example, String> answer = texts(words.get("answer"), Example::answer);
        answer.setPrefWidth(160);
        rows.getColumns().setAll(List.of(row, prompt, answer));
        rows.getColumns().forEach(c -> c.setSortable(false));
        rows.setRowFactory(table -> {
            TableRow<Example> tableRow = new TableRow<>();
            tableRow.itemProperty().subscribe(example -> tableRow.setTooltip(example == null ? null
                    : Looks.wide(example.prompt())));
            return tableRow;
        });
    }

    private void problems() {
        problems.setId("task-problems");
        problems.setColumnResizePolicy(TableView.CONSTRAINED_RESIZE_POLICY_FLEX_LAST_COLUMN);
        TableColumn<RowProblem, String> where = texts(words.get("problem.where"), problem -> problem.file().getFileName()
                + (problem.row() > 0 ? " · " + problem.row() : "") + (problem.column().isEmpty() ? "" : " · " + problem.column()));
        where.setPrefWidth(200);
        where.getStyleClass().add("first");
        TableColumn<RowProblem, String> what = texts(words.get("problem.what"), RowProblem::reason);
        what.setPrefWidth(560);
        problems.getColumns().setAll(List.of(where, what));
    }

    private void inspect(TaskItem item) {
        inspector.getChildren().clear();
        if (item == null) {
            inspector.getChildren().add(Looks.paragraph(words.get("preview.none"), "text-muted"));
            return;
        }
        GridPane facts = Looks.facts();
        Looks.fact(facts, words.get("name"), item.name());
        if (item.reading() != null) {
            Task task = item.reading().task();
            fact(facts, "kind", item.about("kind"));
            fact(facts, "language", item.about("language"));
            Looks.fact(facts, words.get("rows"), rows(item));
            facts.add(Looks.paragraph(words.get("rows.tip"), "small-note"), 1, facts.getRowCount());
            fact(facts, "licence", item.about("licence"));
            fact(facts, "source", item.about("source"));
            inspector.getChildren().add(Looks.section(words.get("facts"), facts));
            String labels = task.classification() ? String.join(", ", task.labels()) : words.get("labels.none");
            inspector.getChildren().add(Looks.section(words.get("labels")
                    + (task.classification() ? " (" + task.labels().size() + ")" : ""), Looks.paragraph(labels)));
        } else {
            inspector.getChildren().add(Looks.section(words.get("facts"), facts));
            if (item.failure() != null) {
                inspector.getChildren().add(Looks.section(words.get("problem"),
                        Looks.paragraph(workbench.errors().sentence(item.failure()), "error-text")));
            }
        }
        inspector.getChildren().add(Looks.section(words.get("folder"),
                Looks.path(() -> Path.of(item.folder()).toString(), words.get("copy"))));
    }

    private void fact(GridPane facts, String key, String value) {
        if (!value.isEmpty()) {
            Looks.fact(facts, words.get(key), value);
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
    public void dispose() {
        subscriptions.unsubscribe();
    }
}
