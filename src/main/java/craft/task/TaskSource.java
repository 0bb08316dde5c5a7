package craft.task;

import java.util.List;

/**
 * What a task was read from, for people.
 *
 * @param layout the folder's layout, for example {@code "O-LoRA"}
 * @param files names of the files read
 * @param mapping which keys or columns hold what
 * @param prompt how a row's prompt is put together
 * @param unused keys or columns of the rows that are not used
 */
public record TaskSource(String layout, List<String> files, String mapping, String prompt, List<String> unused) {
    public TaskSource {
        files = List.copyOf(files);
        unused = List.copyOf(unused);
    }
}
