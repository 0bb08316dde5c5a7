package craft.ui.runs;

import craft.store.ExportFormat;
import craft.ui.WorkbenchModel;
import java.nio.file.Path;
import java.util.List;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;

/** One export: of which run, as what, to where, and what came of it. */
final class ExportModel {
    private final WorkbenchModel workbench;
    private final Path run;
    private final ObjectProperty<ExportFormat> format = new SimpleObjectProperty<>(ExportFormat.CRAFT);
    private final StringProperty target = new SimpleStringProperty("");
    private final ReadOnlyBooleanWrapper working = new ReadOnlyBooleanWrapper();
    private final ReadOnlyObjectWrapper<List<Path>> written = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<Throwable> failure = new ReadOnlyObjectWrapper<>();

    ExportModel(WorkbenchModel workbench, Path run) {
        this.workbench = workbench;
        this.run = run;
        target.set(run.resolve("export").toString());
    }

    ObjectProperty<ExportFormat> format() {
        return format;
    }

    /** The folder to write into, as text. */
    StringProperty target() {
        return target;
    }

    ReadOnlyBooleanProperty working() {
        return working.getReadOnlyProperty();
    }

    /** The files of the last export, or null. */
    ReadOnlyObjectProperty<List<Path>> written() {
        return written.getReadOnlyProperty();
    }

    /** Why the last export failed, or null. */
    ReadOnlyObjectProperty<Throwable> failure() {
        return failure.getReadOnlyProperty();
    }

    /** Whether a folder is named and nothing is being written. */
    boolean ready() {
        return !target.get().isBlank() && !working.get();
    }

    void export() {
        if (!ready()) {
            return;
        }
        String folder = target.get().strip();
        ExportFormat as = format.get();
        working.set(true);
        written.set(null);
        failure.set(null);
        workbench.work().run(() -> workbench.services().runs().export(run, Path.of(folder), as), files -> {
            working.set(false);
            written.set(files);
        }, problem -> {
            working.set(false);
            failure.set(problem);
        });
    }
}
