package craft.ui.runs;

import craft.store.ExportFormat;
import craft.ui.Looks;
import craft.ui.WorkbenchModel;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.stream.Collectors;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.event.ActionEvent;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBar.ButtonData;
import javafx.scene.control.ButtonType;
import javafx.scene.control.Dialog;
import javafx.scene.control.Label;
import javafx.scene.control.RadioButton;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.stage.Window;

/** Asks for format and folder, exports, and says what was written. */
public final class ExportDialog {
    private static final double MOST_HEIGHT = 16 * Looks.GRID;

    private final Words words = Words.of("runs");
    private final WorkbenchModel workbench;
    private final ExportModel model;

    /** @param run the run's folder */
    public ExportDialog(WorkbenchModel workbench, Path run) {
        this.workbench = workbench;
        this.model = new ExportModel(workbench, run);
    }

    /** Opens the dialog; it stays open until the user closes it. */
    public void show(Window owner) {
        Dialog<Void> dialog = new Dialog<>();
        dialog.initOwner(owner);
        dialog.setTitle(words.get("export.title"));
        dialog.setHeaderText(words.get("export.title"));
        Looks.dress(dialog.getDialogPane());
        dialog.getDialogPane().setPrefWidth(560);

        VBox formats = new VBox(Looks.GRID);
        ToggleGroup group = new ToggleGroup();
        for (ExportFormat format : ExportFormat.values()) {
            RadioButton choice = new RadioButton(words.get("export." + format));
            choice.setId("format-" + format);
            choice.setToggleGroup(group);
            choice.setSelected(format == model.format().get());
            choice.setOnAction(e -> model.format().set(format));
            formats.getChildren().add(choice);
        }
        TextField target = new TextField();
        target.setId("export-target");
        target.textProperty().bindBidirectional(model.target());
        HBox.setHgrow(target, Priority.ALWAYS);
        Button browse = Looks.button(words.get("export.browse"), "mdi2f-folder-open-outline", () -> workbench.services()
                .dialogs()
                .chooseFolder(words.get("export.target")).ifPresent(folder -> model.target().set(folder.toString())));
        HBox where = new HBox(Looks.GRID, target, browse);
        where.setAlignment(Pos.CENTER_LEFT);
        Label outcome = Looks.paragraph("");
        outcome.setId("export-outcome");
        outcome.textProperty().bind(Bindings.createStringBinding(this::outcome, model.working(), model.written(),
                model.failure(), model.target()));
        Label names = Looks.label("", "small-note");
        names.setId("export-files");
        ScrollPane files = new ScrollPane(names);
        files.getStyleClass().add("plain-scroll");
        files.setFitToWidth(true);
        files.setMaxHeight(MOST_HEIGHT);
        model.written().subscribe(written -> {
            names.setText(written == null ? "" : written.stream().map(this::name).collect(Collectors.joining("\n")));
            files.setVisible(!names.getText().isEmpty());
            files.setManaged(!names.getText().isEmpty());
        });
        VBox body = new VBox(2 * Looks.GRID, Looks.paragraph(words.get("export.text"), "text-muted"),
                Looks.section(words.get("export.format"), formats), Looks.section(words.get("export.target"), where),
                        outcome, files);
        dialog.getDialogPane().setContent(body);
        // what is said below takes room: without this it would push the buttons out of the window
        body.heightProperty().subscribe(height -> Platform.runLater(() -> {
            if (dialog.isShowing()) {
                dialog.getDialogPane().getScene().getWindow().sizeToScene();
            }
        }));

        ButtonType export = new ButtonType(words.get("export.confirm"), ButtonData.OK_DONE);
        ButtonType close = new ButtonType(words.get("export.close"), ButtonData.CANCEL_CLOSE);
        dialog.getDialogPane().getButtonTypes().setAll(export, close);
        Node exportButton = dialog.getDialogPane().lookupButton(export);
        exportButton.setId("export-confirm");
        dialog.getDialogPane().lookupButton(close).setId("export-close");
        exportButton.disableProperty().bind(Bindings.createBooleanBinding(() -> !model.ready(), model.target(),
                model.working()));
        exportButton.addEventFilter(ActionEvent.ACTION, e -> {
            e.consume(); // the dialog stays, to say what was written
            model.export();
        });
        dialog.show();
    }

    private String outcome() {
        if (model.working().get()) {
            return words.get("export.working");
        }
        if (model.failure().get() != null) {
            return workbench.errors().sentence(model.failure().get());
        }
        if (model.written().get() != null) {
            return words.get("export.done", model.written().get().size());
        }
        return model.target().get().isBlank() ? words.get("export.target.missing") : "";
    }

    private String name(Path file) {
        return Path.of(model.target().get().strip()).toAbsolutePath().relativize(file.toAbsolutePath()).toString();
    }
}
