package craft.ui.tasks;

import craft.experiment.Recipe;
import craft.ui.WorkbenchModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** The queue of tasks: the recipe's list of folders, each read in the background as it comes in. */
public final class TasksModel {
    private final WorkbenchModel workbench;
    private final ObservableList<TaskItem> items = FXCollections.observableArrayList();
    private final ObjectProperty<String> selected = new SimpleObjectProperty<>();
    private final Map<String, TaskItem> read = new HashMap<>();

    public TasksModel(WorkbenchModel workbench) {
        this.workbench = workbench;
        workbench.recipe().subscribe(this::follow);
    }

    /** The queue in its order. An item is replaced when its reading is done. */
    public ObservableList<TaskItem> items() {
        return items;
    }

    /** Folder of the chosen task, or null. */
    public ObjectProperty<String> selected() {
        return selected;
    }

    /** The chosen task, or null. */
    public TaskItem selectedItem() {
        return items.stream().filter(i -> i.folder().equals(selected.get())).findFirst().orElse(null);
    }

    private int selectedIndex() {
        return items.indexOf(selectedItem());
    }

    private void follow(Recipe recipe) {
        List<String> folders = recipe == null ? List.of() : recipe.tasks();
        List<TaskItem> next = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        for (String folder : folders) {
            TaskItem known = read.get(folder);
            if (known == null) {
                known = new TaskItem(folder, null, null);
                read.put(folder, known);
                unread.add(folder);
            }
            next.add(known);
        }
        if (!next.equals(items)) {
            items.setAll(next);
        }
        if (selectedItem() == null) {
            selected.set(items.isEmpty() ? null : items.get(0).folder());
        }
        unread.forEach(this::read);
    }

    private void read(String folder) {
        workbench.work().run(() -> workbench.services().inputs().task(Path.of(folder)),
                reading -> replace(new TaskItem(folder, reading, null)),
                failure -> replace(new TaskItem(folder, null, failure)));
    }

    private void replace(TaskItem item) {
        read.put(item.folder(), item);
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).folder().equals(item.folder())) {
                items.set(i, item);
            }
        }
    }

    /**
     * Puts a task at the end of the queue and chooses it. Without a recipe one of defaults is made around it.
     *
     * @return false when it is in the queue already
     */
    public boolean add(Path folder) {
        String path = folder.toAbsolutePath().normalize().toString();
        Recipe recipe = workbench.recipe().get();
        if (recipe == null) {
            workbench.setRecipe(workbench.services().inputs()
                    .defaults(String.valueOf(folder.getFileName()), "bundled:seedling", List.of(path)));
            selected.set(path);
            return true;
        }
        if (recipe.tasks().contains(path)) {
            return false;
        }
        // a folder that was mended since is read anew
        read.remove(path);
        List<String> folders = new ArrayList<>(recipe.tasks());
        folders.add(path);
        workbench.setRecipe(recipe.withTasks(folders));
        selected.set(path);
        return true;
    }

    /** Takes the chosen task off the queue and chooses its neighbour. */
    public void remove() {
        int at = selectedIndex();
        if (at < 0) {
            return;
        }
        List<String> folders = new ArrayList<>(workbench.recipe().get().tasks());
        folders.remove(at);
        selected.set(folders.isEmpty() ? null : folders.get(Math.min(at, folders.size() - 1)));
        workbench.setRecipe(workbench.recipe().get().withTasks(folders));
    }

    /** Moves the chosen task by so many places; beyond an end nothing happens. */
    public void move(int by) {
        int at = selectedIndex();
        if (at >= 0) {
            move(at, at + by);
        }
    }

    /** Moves a task from one place to another, both counted from 0. */
    public void move(int from, int to) {
        if (from == to || from < 0 || to < 0 || from >= items.size() || to >= items.size()) {
            return;
        }
        String chosen = selected.get();
        List<String> folders = new ArrayList<>(workbench.recipe().get().tasks());
        Collections.rotate(folders.subList(Math.min(from, to), Math.max(from, to) + 1), from < to ? -1 : 1);
        workbench.setRecipe(workbench.recipe().get().withTasks(folders));
        selected.set(chosen);
    }

    /** Whether {@link #move(int)} would do something. */
    public boolean canMove(int by) {
        int at = selectedIndex();
        return at >= 0 && at + by >= 0 && at + by < items.size();
    }
}
