package craft.cli;

import craft.error.InvalidInputException;
import craft.experiment.study.Section;
import craft.experiment.study.Study;
import craft.experiment.study.StudyReader;
import craft.experiment.study.StudyTable;
import craft.store.StudyFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Studies as a user names them, and as a terminal shows them. */
final class Studies {
    private Studies() {
    }

    /**
     * A study's folder: the given one itself; the one of that name among the user's studies; or, for a study's file, a folder
     * that is made for it.
     *
     * @param out where to keep it; null: a folder in its place, a file among the user's studies
     */
    static StudyFolder folder(Path given, Path out) {
        Path place = find(given);
        if (out == null && Files.isDirectory(place) || out != null && same(out, folderOf(place))) {
            return StudyFolder.open(folderOf(place));
        }
        Study study = StudyReader.read(place);
        return StudyFolder.make(out != null ? out : StudyFolder.ofUser(study), study);
    }

    /** One that is there already, named by its folder. */
    static StudyFolder open(Path given) {
        Path place = find(given);
        return StudyFolder.open(folderOf(place));
    }

    private static Path folderOf(Path place) {
        return Files.isDirectory(place) ? place : place.toAbsolutePath().normalize().getParent();
    }

    private static boolean same(Path a, Path b) {
        return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
    }

    private static Path find(Path given) {
        if (Files.exists(given)) {
            return given;
        }
        Path named = StudyFolder.studiesOfUser().resolve(given);
        if (Files.isDirectory(named)) {
            return named;
        }
        throw new InvalidInputException("There is no study " + given + ", neither here nor in "
                + StudyFolder.studiesOfUser() + ". Give a study file, or a folder that holds a " + StudyReader.FILE + ".");
    }

    /** The tables as plain text. */
    static String text(StudyTable table) {
        StringBuilder text = new StringBuilder();
        table.headline().forEach(line -> text.append(line).append('\n'));
        for (Section section : table.sections()) {
            text.append('\n').append(section.title()).append('\n');
            if (!section.rows().isEmpty()) {
                text.append(section.words() ? Text.table(section.head(), section.rows(), 1, 2)
                        : Text.table(section.head(), section.rows()));
            }
            section.notes().forEach(note -> text.append(note).append('\n'));
        }
        return text.toString();
    }

    static String ids(List<String> ids) {
        return String.join(", ", ids.subList(0, Math.min(10, ids.size()))) + (ids.size() > 10 ? ", ..." : "");
    }
}
