package craft.ui;

import craft.experiment.ModelCard;
import craft.experiment.Recipe;
import craft.experiment.RunState;
import craft.ui.forgetting.CellModel;
import craft.ui.forgetting.ForgettingScreen;
import craft.ui.method.MethodModel;
import craft.ui.method.MethodView;
import craft.ui.model.ModelView;
import craft.ui.routing.RoutingScreen;
import craft.ui.run.RunView;
import craft.ui.runs.ExportDialog;
import craft.ui.runs.RunsModel;
import craft.ui.runs.RunsView;
import craft.ui.start.StartView;
import craft.ui.tasks.TasksModel;
import craft.ui.tasks.TasksView;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javafx.animation.Animation;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.application.Platform;
import javafx.collections.ListChangeListener;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Separator;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import javafx.util.Subscription;

/**
 * The frame around the views: bars above and below, navigation on the left, inspector on the right. A change of
 * language builds all of it anew from the models, which stay.
 */
public final class WorkbenchWindow {
    private final WorkbenchModel model;
    private final TasksModel tasksModel;
    private final MethodModel methodModel;
    private final RunsModel runsModel;
    private final CellModel cellModel;
    private final StackPane root = new StackPane();
    private final Timeline memoryClock = new Timeline();
    private final Map<ViewId, View> views = new EnumMap<>(ViewId.class);
    private final Map<ViewId, ToggleButton> navigation = new EnumMap<>(ViewId.class);
    private final StackPane centre = new StackPane();
    private final StackPane inspectorContent = new StackPane();
    private final VBox banners = new VBox();
    private final Words words = Words.of("shell");
    private final Subscription language;
    private Subscription subscriptions = Subscription.EMPTY;
    private CurrentRun stopping;
    private Subscription runSubscription = Subscription.EMPTY;

    /** Builds the window for the model; it has to be on the JavaFX thread. */
    public WorkbenchWindow(WorkbenchModel model) {
        this.model = model;
        this.tasksModel = new TasksModel(model);
        this.methodModel = new MethodModel(model);
        this.runsModel = new RunsModel(model);
        this.cellModel = new CellModel(model);
        root.getStyleClass().add("workbench");
        build();
        language = Words.language().subscribe((was, is) -> build());
    }

    /** The window is gone: it stops listening to what outlives it. */
    void dispose() {
        language.unsubscribe();
        memoryClock.stop();
        subscriptions.unsubscribe();
        runSubscription.unsubscribe();
        views.values().forEach(View::dispose);
    }

    /** A scene with our style and keys. */
    public Scene scene(double width, double height) {
        Scene scene = new Scene(root, width, height);
        scene.getStylesheets().add(Looks.styleSheet());
        key(scene, "Shortcut+Enter", model::start);
        key(scene, "Shortcut+Period", this::askToStop);
        key(scene, "Shortcut+E", this::export);
        for (ViewId id : ViewId.values()) {
            key(scene, "Shortcut+" + (id.ordinal() + 1), () -> model.view().set(id));
        }
        return scene;
    }

    private static void key(Scene scene, String keys, Runnable action) {
        scene.getAccelerators().put(KeyCombination.valueOf(keys), action);
    }

    public WorkbenchModel model() {
        return model;
    }

    TasksModel tasks() {
        return tasksModel;
    }

    /** The cell whose answers the forgetting view's inspector shows. */
    CellModel cells() {
        return cellModel;
    }

    // --- building ---------------------------------------------------------------------------------------------

    private void build() {
        subscriptions.unsubscribe();
        runSubscription.unsubscribe();
        subscriptions = Subscription.EMPTY;
        views.values().forEach(View::dispose);
        views.clear();
        navigation.clear();

        views.put(ViewId.START, new StartView(model, runsModel));
        views.put(ViewId.MODEL, new ModelView(model));
        views.put(ViewId.TASKS, new TasksView(model, tasksModel));
        views.put(ViewId.METHOD, new MethodView(model, methodModel));
        views.put(ViewId.RUN, new RunView(model));
        views.put(ViewId.ROUTING, new RoutingScreen(model));
        views.put(ViewId.FORGETTING, new ForgettingScreen(model, cellModel));
        views.put(ViewId.RUNS, new RunsView(model, runsModel, this::exportRun));

        BorderPane frame = new BorderPane();
        frame.setTop(topBar());
        frame.setLeft(navigationBar());
        centre.getStyleClass().setAll("centre");
        VBox.setVgrow(centre, Priority.ALWAYS);
        frame.setCenter(new VBox(banners, centre));
        frame.setRight(inspector());
        frame.setBottom(statusBar());
        root.getChildren().setAll(frame);

        also(model.view().subscribe(this::showView));
        ListChangeListener<Message> onMessages = change -> showBanners();
        model.errors().messages().addListener(onMessages);
        also(() -> model.errors().messages().removeListener(onMessages));
        showBanners();
    }

