package craft.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An export's folders, one a group: {@code group-1}, {@code group-2} and so on. */
final class GroupFolders {
    private static final Pattern GROUP = Pattern.compile("group-\\d+");

    private GroupFolders() {
    }

    /** Makes a group's folder if it is not there. @param group 1-based */
    static Path make(Path target, int group) throws IOException {
        return Files.createDirectories(target.resolve("group-" + group));
    }

    /** An earlier export may have had more groups or files. Only files of these names are removed, and folders left empty. */
    static void removeEarlier(Path target, Pattern ours) throws IOException {
        try (Stream<Path> folders = Files.list(target)) {
            for (Path folder : folders.filter(f -> GROUP.matcher(f.getFileName().toString()).matches()).toList()) {
                List<Path> files;
                try (Stream<Path> all = Files.list(folder)) {
                    files = all.toList();
                }
                boolean empty = true;
                for (Path file : files) {
                    if (ours.matcher(file.getFileName().toString()).matches()) {
                        Files.delete(file);
                    } else {
                        empty = false;
                    }
                }
                if (empty) {
                    Files.delete(folder);
                }
            }
        }
    }
}
