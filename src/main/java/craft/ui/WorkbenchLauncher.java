package craft.ui;

import javafx.application.Application;

/** Starts the window. It is no Application itself: with one as main class Java asks for JavaFX as a module. */
public final class WorkbenchLauncher {
    private WorkbenchLauncher() {
    }

    public static void main(String[] args) {
        Application.launch(WorkbenchApp.class, args);
        // PyTorch's native threads outlive the window; without this the process would not end.
        System.exit(0);
    }
}
