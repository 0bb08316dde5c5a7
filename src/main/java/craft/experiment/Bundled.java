package craft.experiment;

import java.nio.file.Path;
import java.util.List;

/** What is shipped beside the program: {@code assets/} and {@code sample-tasks/}. */
public final class Bundled {
    private Bundled() {
    }

    /**
     * The folder that holds {@code assets} and {@code sample-tasks}: system property {@code craft.home}, else the
     * folder of our jar, else the nearest folder above the class files, else the working directory.
     */
    public static Path home() {
        throw new UnsupportedOperationException();
    }

    /** Folder of a bundled model, for {@code bundled:<name>}. */
    public static Path model(String name) {
        throw new UnsupportedOperationException();
    }

    /** Sample folders, each with a {@code recipe.json}; "quickstart" first, the others by name. */
    public static List<Path> samples() {
        throw new UnsupportedOperationException();
    }
}
