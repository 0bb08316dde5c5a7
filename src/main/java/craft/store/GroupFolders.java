package craft.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** An export's folders, one a group: {@code group-1}, {@code group-2} and so on, and {@code groups.json} beside them. */
final class GroupFolders {
    static final String INDEX = "groups.json";

    private static final String NAME = "group-\\d+";

    private GroupFolders() {
    }

    /** Makes a group's folder if it is not there. @param group 1-based */
    static Path make(Path target, int group) throws IOException {
        return Files.createDirectories(target.resolve("group-" + group));
    }

    static boolean isGroup(Path folder) {
        return Files.isDirectory(folder) && folder.getFileName().toString().matches(NAME);
    }

    /** @param names what a group's files may be called */
    static ExportFolder in(Path target, Pattern names) {
        Pattern ours = Pattern.compile(NAME + "/(?:" + names.pattern() + ")");
        return new ExportFolder(target, List.of(INDEX), file -> file.equals(INDEX) || ours.matcher(file).matches());
    }
}