    private void also(Subscription subscription) {
        subscriptions = subscriptions.and(subscription);
    }

    private void showView(ViewId id) {
        View view = views.get(id);
        centre.getChildren().setAll(view.node());
        inspectorContent.getChildren().setAll(view.inspector());
        navigation.get(id).setSelected(true);
        view.shown();
    }

    private Node topBar() {
        HBox bar = new HBox(Looks.GRID);
        bar.getStyleClass().add("top-bar");
        bar.setAlignment(Pos.CENTER_LEFT);

        MenuButton experiment = Looks.tellWhole(new MenuButton());
        experiment.setId("experiment");
        experiment.getStyleClass().addAll("flat", "experiment-name");
        experiment.setMinWidth(120);
        MenuItem open = new MenuItem(words.get("recipe.open"), Looks.icon("mdi2f-folder-open-outline"));
        open.setOnAction(e -> model.services().dialogs().chooseRecipe(words.get("recipe.open"))
                .ifPresent(model::openRecipe));
        MenuItem quickstart = new MenuItem(words.get("recipe.quickstart"), Looks.icon("mdi2r-rocket-launch-outline"));
        quickstart.setOnAction(e -> model.openQuickstart());
        experiment.getItems().addAll(quickstart, open);
        Label modelChip = Looks.label("", "chip");
        modelChip.setId("model-chip");
        modelChip.setGraphic(Looks.icon(ViewId.MODEL.icon()));
        modelChip.setOnMouseClicked(e -> model.view().set(ViewId.MODEL));
        Runnable name = () -> experiment.setText(model.recipe().get() != null ? model.recipe().get().name()
                : words.get(model.opening().get() ? "recipe.opening" : "recipe.none"));
        also(model.recipe().subscribe(recipe -> name.run()));
        also(model.opening().subscribe(opening -> name.run()));
        Runnable chip = () -> {
            modelChip.setText(modelChip(model.recipe().get(), model.modelCard().get(), model.modelProblem()
                    .get() != null));
            modelChip.setManaged(model.recipe().get() != null);
            modelChip.setVisible(model.recipe().get() != null);
        };
        also(model.modelCard().subscribe(card -> chip.run()));
        also(model.modelProblem().subscribe(problem -> chip.run()));
        also(model.recipe().subscribe(recipe -> chip.run()));
        Label device = Looks.label("CPU", "chip");
        device.setGraphic(Looks.icon("mdi2c-chip"));
        device.setTooltip(new Tooltip(words.get("device.cpu")));

        bar.getChildren().addAll(experiment, modelChip, device, Looks.spacer(), runButton(), pauseButton(),
                stopButton(),
                new Separator(Orientation.VERTICAL), languageMenu(), themeButton());
        return bar;
    }

    private String modelChip(Recipe recipe, ModelCard card, boolean problem) {
        if (card != null) {
            return card.name() + " · " + card.family().replaceAll("ForCausalLM$", "") + " "
                    + Numbers.compact(card.parameters()) + " · " + card.dtype();
        }
        return recipe == null ? "" : problem ? words.get("model.problem") : words.get("model.reading");
    }

    private Node runButton() {
        Button run = Looks.button(words.get("run"), "mdi2p-play", model::start);
        run.setId("run");
        run.getStyleClass().add("accent");
        var reason = new javafx.beans.property.SimpleStringProperty("");
        Runnable update = () -> reason.set(runBlocked());
        also(model.live().subscribe(r -> update.run()));
        also(model.preparing().subscribe(p -> update.run()));
        also(model.recipe().subscribe(r -> update.run()));
        run.setTooltip(new Tooltip(words.get("run.tip")));
        return Looks.explain(run, reason);
    }

    private String runBlocked() {
        if (model.live().get() != null) {
            return words.get("run.blocked.live");
        }
        if (model.preparing().get()) {
            return words.get("run.blocked.preparing");
        }
        if (model.recipe().get() == null) {
            return words.get("run.blocked.recipe");
        }
        return model.recipe().get().tasks().isEmpty() ? words.get("run.blocked.tasks") : "";
    }

