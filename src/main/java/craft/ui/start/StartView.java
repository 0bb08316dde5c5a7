package craft.ui.start;

import craft.experiment.Recipe;
import craft.store.RunSummary;
import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.runs.RunsModel;
import craft.ui.runs.RunsView;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.List;
import javafx.collections.ListChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** Where one begins: the quickstart, other samples, recent runs. */
public final class StartView implements View {
    private static final int RECENT = 5;

    private final Words words = Words.of("start");
    private final WorkbenchModel workbench;
    private final RunsModel runs;
    private final FlowPane samples = new FlowPane(Looks.GRID, Looks.GRID);
    private final VBox recent = new VBox();
    private final Node root;
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private Subscription subscriptions = Subscription.EMPTY;

    public StartView(WorkbenchModel workbench, RunsModel runs) {
        this.workbench = workbench;
        this.runs = runs;
        Button quickstart = Looks.button(words.get("quickstart"), "mdi2r-rocket-launch-outline",
                workbench::openQuickstart);
        quickstart.setId("quickstart");
        Button open = Looks.button(words.get("open.recipe"), "mdi2f-folder-open-outline", () -> workbench.services()
                .dialogs()
                .chooseRecipe(words.get("open.recipe")).ifPresent(workbench::openRecipe));
        HBox begin = new HBox(Looks.GRID, quickstart, open);
        Label lead = Looks.paragraph(words.get("lead"), "lead");
        recent.getStyleClass().add("list-box");
        VBox page = new VBox(4 * Looks.GRID, new VBox(Looks.GRID, Looks.label(words.get("title"), "big-name"), lead),
                begin,
                Looks.section(words.get("samples"), samples), Looks.section(words.get("recent"), recent));
        page.getStyleClass().add("page");
        page.setMaxWidth(720);
        HBox centred = new HBox(page);
        HBox.setHgrow(page, Priority.ALWAYS);
        centred.setAlignment(Pos.TOP_CENTER);
        VBox view = new VBox(Looks.scroll(centred));
        view.getStyleClass().add("view");
        root = view;
        inspector.getStyleClass().add("inspector-body");

        readSamples();
        ListChangeListener<RunSummary> onRuns = change -> showRecent();
        runs.runs().addListener(onRuns);
        subscriptions = subscriptions.and(() -> runs.runs().removeListener(onRuns))
                .and(workbench.recipe().subscribe(recipe -> {
                    inspect(recipe);
                    // once a recipe is open the next step is Run, and only one button calls for attention
                    quickstart.getStyleClass().remove("accent");
                    if (recipe == null) {
                        quickstart.getStyleClass().add("accent");
                    }
                }));
        showRecent();
    }

    private void readSamples() {
        workbench.work().run(() -> workbench.services().inputs().samples(), found -> {
            if (found.isEmpty()) {
                samples.getChildren().setAll(Looks.label(words.get("samples.none"), "text-muted"));
                return;
            }
            samples.getChildren().clear();
            for (Path folder : found) {
                Button sample = Looks.button(String.valueOf(folder.getFileName()), "mdi2f-folder-outline",
                        () -> workbench.openRecipe(folder));
                samples.getChildren().add(sample);
            }
        }, failure -> samples.getChildren().setAll(Looks.paragraph(workbench.errors().sentence(failure),
                "error-text")));
    }

    private void showRecent() {
        recent.getChildren().clear();
        List<RunSummary> newest = runs.runs().stream().limit(RECENT).toList();
        if (newest.isEmpty()) {
            recent.getChildren().add(Looks.paragraph(words.get("recent.none"), "text-muted"));
            return;
        }
        for (RunSummary run : newest) {
            Label name = Looks.tellWhole(Looks.label(run.name(), "strong"));
            Label when = Looks.label(RunsModel.time(run.startedAt()), "text-muted", "tabular");
            Label tasks = Looks.label(words.get("tasks.finished", run.tasksFinished(), run.tasks()), "text-muted",
                    "tabular");
            tasks.setMinWidth(80);
            when.setMinWidth(Region.USE_PREF_SIZE);
            HBox.setHgrow(name, Priority.SOMETIMES);
            Label status = RunsView.status(run);
            status.setMinWidth(112);
            HBox line = new HBox(2 * Looks.GRID, name, Looks.spacer(), tasks, status, when);
            line.setAlignment(Pos.CENTER_LEFT);
            Button row = new Button(null, line);
            row.getStyleClass().addAll("flat", "list-row");
            row.setMaxWidth(Double.MAX_VALUE);
            line.prefWidthProperty().bind(row.widthProperty().subtract(2 * Looks.GRID));
            row.setAccessibleText(run.name());
            row.setOnAction(e -> workbench.openRun(run.folder()));
            recent.getChildren().add(row);
        }
        recent.getChildren().add(Looks.link(words.get("recent.all"), () -> workbench.view().set(ViewId.RUNS)));
    }

    private void inspect(Recipe recipe) {
        inspector.getChildren().clear();
        if (recipe == null) {
            inspector.getChildren().add(Looks.section(words.get("recipe"),
                    Looks.paragraph(words.get("recipe.none"), "text-muted")));
        } else {
            GridPane facts = Looks.facts();
            Looks.fact(facts, words.get("recipe.model"), recipe.model().replaceFirst("^bundled:", ""));
            Looks.fact(facts, words.get("recipe.tasks"), words.get("tasks.count", recipe.tasks().size()));
            Looks.fact(facts, words.get("recipe.seed"), Long.toString(recipe.seed()));
            VBox box = Looks.section(words.get("recipe"), Looks.label(recipe.name(), "strong"));
            if (!recipe.description().isBlank()) {
                box.getChildren().add(Looks.paragraph(recipe.description()));
            }
            box.getChildren().add(facts);
            inspector.getChildren().add(box);
        }
        GridPane steps = Looks.facts();
        for (int i = 1; i <= 3; i++) {
            Looks.fact(steps, i + ".", words.get("next." + i));
        }
        inspector.getChildren().add(Looks.section(words.get("next"), steps));
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
        runs.refresh();
    }

    @Override
    public void dispose() {
        subscriptions.unsubscribe();
    }
}
