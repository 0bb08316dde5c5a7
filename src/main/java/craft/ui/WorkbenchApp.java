package craft.ui;

import craft.ui.text.Words;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.scene.image.Image;
import javafx.stage.Stage;

/** The JavaFX application: one window, with the quickstart open. */
public final class WorkbenchApp extends Application {
    @Override
    public void start(Stage stage) {
        open(stage, Services.ofUser(stage), Platform::exit).model().openQuickstart();
    }

    /**
     * Fills and shows a stage.
     *
     * @param exit ends the program; called when the user has closed the window and nothing runs any more
     * @return the window; its model has no recipe open yet
     */
    public static WorkbenchWindow open(Stage stage, Services services, Runnable exit) {
        Fonts.register();
        Words.use(services.settings().language());
        Theme.use(services.settings().dark());
        WorkbenchModel model = new WorkbenchModel(services);
        WorkbenchWindow window = new WorkbenchWindow(model);
        stage.setTitle("CRAFT Workbench");
        for (int size : new int[] {32, 128, 256}) {
            stage.getIcons().add(new Image(WorkbenchApp.class.getResourceAsStream("icons/craft-" + size + ".png")));
        }
        stage.setScene(window.scene(1280, 800));
        stage.setMinWidth(960);
        stage.setMinHeight(600);
        stage.setOnCloseRequest(event -> {
            event.consume();
            window.close(exit);
        });
        stage.setOnHidden(event -> window.dispose());
        stage.show();
        return window;
    }
}
