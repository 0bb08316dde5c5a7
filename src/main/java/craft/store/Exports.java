package craft.store;

import java.nio.file.Path;
import java.util.List;

/** Exports of a run's trained interventions. */
public final class Exports {
    private Exports() {
    }

    /**
     * @param run a run's folder
     * @param target folder to write into, made if missing; existing files of an earlier export are replaced
     * @return the files written
     * @throws craft.error.InvalidInputException when the run has nothing to export
     */
    public static List<Path> export(Path run, Path target, ExportFormat format) {
        throw new UnsupportedOperationException();
    }
}