    private Node pauseButton() {
        Button pause = Looks.button(words.get("pause"), "mdi2p-pause", model::togglePause);
        pause.setId("pause");
        Runnable label = () -> {
            boolean paused = model.live().get() != null && model.live().get().state()
                    .status() == RunState.Status.PAUSED;
            pause.setText(words.get(paused ? "continue" : "pause"));
            pause.setGraphic(Looks.icon(paused ? "mdi2p-play" : "mdi2p-pause"));
        };
        also(model.live().subscribe(run -> {
            runSubscription.unsubscribe();
            runSubscription = run == null ? Subscription.EMPTY : run.revision().subscribe(r -> label.run());
            label.run();
        }));
        return Looks.explain(pause, model.live().map(r -> "").orElse(words.get("nothing.running")));
    }

    private Node stopButton() {
        Button stop = Looks.button(words.get("stop"), "mdi2s-stop", this::askToStop);
        stop.setId("stop");
        stop.setTooltip(new Tooltip(words.get("stop.tip")));
        return Looks.explain(stop, model.live().map(r -> "").orElse(words.get("nothing.running")));
    }

    private Node languageMenu() {
        ToggleGroup group = new ToggleGroup();
        HBox box = new HBox();
        for (Locale language : Words.LANGUAGES) {
            ToggleButton button = new ToggleButton(language.equals(Locale.KOREAN) ? "한국어" : "English");
            button.setId("language-" + language.getLanguage());
            button.getStyleClass().addAll("small", box.getChildren().isEmpty() ? "left-pill" : "right-pill");
            button.setMinWidth(Region.USE_PREF_SIZE);
            button.setToggleGroup(group);
            button.setSelected(language.equals(Words.language().get()));
            button.setOnAction(e -> {
                model.services().settings().language(language);
                // after this click has been dealt with: the button itself goes away
                Platform.runLater(() -> Words.use(language));
                button.setSelected(true);
            });
            box.getChildren().add(button);
        }
        box.setAlignment(Pos.CENTER);
        return box;
    }

    private Node themeButton() {
        Button theme = Looks.iconButton(words.get("theme"), "mdi2t-theme-light-dark", () -> {
            Theme.use(!Theme.dark().get());
            model.services().settings().dark(Theme.dark().get());
        });
        theme.setId("theme");
        return theme;
    }

    private Node navigationBar() {
        VBox bar = new VBox(2);
        bar.getStyleClass().add("navigation");
        ToggleGroup group = new ToggleGroup();
        for (ViewId id : ViewId.values()) {
            ToggleButton button = new ToggleButton(words.get("view." + id.id()), Looks.icon(id.icon()));
            button.setId("nav-" + id.id());
            button.setMaxWidth(Double.MAX_VALUE);
            button.setToggleGroup(group);
            button.setTooltip(new Tooltip("Ctrl+" + (id.ordinal() + 1)));
            button.setOnAction(e -> {
                button.setSelected(true); // the chosen one stays chosen when clicked again
                model.view().set(id);
            });
            navigation.put(id, button);
            bar.getChildren().add(button);
        }
        return bar;
    }

    private Node inspector() {
        boolean open = model.services().settings().inspectorOpen();
        Button fold = Looks.iconButton(words.get("inspector.fold"), "mdi2c-chevron-right", () -> { });
        fold.setId("inspector-fold");
        HBox head = new HBox(Looks.label(words.get("inspector"), "inspector-title"), Looks.spacer(), fold);
        head.setAlignment(Pos.CENTER_LEFT);
        head.getStyleClass().add("inspector-head");
        VBox.setVgrow(inspectorContent, Priority.ALWAYS);
        VBox full = new VBox(head, inspectorContent);
        full.getStyleClass().add("inspector");
        Button unfold = Looks.iconButton(words.get("inspector.unfold"), "mdi2c-chevron-left", () -> { });
        unfold.setId("inspector-unfold");
        VBox strip = new VBox(unfold);
        strip.getStyleClass().add("inspector-strip");
        StackPane side = new StackPane(open ? full : strip);
        fold.setOnAction(e -> {
            side.getChildren().setAll(strip);
            model.services().settings().inspectorOpen(false);
        });
        unfold.setOnAction(e -> {
            side.getChildren().setAll(full);
            model.services().settings().inspectorOpen(true);
        });
        return side;
    }

