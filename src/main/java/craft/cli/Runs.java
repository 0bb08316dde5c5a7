package craft.cli;

import craft.error.InvalidInputException;
import craft.store.RunStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs as a user names them. */
final class Runs {
    private Runs() {
    }

    /** The folder itself, or the run of that name among the user's runs. */
    static Path find(Path given) {
        if (Files.exists(given)) {
            return given;
        }
        Path named = RunStore.ofUser().root().resolve(given);
        if (Files.isDirectory(named)) {
            return named;
        }
        throw new InvalidInputException("There is no run " + given + ", neither here nor in " + RunStore.ofUser().root()
                + ". The command runs lists all.");
    }
}
