package craft.ui.method;

import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.text.Words;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javafx.collections.ListChangeListener;
import javafx.collections.MapChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Control;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.TextField;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import javafx.util.Subscription;

/** Every option of the recipe, grouped by stage, with its meaning, its default and what was wrong with a value. */
public final class MethodView implements View {
    private static final double EDITOR_WIDTH = 176;
    private static final double RIGHT_WIDTH = 152;

    private final Words words = Words.of("method");
    private final MethodModel model;
    private final StackPane root = new StackPane();
    private final VBox groups = new VBox(3 * Looks.GRID);
    private final Map<String, Row> rows = new HashMap<>();
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private Subscription subscriptions = Subscription.EMPTY;

    public MethodView(WorkbenchModel workbench, MethodModel model) {
        this.model = model;
        inspector.getStyleClass().add("inspector-body");
        TextField filter = new TextField();
        filter.setId("option-filter");
        filter.setPromptText(words.get("filter"));
        filter.setPrefWidth(200);
        filter.textProperty().bindBidirectional(model.filter());
        MenuButton presets = new MenuButton(words.get("presets"));
        presets.setId("presets");
        presets.setMinWidth(Region.USE_PREF_SIZE);
        presets.getItems().addAll(item(words.get("preset.craft"), model::useCraft),
                item(words.get("preset.sequential"), model::useSequential));

        groups.getStyleClass().addAll("page", "page-below");
        groups.setMaxWidth(920);
        StackPane holder = new StackPane(groups);
        holder.setAlignment(Pos.TOP_LEFT);
        VBox content = new VBox(Looks.header(words.get("title"), filter, presets), Looks.scroll(holder));
        content.getStyleClass().add("view");
        Node empty = Looks.empty(ViewId.METHOD.icon(), words.get("empty.title"), words.get("empty.text"),
                Looks.button(words.get("quickstart"), "mdi2r-rocket-launch-outline", workbench::openQuickstart));

        ListChangeListener<Option> onOptions = change -> follow(content, empty);
        model.options().addListener(onOptions);
        MapChangeListener<String, String> onProblems = change -> tellProblem(change.getKey());
        model.problems().addListener(onProblems);
        subscriptions = subscriptions.and(() -> model.options().removeListener(onOptions))
                .and(() -> model.problems().removeListener(onProblems))
                .and(model.filter().subscribe(f -> filter()))
                .and(model.selected().subscribe(this::inspect));
        follow(content, empty);
    }

    private static MenuItem item(String text, Runnable action) {
        MenuItem item = new MenuItem(text);
        item.setOnAction(e -> action.run());
        return item;
    }

    /** Changes rows in place where the options are the same ones, so that the focus stays where the user is. */
    private void follow(Node content, Node empty) {
        root.getChildren().setAll(model.options().isEmpty() ? empty : content);
        boolean same = rows.size() == model.options().size()
                && model.options().stream().allMatch(o -> rows.containsKey(o.path()));
        if (!same) {
            build();
        }
        model.options().forEach(o -> rows.get(o.path()).show(o));
        filter();
    }

    private void build() {
        rows.clear();
        groups.getChildren().clear();
        String group = null;
        VBox box = null;
        for (Option option : model.options()) {
            if (!option.group().equals(group)) {
                group = option.group();
                box = new VBox();
                box.getStyleClass().add("option-group");
                groups.getChildren().add(new VBox(Looks.GRID, Looks.label(groupName(group), "section-title"), box));
            }
            Row row = new Row(option);
            if (box.getChildren().isEmpty()) {
                row.getStyleClass().add("first");
            }
            rows.put(option.path(), row);
            box.getChildren().add(row);
            row.tell(model.problems().get(option.path()));
        }
    }

    private void filter() {
        String wanted = model.filter().get().strip().toLowerCase(Locale.ROOT);
        rows.values().forEach(row -> {
            boolean visible = wanted.isEmpty() || row.text.contains(wanted);
            row.setVisible(visible);
            row.setManaged(visible);
        });
        for (Node group : groups.getChildren()) {
            boolean any = ((VBox) ((VBox) group).getChildren().get(1)).getChildren().stream().anyMatch(Node::isVisible);
            group.setVisible(any);
            group.setManaged(any);
        }
    }

    private void tellProblem(String path) {
        if (rows.containsKey(path)) {
            rows.get(path).tell(model.problems().get(path));
        }
    }

    private String groupName(String group) {
        return words.has("group." + group) ? words.get("group." + group) : group;
    }

    private String name(String path) {
        return words.has("name." + path) ? words.get("name." + path) : path.substring(path.lastIndexOf('.') + 1);
    }

    private String description(String path) {
        return words.has("about." + path) ? words.get("about." + path) : "";
    }

    private String valueName(String value) {
        return words.has("value." + value) ? words.get("value." + value) : value;
    }

