package craft.fuzz;

import java.nio.file.Path;
import java.util.List;

/**
 * One way into the program for what is on disk.
 *
 * @param name for the counts
 * @param good a folder that it opens without a complaint; never changed
 * @param files those of it that are damaged, by their path in it; of one of them at a time
 * @param opening reads the copy
 */
record Door(String name, Path good, List<String> files, Opening opening) {
    Door {
        files = List.copyOf(files);
    }

    /** Reads a folder; throws for what it does not take. */
    @FunctionalInterface
    interface Opening {
        void open(Path folder) throws Exception;
    }
}
