package craft.ui.model;

import craft.experiment.EngineOptions;
import craft.experiment.ModelCard;
import craft.experiment.Recipe;
import craft.ui.Looks;
import craft.ui.Newest;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import java.util.Map;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.TilePane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** The recipe's base model: what it is, where it is from, how to choose another. */
public final class ModelView implements View {
    private final Words words = Words.of("model");
    private final WorkbenchModel workbench;
    private final Newest newest;
    private final StackPane root = new StackPane();
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private final Subscription subscriptions;

    public ModelView(WorkbenchModel workbench) {
        this.workbench = workbench;
        this.newest = new Newest(workbench.work());
        inspector.getStyleClass().add("inspector-body");
        subscriptions = workbench.recipe().subscribe(r -> update()).and(workbench.modelCard().subscribe(c -> update()))
                .and(workbench.modelProblem().subscribe(p -> update()));
    }

    private void update() {
        Recipe recipe = workbench.recipe().get();
        ModelCard card = workbench.modelCard().get();
        Throwable problem = workbench.modelProblem().get();
        Node content;
        if (recipe == null) {
            content = Looks.empty(ViewId.MODEL.icon(), words.get("empty.title"), words.get("empty.text"));
        } else if (problem != null) {
            content = Looks.empty("mdi2a-alert-circle-outline", words.get("problem.title"), workbench.errors()
                    .sentence(problem),
                    chooseButton());
        } else {
            content = card == null ? Looks.loading(words.get("reading")) : cardNode(card);
        }
        root.getChildren().setAll(content);
        inspect(recipe, card);
    }

    private Button chooseButton() {
        Button choose = Looks.button(words.get("choose"), "mdi2f-folder-open-outline",
                () -> workbench.services().dialogs().chooseFolder(words.get("choose"))
                        .ifPresent(folder -> workbench.setRecipe(workbench.recipe().get()
                                .withModel(folder.toString()))));
        choose.setId("model-choose");
        return choose;
    }

    private Node cardNode(ModelCard card) {
        TilePane tiles = new TilePane(2 * Looks.GRID, 2 * Looks.GRID);
        tiles.setPrefColumns(4);
        tiles.setPrefTileWidth(168);
        tiles.setTileAlignment(javafx.geometry.Pos.TOP_LEFT);
        tile(tiles, "parameters", Numbers.compact(card.parameters()), Numbers.grouped(card.parameters()));
        tile(tiles, "layers", Integer.toString(card.layers()), "");
        tile(tiles, "width", Integer.toString(card.hiddenSize()), "");
        tile(tiles, "context", Numbers.grouped(card.context()), "");
        GridPane facts = Looks.facts();
        Looks.fact(facts, words.get("family"), card.family());
        Looks.fact(facts, words.get("heads"), words.get("heads.value", card.heads(), card.keyValueHeads()));
        Looks.fact(facts, words.get("vocabulary"), Numbers.grouped(card.vocabulary()));
        Looks.fact(facts, words.get("context"), words.get("context.value", Numbers.grouped(card.context())));
        Looks.fact(facts, words.get("dtype"), card.dtype());
        Looks.fact(facts, words.get("size"), Numbers.bytes(card.bytes()));
        memory(card, Looks.fact(facts, words.get("memory"), words.get("memory.reading")));
        VBox body = new VBox(3 * Looks.GRID, Looks.label(card.name(), "big-name"), tiles,
                Looks.section(words.get("facts"), facts),
                Looks.section(words.get("about"),
                        Looks.paragraph(card.about().isBlank() ? words.get("about.none") : card.about().strip())));
        if (!card.remarks().isEmpty()) {
            VBox remarks = new VBox(Looks.GRID);
            card.remarks().forEach(remark -> remarks.getChildren().add(Looks.paragraph(remark)));
            remarks.setId("model-remarks");
            body.getChildren().add(2, Looks.section(words.get("remarks"), remarks));
        }
        body.getStyleClass().addAll("page", "page-below");
        body.setMaxWidth(880);
        StackPane holder = new StackPane(body);
        holder.setAlignment(javafx.geometry.Pos.TOP_LEFT);
        VBox view = new VBox(Looks.header(words.get("title"), chooseButton()), Looks.scroll(holder));
        view.getStyleClass().add("view");
        return view;
    }

    /** What training with usual options needs, beside what there is: it is worked out from the model's files. */
    private void memory(ModelCard card, Label label) {
        EngineOptions engine = workbench.recipe().get().engine();
        newest.run(() -> workbench.services().inputs().memory(card, engine),
                need -> label.setText(words.get("memory.value", Numbers.bytes(need.needed()), Numbers.bytes(need.there()))),
                failure -> label.setText(workbench.errors().sentence(failure)));
    }

    private void tile(TilePane tiles, String key, String value, String exact) {
        VBox tile = new VBox(Looks.label(value, "tile-value"), Looks.label(words.get(key), "tile-name"));
        if (!exact.isEmpty()) {
            javafx.scene.control.Tooltip.install(tile, new javafx.scene.control.Tooltip(exact));
        }
        tile.getStyleClass().add("tile");
        tile.setMaxWidth(Double.MAX_VALUE);
        tiles.getChildren().add(tile);
    }

    private void inspect(Recipe recipe, ModelCard card) {
        inspector.getChildren().setAll(Looks.section(words.get("frozen"), Looks.paragraph(words.get("frozen.text"))));
        if (recipe != null) {
            GridPane sites = Looks.facts();
            Map<String, String> options = workbench.services().inputs().options(recipe);
            Looks.fact(sites, words.get("sites.layers"), options.getOrDefault("sites.layers", Numbers.NONE));
            Looks.fact(sites, words.get("sites.positions"), options.getOrDefault("sites.positions", Numbers.NONE));
            Looks.fact(sites, words.get("sites.rank"), options.getOrDefault("sites.rank", Numbers.NONE));
            inspector.getChildren().add(Looks.section(words.get("sites"), sites,
                    Looks.link(words.get("sites.edit"), () -> workbench.view().set(ViewId.METHOD))));
        }
        if (card != null) {
            inspector.getChildren().add(Looks.section(words.get("folder"),
                    Looks.path(() -> card.folder().toString(), words.get("copy"))));
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
        newest.forget();
        subscriptions.unsubscribe();
    }
}