    private void inspect(Option option) {
        inspector.getChildren().clear();
        if (option == null) {
            inspector.getChildren().add(Looks.section(words.get("title"), Looks.paragraph(words.get("how"))));
            return;
        }
        GridPane facts = Looks.facts();
        Looks.fact(facts, words.get("value"), valueName(option.value()));
        Looks.fact(facts, words.get("default"), valueName(option.standard()));
        Looks.fact(facts, words.get("path"), option.path());
        Looks.fact(facts, words.get("command"), "--set " + option.path() + "=" + option.value());
        inspector.getChildren().addAll(
                Looks.section(name(option.path()), Looks.paragraph(description(option.path())), facts));
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
        rows.clear();
        subscriptions.unsubscribe();
    }

    /** One option: name and meaning on the left, editor and default on the right, the problem below. */
    private final class Row extends VBox {
        private final String path;
        private final String text;
        private final Control editor;
        private final Label standard = Looks.label("", "small-note");
        private final Button reset;
        private final Label problem = Looks.paragraph("", "error-text");
        private Option option;
        private boolean showing;

        Row(Option option) {
            this.path = option.path();
            this.option = option;
            this.text = (path + ' ' + name(path) + ' ' + description(path)).toLowerCase(Locale.ROOT);
            getStyleClass().add("option-row");
            editor = editor(option);
            editor.setId("option-" + path.replace('.', '-'));
            editor.setPrefWidth(path.equals("name") || path.equals("description") ? EDITOR_WIDTH + 2 * Looks.GRID
                    + RIGHT_WIDTH : EDITOR_WIDTH);
            editor.setMinWidth(EDITOR_WIDTH);
            editor.setAccessibleText(name(path));
            editor.focusedProperty().subscribe((was, focused) -> {
                if (focused) {
                    model.select(this.option);
                }
            });
            reset = Looks.iconButton(words.get("reset"), "mdi2b-backup-restore", () -> model.reset(this.option));
            VBox left = new VBox(Looks.label(name(path), "option-name"),
                    Looks.paragraph(description(path), "small-note"));
            HBox.setHgrow(left, Priority.ALWAYS);
            left.setMinWidth(160);
            standard.setPrefWidth(112);
            standard.setMinWidth(112);
            standard.setWrapText(true);
            HBox line = new HBox(2 * Looks.GRID, left, editor);
            if (!path.equals("name") && !path.equals("description")) {
                HBox right = new HBox(standard, reset);
                right.setAlignment(Pos.CENTER_LEFT);
                right.setMinWidth(RIGHT_WIDTH);
                right.setPrefWidth(RIGHT_WIDTH);
                line.getChildren().add(right);
            }
            line.setAlignment(Pos.CENTER_LEFT);
            getChildren().addAll(line, problem);
            setOnMousePressed(e -> model.select(this.option));
            tell(null);
        }

        private Control editor(Option first) {
            if (first.onOff()) {
                CheckBox box = new CheckBox();
                box.setOnAction(e -> model.edit(path, Boolean.toString(box.isSelected())));
                return box;
            }
            if (!first.choices().isEmpty()) {
                ComboBox<String> choice = new ComboBox<>();
                choice.getItems().setAll(first.choices());
                choice.setConverter(new StringConverter<>() {
                    @Override
                    public String toString(String value) {
                        return value == null ? "" : valueName(value);
                    }

                    @Override
                    public String fromString(String shown) {
                        return shown;
                    }
                });
                choice.setOnAction(e -> {
                    if (!showing && choice.getValue() != null) {
                        model.edit(path, choice.getValue());
                    }
                });
                return choice;
            }
            TextField field = new TextField();
            field.getStyleClass().add("tabular");
            field.setOnAction(e -> commit(field));
            field.focusedProperty().subscribe((was, focused) -> {
                // a field that is thrown away with its view loses the focus too, and has nothing to say any more
                if (!focused && rows.get(path) == this) {
                    commit(field);
                }
            });
            return field;
        }

        private void commit(TextField field) {
            if (field.getText().equals(option.value())) {
                model.problems().remove(path);
            } else {
                model.edit(path, field.getText().strip());
            }
        }

        void show(Option next) {
            option = next;
            showing = true;
            if (editor instanceof CheckBox box) {
                box.setSelected(Boolean.parseBoolean(next.value()));
                box.setText(words.get(box.isSelected() ? "on" : "off"));
            } else if (editor instanceof ComboBox<?> box) {
                select(box, next.value());
            } else if (editor instanceof TextField field && !model.problems().containsKey(path)) {
                field.setText(next.value());
            }
            showing = false;
            standard.setText(next.standard().isEmpty() ? words.get("default.empty") : words.get("default.is", next.onOff()
                    ? words.get(Boolean.parseBoolean(next.standard()) ? "on" : "off") : valueName(next.standard())));
            reset.setVisible(next.changed());
            pseudoClassStateChanged(javafx.css.PseudoClass.getPseudoClass("changed"), next.changed());
        }

        private void select(ComboBox<?> box, String value) {
            List<?> items = box.getItems();
            box.getSelectionModel().select(items.indexOf(value));
        }

        void tell(String why) {
            problem.setText(why == null ? "" : why);
            problem.setVisible(why != null);
            problem.setManaged(why != null);
            editor.pseudoClassStateChanged(javafx.css.PseudoClass.getPseudoClass("danger"), why != null);
        }
    }
}
