package craft.ui.forgetting;

import craft.task.Prediction;
import craft.ui.CurrentRun;
import craft.ui.Newest;
import craft.ui.WorkbenchModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/** The answers behind one cell of the accuracy matrix, and what changed in them since the task was just learnt. */
public final class CellModel {

    /** Against the answer to the same row just after the task was learnt. */
    public enum Change { SAME, LOST, GAINED }

    /** @param before the answer just after the task was learnt, or null where that is not kept */
    public record Answer(Prediction now, Prediction before, Change change) {
    }

    /**
     * @param answers null while they are being read; lost ones first, then gained ones, then by row
     * @param failure why they cannot be read, or null
     */
    public record Cell(int after, int task, List<Answer> answers, Throwable failure) {
        public long count(Change change) {
            return answers.stream().filter(a -> a.change() == change).count();
        }
    }

    private final WorkbenchModel workbench;
    private final Newest newest;
    private final ReadOnlyObjectWrapper<Cell> cell = new ReadOnlyObjectWrapper<>();

    public CellModel(WorkbenchModel workbench) {
        this.workbench = workbench;
        this.newest = new Newest(workbench.work());
        workbench.shown().subscribe(run -> {
            newest.forget();
            cell.set(null);
        });
    }

    /** The cell chosen, or null. */
    public ReadOnlyObjectProperty<Cell> cell() {
        return cell.getReadOnlyProperty();
    }

    /** Chooses a cell of the run shown: task {@code task} after training {@code after} tasks. */
    public void choose(int after, int task) {
        CurrentRun run = workbench.shown().get();
        if (run == null) {
            return;
        }
        cell.set(new Cell(after, task, null, null));
        newest.run(() -> {
            List<Prediction> now = workbench.services().runs().predictions(run.folder(), after, task);
            List<Prediction> before = after > task ? workbench.services().runs().predictions(run.folder(), task, task)
                    : List.of();
            return compare(now, before);
        }, answers -> cell.set(new Cell(after, task, answers, null)), failure -> cell.set(new Cell(after, task, null, failure)));
    }

    static List<Answer> compare(List<Prediction> now, List<Prediction> before) {
        Map<Integer, Prediction> byRow = new HashMap<>();
        before.forEach(p -> byRow.put(p.row(), p));
        List<Answer> answers = new ArrayList<>();
        for (Prediction p : now) {
            Prediction was = byRow.get(p.row());
            Change change = was == null || was.score() == p.score() ? Change.SAME
                    : was.score() > p.score() ? Change.LOST : Change.GAINED;
            answers.add(new Answer(p, was, change));
        }
        answers.sort(Comparator.comparingInt((Answer a) -> a.change() == Change.LOST ? 0 : a.change() == Change.GAINED
                ? 1 : 2)
                .thenComparingInt(a -> a.now().row()));
        return List.copyOf(answers);
    }
}
