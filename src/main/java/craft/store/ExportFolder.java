package craft.store;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A folder that an export is written into, which may hold an earlier export and files of the user's. The new one is written beside,
 * whole; then the earlier one is renamed aside, the new one put in its place, and only then the earlier one removed.
 *
 * @param mark file that every export of the kind has, so that its files are known for ours; any of them will do
 * @param ours by the path within the folder, with {@code /}: what an export of the kind may have
 */
record ExportFolder(Path target, List<String> mark, Predicate<String> ours) {
    /**
     * @param content writes the export into an empty folder and gives the files
     * @return the same files in their place
     * @throws InvalidInputException when a file that no export has made is in the way
     * @throws IOException when something cannot be written; what was there before is there again then
     */
    List<Path> replace(Writing content) throws IOException {
        Path beside = target.resolve(".export.writing");
        Path before = target.resolve(".export.before");
        Files.createDirectories(target);
        try {
            putBack(before);
            AtomicFiles.deleteTree(beside);
            Files.createDirectories(beside);
            List<Path> written = content.into(beside).stream().map(beside::relativize).toList();
            List<Path> earlier = files(target).stream().filter(f -> ours.test(slashed(f))).toList();
            requireEarlierExport(earlier);
            try {
                move(earlier, target, before);
                move(written, beside, target);
            } catch (IOException | RuntimeException e) {
                for (Path file : written) {
                    if (Files.notExists(beside.resolve(file))) { // it is there already: all that was earlier is away
                        Files.deleteIfExists(target.resolve(file));
                    }
                }
                putBack(before);
                throw e;
            }
            AtomicFiles.deleteTree(before);
            removeEmptyFolders(earlier);
            return written.stream().map(target::resolve).toList();
        } finally {
            AtomicFiles.deleteTree(beside);
        }
    }

    /** What makes an export. */
    @FunctionalInterface
    interface Writing {
        List<Path> into(Path folder) throws IOException;
    }

    private void requireEarlierExport(List<Path> files) {
        if (!files.isEmpty() && mark.stream().noneMatch(name -> Files.exists(target.resolve(name)))) {
            throw new InvalidInputException("The folder " + target + " holds " + slashed(files.get(0)) + ", which no export has made: it "
                    + "would be overwritten. Choose another folder.");
        }
    }

    /** After an export that was ended from outside: what is new stays, what it had only moved away comes back. */
    private void putBack(Path before) throws IOException {
        if (Files.exists(before)) {
            move(files(before).stream().filter(f -> Files.notExists(target.resolve(f))).toList(), before, target);
            AtomicFiles.deleteTree(before);
        }
    }

    private static void move(List<Path> files, Path from, Path to) throws IOException {
        for (Path file : files) {
            Files.createDirectories(to.resolve(file).getParent());
            AtomicFiles.move(from.resolve(file), to.resolve(file));
        }
    }

    /** Files, and those in folders of a group, by their path within the folder, in order. */
    private static List<Path> files(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : list(folder)) {
            if (Files.isRegularFile(path)) {
                files.add(folder.relativize(path));
            } else if (GroupFolders.isGroup(path)) {
                list(path).stream().filter(Files::isRegularFile).map(folder::relativize).forEach(files::add);
            }
        }
        return files;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    private static String slashed(Path file) {
        List<String> names = new ArrayList<>();
        file.forEach(name -> names.add(name.toString()));
        return String.join("/", names);
    }

    private void removeEmptyFolders(List<Path> files) throws IOException {
        for (Path folder : files.stream().map(Path::getParent).filter(f -> f != null).distinct().toList()) {
            if (list(target.resolve(folder)).isEmpty()) {
                Files.delete(target.resolve(folder));
            }
        }
    }
}
