package craft.ui.tasks;

import craft.task.TaskReading;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One task of the queue.
 *
 * @param folder as it stands in the recipe
 * @param reading null while it is being read or when it cannot be
 * @param failure why it cannot be read, or null
 */
public record TaskItem(String folder, TaskReading reading, Throwable failure) {
    /** Folder name; the task's own name once it is read. */
    public String name() {
        return reading != null ? reading.task().name() : String.valueOf(Path.of(folder).getFileName());
    }

    public boolean loading() {
        return reading == null && failure == null;
    }

    /** A fact of the task's {@code about.json}, or an empty string. */
    public String about(String key) {
        return Optional.ofNullable(reading).map(r -> r.task().about().get(key)).orElse("");
    }
}
