package craft.ui.runs;

import craft.store.RunSummary;
import craft.ui.Newest;
import craft.ui.WorkbenchModel;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** The list of runs on disk; read anew when the window knows of a change or the user asks. */
public final class RunsModel {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    private final WorkbenchModel workbench;
    private final Newest newest;
    private final ObservableList<RunSummary> runs = FXCollections.observableArrayList();
    private final ReadOnlyBooleanWrapper loading = new ReadOnlyBooleanWrapper();
    private final ReadOnlyObjectWrapper<Throwable> failure = new ReadOnlyObjectWrapper<>();
    private final ObjectProperty<RunSummary> selected = new SimpleObjectProperty<>();

    public RunsModel(WorkbenchModel workbench) {
        this.workbench = workbench;
        this.newest = new Newest(workbench.work());
        workbench.storeRevision().subscribe((was, is) -> refresh());
    }

    /** Newest first. */
    public ObservableList<RunSummary> runs() {
        return runs;
    }

    public ReadOnlyBooleanProperty loading() {
        return loading.getReadOnlyProperty();
    }

    /** Why the runs cannot be listed, or null. */
    public ReadOnlyObjectProperty<Throwable> failure() {
        return failure.getReadOnlyProperty();
    }

    public ObjectProperty<RunSummary> selected() {
        return selected;
    }

    public void refresh() {
        loading.set(true);
        newest.run(() -> workbench.services().runs().list(), list -> {
            loading.set(false);
            failure.set(null);
            replace(list);
        }, problem -> {
            loading.set(false);
            failure.set(problem);
            runs.clear();
        });
    }

    private void replace(List<RunSummary> list) {
        RunSummary chosen = selected.get();
        if (!list.equals(runs)) {
            runs.setAll(list);
        }
        selected.set(chosen == null ? null
                : runs.stream().filter(r -> r.folder().equals(chosen.folder())).findFirst().orElse(null));
    }

    /** A time as the lists show it, in the user's time zone. */
    public static String time(Instant instant) {
        return instant == null ? "" : TIME.format(instant.atZone(ZoneId.systemDefault()));
    }
}
