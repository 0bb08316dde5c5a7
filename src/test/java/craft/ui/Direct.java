package craft.ui;

import java.nio.file.Path;

/** Models whose background and JavaFX thread are both the test's own: everything is done when a call returns. */
public final class Direct {
    private Direct() {
    }

    public static WorkbenchModel model(Runs runs, Dialogs dialogs, Path temp) {
        return model(new FileInputs(), runs, dialogs, temp);
    }

    public static WorkbenchModel model(Inputs inputs, Runs runs, Dialogs dialogs, Path temp) {
        Services services = new Services(inputs, runs, dialogs, new Settings(temp.resolve("settings.properties"), Runnable::run),
                Runnable::run, Runnable::run);
        return new WorkbenchModel(services, millis -> Runnable::run);
    }
}
