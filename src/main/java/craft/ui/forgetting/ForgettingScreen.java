package craft.ui.forgetting;

import craft.experiment.RunState;
import craft.task.Score;
import craft.ui.CurrentRun;
import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.chart.ForgettingView;
import craft.ui.forgetting.CellModel.Answer;
import craft.ui.forgetting.CellModel.Change;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import javafx.collections.FXCollections;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.ListView;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** The picture of the scores; the inspector has the answers of the cell that was clicked. */
public final class ForgettingScreen implements View {
    private final Words words = Words.of("run");
    private final WorkbenchModel workbench;
    private final StackPane root = new StackPane();
    private final VBox inspector = new VBox(2 * Looks.GRID);
    private final ForgettingView picture = new ForgettingView();
    private final Subscription subscriptions;
    private Subscription ofRun = Subscription.EMPTY;

    public ForgettingScreen(WorkbenchModel workbench, CellModel model) {
        this.workbench = workbench;
        inspector.getStyleClass().add("inspector-body");
        picture.onCellSelected(model::choose);
        VBox.setVgrow(picture.node(), Priority.ALWAYS);
        VBox content = new VBox(Looks.header(Words.of("shell").get("view.forgetting")), picture.node());
        content.getStyleClass().add("view");
        Node empty = Looks.empty(ViewId.FORGETTING.icon(), words.get("forgetting.title"), words.get("forgetting.text"),
                Looks.button(words.get("empty.recent"), ViewId.RUNS.icon(), () -> workbench.view().set(ViewId.RUNS)));
        subscriptions = workbench.shown().subscribe(run -> {
            ofRun.unsubscribe();
            root.getChildren().setAll(run == null ? empty : content);
            ofRun = run == null ? Subscription.EMPTY : run.revision().subscribe(revision -> picture.show(run.state()));
        }).and(model.cell().subscribe(this::inspect));
    }

    private void inspect(CellModel.Cell cell) {
        CurrentRun run = workbench.shown().get();
        if (cell == null || run == null) {
            inspector.getChildren().setAll(Looks.section(words.get("cell.how"),
                    Looks.paragraph(words.get("cell.how.text"))));
            return;
        }
        RunState state = run.state();
        String task = state.tasks().get(cell.task() - 1).name();
        String title = cell.after() == 0 ? words.get("cell.title.untrained", task)
                : words.get("cell.title", task, state.tasks().get(cell.after() - 1).name());
        GridPane facts = Looks.facts();
        state.evaluation(cell.after(), cell.task()).ifPresent(e -> {
            Score score = e.score();
            Looks.fact(facts, words.get("cell.score"), Numbers.percent(score.value())).getStyleClass()
                    .add("tabular");
            Looks.fact(facts, words.get("cell.majority"), Numbers.percent(score.majority())).getStyleClass()
                    .add("tabular");
            Looks.fact(facts, words.get("cell.rows"), Integer.toString(score.rows())).getStyleClass().add("tabular");
            if (cell.after() > cell.task()) {
                double change = score.value() - state.matrix().get(cell.task(), cell.task());
                Looks.fact(facts, words.get("cell.diagonal"), Numbers.points(change))
                        .getStyleClass().add("tabular");
            }
        });
        inspector.getChildren().setAll(Looks.section(words.get("cell"), Looks.paragraph(title, "strong"), facts));
        if (cell.failure() != null) {
            inspector.getChildren().add(Looks.paragraph(workbench.errors().sentence(cell.failure()), "error-text"));
        } else if (cell.answers() == null) {
            inspector.getChildren().add(Looks.loading(words.get("cell.loading")));
        } else if (cell.answers().isEmpty()) {
            inspector.getChildren().add(Looks.paragraph(words.get("cell.none"), "text-muted"));
        } else {
            if (cell.after() > cell.task()) {
                long lost = cell.count(Change.LOST);
                long gained = cell.count(Change.GAINED);
                inspector.getChildren().add(Looks.paragraph(lost + gained == 0 ? words.get("cell.same")
                        : words.get("cell.changed", lost, gained)));
            }
            ListView<Answer> list = new ListView<>(FXCollections.observableArrayList(cell.answers()));
            list.setId("answers");
            list.getStyleClass().add("answers");
            list.setCellFactory(l -> new AnswerCell());
            VBox.setVgrow(list, Priority.ALWAYS);
            inspector.getChildren().add(list);
        }
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public Node inspector() {
        return inspector;
    }

    @Override
    public void dispose() {
        ofRun.unsubscribe();
        subscriptions.unsubscribe();
    }

    /** Text above; expected and given answer below, with a sign for right, wrong, lost and gained. */
    private final class AnswerCell extends ListCell<Answer> {
        @Override
        protected void updateItem(Answer answer, boolean empty) {
            super.updateItem(answer, empty);
            if (empty || answer == null) {
                setGraphic(null);
                return;
            }
            boolean right = answer.now().score() >= 1;
            HBox head = new HBox(Looks.GRID, Looks.icon(right ? "mdi2c-check" : "mdi2c-close"),
                    Looks.label(Integer.toString(answer.now().row()), "text-muted", "tabular"));
            if (answer.change() != Change.SAME) {
                head.getChildren().add(Looks.label(words.get(answer.change() == Change.LOST ? "cell.lost"
                        : "cell.gained"),
                        "badge", answer.change() == Change.LOST ? "badge-lost" : "badge-gained"));
            }
            Label text = Looks.paragraph(shortened(answer.now().text()));
            VBox box = new VBox(2, head, text, line("cell.expected", answer.now().expected()),
                    line("cell.predicted", answer.now().predicted()));
            if (answer.change() != Change.SAME) {
                box.getChildren().add(line("cell.before", answer.before().predicted()));
            }
            box.prefWidthProperty().bind(getListView().widthProperty().subtract(32));
            box.setMaxWidth(USE_PREF_SIZE);
            setGraphic(box);
        }

        private Label line(String key, String value) {
            return Looks.paragraph(words.get(key) + ": " + shortened(value), "small-note");
        }

        private static String shortened(String text) {
            String flat = text.replaceAll("\\s+", " ").strip();
            return flat.length() > 160 ? flat.substring(0, 160) + "…" : flat;
        }
    }
}
