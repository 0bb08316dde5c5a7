package craft.ui.run;

import craft.experiment.AccuracyMatrix;
import craft.experiment.Metrics;
import craft.experiment.RunState;
import craft.ui.CurrentRun;
import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.chart.CurvesView;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** The run shown: its curves, and beside them its result and where it is from. */
public final class RunView implements View {
    private final Words words = Words.of("run");
    private final WorkbenchModel workbench;
    private final StackPane root = new StackPane();
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private final CurvesView curves = new CurvesView();
    private final HBox head = Looks.header("");
    private final Label name = (Label) head.getChildren().get(0);
    private final HBox otherLive;
    private final Subscription subscriptions;
    private Subscription ofRun = Subscription.EMPTY;
    private String inspected = "";
    private RunState.Status headStatus;

    public RunView(WorkbenchModel workbench) {
        this.workbench = workbench;
        inspector.getStyleClass().add("inspector-body");
        otherLive = new HBox(Looks.GRID, Looks.icon("mdi2i-information-outline"), Looks.label(words.get("live")),
                Looks.link(words.get("live.show"), workbench::showLive));
        otherLive.setAlignment(Pos.CENTER_LEFT);
        otherLive.getStyleClass().addAll("banner", "banner-info");
        VBox.setVgrow(curves.node(), Priority.ALWAYS);
        VBox content = new VBox(otherLive, head, curves.node());
        content.getStyleClass().add("view");

        Button run = Looks.button(words.get("run"), "mdi2p-play", workbench::start);
        run.getStyleClass().add("accent");
        run.disableProperty().bind(workbench.recipe().isNull().or(workbench.preparing()));
        Node empty = Looks.empty(ViewId.RUN.icon(), words.get("empty.title"), words.get("empty.text"), run,
                Looks.button(words.get("empty.recent"), ViewId.RUNS.icon(), () -> workbench.view().set(ViewId.RUNS)));

        subscriptions = workbench.shown().subscribe(shown -> {
            ofRun.unsubscribe();
            inspected = "";
            headStatus = null;
            root.getChildren().setAll(shown == null ? empty : content);
            if (shown == null) {
                inspector.getChildren().setAll(formula());
                return;
            }
            curves.budget(budget(shown));
            ofRun = shown.revision().subscribe(revision -> follow(shown));
            warnOfOther();
        }).and(workbench.live().subscribe(live -> warnOfOther()));
    }

    /** The forgetting budget of the run's method, 0 where it has none. */
    private double budget(CurrentRun run) {
        return Double.parseDouble(workbench.services().inputs().options(run.recipe())
                .getOrDefault("method.tuning.epsilon", "0"));
    }

    private void warnOfOther() {
        boolean other = workbench.live().get() != null && workbench.live().get() != workbench.shown().get();
        otherLive.setVisible(other);
        otherLive.setManaged(other);
    }

    private void follow(CurrentRun run) {
        curves.show(run.state());
        if (run.state().status() != headStatus) {
            headStatus = run.state().status();
            name.setText(run.recipe().name());
            head.getChildren().setAll(name, Looks.status(headStatus), Looks.spacer());
        }
        // the inspector's nodes are made anew only when something in it has changed, not at every step
        RunState s = run.state();
        String now = s.status() + " " + s.stopMarks().size() + " " + s.evaluations().size() + " " + s.notes().size();
        if (!now.equals(inspected)) {
            inspected = now;
            inspect(run);
        }
    }

    private void inspect(CurrentRun run) {
        RunState state = run.state();
        GridPane facts = Looks.facts();
        Looks.fact(facts, words.get("name"), run.recipe().name());
        Looks.fact(facts, words.get("model"), state.start().map(s -> s.model()).orElse(run.recipe().model()));
        state.start().ifPresent(s -> Looks.fact(facts, words.get("method"), s.method()));
        Looks.fact(facts, words.get("seed"), Long.toString(run.recipe().seed()));
        inspector.getChildren().clear();
        if (state.status() == RunState.Status.FINISHED || state.tasksFinished() > 0) {
            inspector.getChildren().add(Looks.section(words.get("result"), result(state)));
        }
        inspector.getChildren().add(Looks.section(words.get("provenance"), facts,
                Looks.path(() -> run.folder().toString(), words.get("copy"))));
        VBox stops = Looks.section(words.get("stops"));
        state.stopMarks().stream().filter(m -> !m.reason().isEmpty())
                .forEach(m -> stops.getChildren().add(Looks.paragraph(
                state.tasks().get(m.task() - 1).name() + ": "
                        + words.get("stop.line", reason(m.reason()), Integer.toString(m.runStep())))));
        if (stops.getChildren().size() == 1) {
            stops.getChildren().add(Looks.paragraph(words.get("stops.none"), "text-muted"));
        }
        inspector.getChildren().addAll(stops, formula());
        if (!state.notes().isEmpty() || !state.endReason().isEmpty()) {
            VBox notes = Looks.section(words.get("notes"));
            if (!state.endReason().isEmpty()) {
                notes.getChildren().add(Looks.paragraph(state.endReason()));
            }
            state.notes().forEach(n -> notes.getChildren().add(Looks.paragraph(n)));
            inspector.getChildren().add(notes);
        }
    }

    /** A stopping rule's name in words; that of a rule we have no words for as it is. */
    private String reason(String name) {
        return words.has("reason." + name) ? words.get("reason." + name) : name;
    }

    private GridPane result(RunState state) {
        AccuracyMatrix a = state.matrix();
        GridPane grid = Looks.facts();
        number(grid, "op", Numbers.percent(Metrics.overallPerformance(a)));
        number(grid, "forgetting", Numbers.percent(Metrics.forgetting(a)));
        number(grid, "bwt", Numbers.percentChange(Metrics.backwardTransfer(a)));
        number(grid, "fwt", Numbers.percentChange(Metrics.forwardTransfer(a)));
        number(grid, "la", Numbers.percent(Metrics.learningAccuracy(a)));
        number(grid, "groups", Integer.toString(state.groups()));
        state.finished().ifPresent(f -> {
            number(grid, "parameters", Numbers.grouped(f.trainedParameters()));
            number(grid, "time", Numbers.duration(f.seconds()));
            number(grid, "speed", words.get("speed.value", Numbers.compact(f.tokensPerSecond())));
        });
        return grid;
    }

    private void number(GridPane grid, String key, String value) {
        Label label = Looks.fact(grid, words.get(key), value);
        label.getStyleClass().add("tabular");
        label.setAlignment(Pos.TOP_RIGHT);
    }

    private Node formula() {
        return Looks.section(words.get("formula"), Looks.label(words.get("formula.loss"), "formula"),
                Looks.paragraph(words.get("formula.text"), "small-note"));
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
        ofRun.unsubscribe();
        subscriptions.unsubscribe();
    }
}