    private Node statusBar() {
        HBox parts = new HBox();
        parts.setId("status");
        parts.setAlignment(Pos.CENTER_LEFT);
        parts.setMinWidth(0);
        ProgressBar progress = new ProgressBar(0);
        progress.setPrefWidth(120);
        progress.setMinWidth(120);
        Label memory = Looks.label("", "tabular");
        memory.setMinWidth(Region.USE_PREF_SIZE);
        memory.setTooltip(new Tooltip(words.get("memory.tip")));
        HBox bar = new HBox(2 * Looks.GRID, parts, Looks.spacer(), progress, memory);
        bar.setAlignment(Pos.CENTER_LEFT);
        bar.getStyleClass().add("bottom-bar");

        Runnable update = () -> {
            boolean live = model.live().get() != null;
            boolean checking = model.preparing().get();
            CurrentRun run = live ? model.live().get() : model.shown().get();
            setParts(parts, checking ? List.of(words.get("line.preparing"))
                    : run == null ? List.of(words.get("line.ready")) : StatusLine.parts(run.state(), live));
            progress.setVisible(live || checking);
            progress.setProgress(checking ? ProgressBar.INDETERMINATE_PROGRESS : live ? StatusLine.progress(run.state())
                    : 0);
        };
        Subscription[] ofRun = {Subscription.EMPTY, Subscription.EMPTY};
        also(model.live().subscribe(run -> {
            ofRun[0].unsubscribe();
            ofRun[0] = run == null ? Subscription.EMPTY : run.revision().subscribe(r -> update.run());
            update.run();
        }));
        also(model.shown().subscribe(run -> {
            ofRun[1].unsubscribe();
            ofRun[1] = run == null ? Subscription.EMPTY : run.revision().subscribe(r -> update.run());
            update.run();
        }));
        also(model.preparing().subscribe(p -> update.run()));
        also(() -> {
            ofRun[0].unsubscribe();
            ofRun[1].unsubscribe();
        });

        Runnable measure = () -> model.work().run(Memory::used, bytes ->
                memory.setText(words.get("memory", Numbers.bytes(bytes))));
        memoryClock.stop();
        memoryClock.getKeyFrames().setAll(new KeyFrame(Duration.seconds(2), e -> measure.run()));
        memoryClock.setCycleCount(Animation.INDEFINITE);
        memoryClock.play();
        measure.run();
        return bar;
    }

    /** Changes labels in place, so that a line that changes 25 times a second makes no garbage of nodes. */
    private static void setParts(HBox box, List<String> texts) {
        List<Node> labels = box.getChildren();
        for (int i = 0; i < texts.size(); i++) {
            if (i == labels.size()) {
                labels.add(Looks.tellWhole(Looks.label("", "tabular", "status-part", i == 0 ? "first" : "next")));
            }
            ((Label) labels.get(i)).setText(texts.get(i));
        }
        while (labels.size() > texts.size()) {
            labels.remove(labels.size() - 1);
        }
    }

    private void showBanners() {
        List<Node> nodes = new ArrayList<>();
        for (Message message : model.errors().messages()) {
            Button close = Looks.iconButton(words.get("close"), "mdi2c-close", () -> model.errors().dismiss(message));
            boolean error = message.kind() == Message.Kind.ERROR;
            nodes.add(message.diagnostics().isEmpty() ? Looks.banner(error, message.text(), close)
                    : Looks.banner(error, message.text(), Looks.copyDiagnostics(message.diagnostics()), close));
        }
        banners.getChildren().setAll(nodes);
    }

    // --- commands ---------------------------------------------------------------------------------------------

    /** Asked a second time of the same run, it offers not to wait for the step. */
    private void askToStop() {
        CurrentRun run = model.live().get();
        if (run == null) {
            return;
        }
        if (run == stopping) {
            if (model.services().dialogs().confirm(words.get("stop.now.title"), words.get("stop.now.text"),
                    words.get("stop.now.confirm"), words.get("stop.now.refuse"))) {
                model.stopNow();
            }
        } else if (model.services().dialogs().confirm(words.get("stop.title"), words.get("stop.text"),
                words.get("stop.confirm"), words.get("stop.refuse"))) {
            stopping = run;
            model.stop();
        }
    }

    /** Ctrl+E: the run chosen in the list, or else the one shown. */
    private void export() {
        if (model.view().get() == ViewId.RUNS && runsModel.selected().get() != null) {
            exportRun(runsModel.selected().get().folder());
        } else if (model.shown().get() != null && model.shown().get().exportable()) {
            exportRun(model.shown().get().folder());
        } else {
            model.errors().say(words.get("export.nothing"));
        }
    }

    private void exportRun(Path folder) {
        new ExportDialog(model, folder).show(root.getScene().getWindow());
    }

    /**
     * The user wants to close the window. A live run is stopped after its step if they agree.
     *
     * @param exit ends the program; called once nothing runs any more, or never
     */
    public void close(Runnable exit) {
        if (model.live().get() == null) {
            exit.run();
        } else if (model.services().dialogs().confirm(words.get("close.title"), words.get("close.text"),
                words.get("close.confirm"), words.get("close.refuse"))) {
            model.stopAndThen(exit);
        }
    }
}
