package craft;

import craft.cli.Cli;
import craft.ui.WorkbenchLauncher;

/** Where the program begins: with a command it runs headless, without one the window opens. */
public final class Main {
    private Main() {
    }

    public static void main(String[] args) {
        int code = args.length == 0 ? Cli.window(() -> WorkbenchLauncher.main(args)) : Cli.run(args);
        // PyTorch's native threads outlive main; without this the process would not end.
        System.exit(code);
    }
}
