package craft.ui.run;

import craft.experiment.AccuracyMatrix;
import craft.experiment.MethodFacts;
import craft.experiment.Metrics;
import craft.experiment.Recipe;
import craft.experiment.RunState;
import craft.ui.CurrentRun;
import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.chart.CurvesView;
import craft.ui.chart.Formula;
import craft.ui.text.EndReasons;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import java.util.List;
import javafx.beans.binding.Bindings;
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
    private static final double FORMULA_SIZE = 14;
    private static final double NOTE_SIZE = 12;

    private final Words words = Words.of("run");
    private final Words methodWords = Words.of("method");
    private final WorkbenchModel workbench;
    private final StackPane root = new StackPane();
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private final CurvesView curves = new CurvesView();
    private final HBox head = Looks.header("");
    private final Label name = (Label) head.getChildren().get(0);
    private final HBox otherLive;
    private final StackPane failure = new StackPane();
    private final WaitingPane waiting = new WaitingPane();
    private final Node noSteps = Looks.empty(ViewId.RUN.icon(), words.get("none.title"), words.get("none.text"));
    private final StackPane body = new StackPane();
    private final VBox content;
    private final Node empty;
    private final Node resume;
    private final Subscription subscriptions;
    private Subscription ofRun = Subscription.EMPTY;
    private String inspected = "";
    private RunState.Status headStatus;
    private CurrentRun failureOf;

    public RunView(WorkbenchModel workbench) {
        this.workbench = workbench;
        inspector.getStyleClass().add("inspector-body");
        otherLive = Looks.banner(false, words.get("live"), Looks.link(words.get("live.show"), workbench::showLive));
        failure.setId("run-failure");
        VBox.setVgrow(body, Priority.ALWAYS);
        content = new VBox(otherLive, failure, head, body);
        content.getStyleClass().add("view");

        Button resumeButton = Looks.button(words.get("resume"), "mdi2p-play-circle-outline", workbench::resume);
        resumeButton.setId("run-resume");
        resume = Looks.explain(resumeButton, Bindings.createStringBinding(this::whyNotResumed, workbench.live(),
                workbench.preparing()));

        Button run = Looks.button(words.get("run"), "mdi2p-play", workbench::start);
        run.getStyleClass().add("accent");
        run.disableProperty().bind(workbench.recipe().isNull().or(workbench.preparing()));
        empty = Looks.empty(ViewId.RUN.icon(), words.get("empty.title"), words.get("empty.text"), run,
                Looks.button(words.get("empty.recent"), ViewId.RUNS.icon(), () -> workbench.view().set(ViewId.RUNS)));

        subscriptions = workbench.shown().subscribe(this::show).and(workbench.live().subscribe(live -> arrange()))
                .and(workbench.preparing().subscribe(checking -> arrange()))
                .and(workbench.recipe().subscribe(recipe -> formulaOfRecipe()));
    }

    private void show(CurrentRun shown) {
        ofRun.unsubscribe();
        ofRun = Subscription.EMPTY;
        inspected = "";
        if (shown == null) {
            formulaOfRecipe();
            arrange();
        } else {
            MethodFacts method = MethodFacts.of(shown.recipe());
            curves.budget(method.budget());
            curves.measuresDivergence(method.measuresDivergence());
            ofRun = shown.revision().subscribe(revision -> follow(shown));
        }
    }

    /** What of the view is to be seen: nothing yet, what is waited for, or the curves; and messages above. */
    private void arrange() {
        CurrentRun shown = workbench.shown().get();
        boolean checking = workbench.preparing().get();
        boolean live = shown != null && shown == workbench.live().get();
        set(root, shown == null && !checking ? empty : content);

        boolean other = workbench.live().get() != null && !live;
        otherLive.setVisible(other);
        otherLive.setManaged(other);
        boolean failed = shown != null && !checking && shown.state().status() == RunState.Status.FAILED;
        failure.setManaged(failed);
        failure.setVisible(failed);
        if (failed && failureOf != shown) {
            failureOf = shown;
            set(failure, failed(shown.state()));
        }
        if (checking) {
            head(workbench.recipe().get().name(), null);
            waiting.checking();
            set(body, waiting);
        } else if (shown != null) {
            RunState state = shown.state();
            head(shown.recipe().name(), live && state.status() == RunState.Status.NEW ? RunState.Status.RUNNING
                    : state.status());
            boolean waits = live && state.steps().isEmpty();
            if (waits) {
                waiting.follow(state);
            }
            set(body, waits ? waiting : state.steps().isEmpty() ? noSteps : curves.node());
        }
    }

    /** Replaces a pane's only child, unless it is there already: taking it out would lose focus and layout. */
    private static void set(StackPane pane, Node child) {
        if (pane.getChildren().size() != 1 || pane.getChildren().get(0) != child) {
            pane.getChildren().setAll(child);
        }
    }

    private Node failed(RunState state) {
        String text = words.get("failed.title") + ". " + EndReasons.inWords(state);
        return state.diagnostics().isEmpty() ? Looks.banner(true, text)
                : Looks.banner(true, text, Looks.copyDiagnostics(state.diagnostics()));
    }

    /** Empty when the run shown can be resumed. */
    private String whyNotResumed() {
        return workbench.live().get() != null ? words.get("resume.blocked.live")
                : workbench.preparing().get() ? words.get("resume.blocked.preparing") : "";
    }

    private void head(String title, RunState.Status status) {
        name.setText(title);
        if (status == null) {
            head.getChildren().setAll(name);
        } else if (status != headStatus) {
            head.getChildren().setAll(name, Looks.status(status), Looks.spacer());
            if (status == RunState.Status.INTERRUPTED || status == RunState.Status.FAILED) {
                head.getChildren().add(resume);
            }
        }
        headStatus = status;
    }

    private void follow(CurrentRun run) {
        curves.show(run.state());
        arrange();
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
        inspector.getChildren().addAll(stops, formula(run.recipe()));
        if (!state.notes().isEmpty() || state.status() == RunState.Status.INTERRUPTED) {
            VBox notes = Looks.section(words.get("notes"));
            if (!state.endReason().isEmpty()) {
                notes.getChildren().add(Looks.paragraph(EndReasons.inWords(state)));
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

    /** While no run is shown: what the next one will make small. */
    private void formulaOfRecipe() {
        Recipe next = workbench.recipe().get();
        if (workbench.shown().get() == null) {
            inspector.getChildren().setAll(next == null ? List.of() : List.of(formula(next)));
        }
    }

    private Node formula(Recipe recipe) {
        MethodFacts method = MethodFacts.of(recipe);
        VBox lines = new VBox(Looks.GRID / 2);
        lines.setId("run-formula");
        lines.getStyleClass().add("formula");
        method.formula().forEach(line -> lines.getChildren().add(new Formula(line, FORMULA_SIZE, false)));
        Formula meaning = new Formula(methodWords.get("objective." + method.type()), NOTE_SIZE, true);
        meaning.setId("run-objective");
        meaning.setLineSpacing(2);
        return Looks.section(words.get("formula"), lines, meaning);
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
