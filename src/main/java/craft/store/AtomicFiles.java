package craft.store;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes files and folders so that a reader, or a program started after a power cut, finds either all or nothing:
 * written beside the target, forced to disk, then renamed.
 */
final class AtomicFiles {
    private static final String BEFORE = ".before";

    private AtomicFiles() {
    }

    /** What puts the content. */
    @FunctionalInterface
    interface Content<T> {
        void writeTo(T target) throws IOException;
    }

    static Path write(Path target, byte[] content) throws IOException {
        return write(target, out -> out.write(content));
    }

    static Path write(Path target, Content<OutputStream> content) throws IOException {
        Path beside = beside(target);
        try {
            try (FileOutputStream file = new FileOutputStream(beside.toFile())) {
                OutputStream out = new BufferedOutputStream(file, 1 << 16);
                content.writeTo(out);
                out.flush();
                file.getFD().sync();
            }
            move(beside, target);
        } finally {
            Files.deleteIfExists(beside);
        }
        forceFolder(target.toAbsolutePath().getParent());
        return target;
    }

    /**
     * Makes a whole folder of files. One that is already there is renamed aside first and removed only once the new one is in its
     * place; {@link #settle} puts it back should the program end in between.
     */
    static void writeFolder(Path target, Content<Path> content) throws IOException {
        Path beside = beside(target);
        settle(target);
        try {
            deleteTree(beside);
            Files.createDirectories(beside);
            content.writeTo(beside);
            try (Stream<Path> files = Files.list(beside)) {
                for (Path file : files.toList()) {
                    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                        open.getFD().sync();
                    }
                }
            }
            forceFolder(beside);
            putInPlace(beside, target);
        } finally {
            deleteTree(beside);
        }
    }

    /** A folder that is not empty cannot be renamed over. */
    private static void putInPlace(Path beside, Path target) throws IOException {
        Path before = before(target);
        boolean there = Files.exists(target);
        if (there) {
            move(target, before);
        }
        try {
            move(beside, target);
        } catch (IOException | RuntimeException e) {
            if (there) {
                move(before, target);
            }
            throw e;
        }
        forceFolder(target.toAbsolutePath().getParent());
        deleteTree(before);
    }

    /** Undoes, or ends, what a program that was killed while it replaced a folder has left: the folder is there again, whole. */
    static void settle(Path target) throws IOException {
        Path before = before(target);
        if (Files.exists(before)) {
            if (Files.exists(target)) {
                deleteTree(before);
            } else {
                move(before, target);
            }
        }
    }

    /** {@link #settle} of all that is in a folder; one that is not there holds nothing. */
    static void settleAll(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> found;
        try (Stream<Path> all = Files.list(folder)) {
            found = all.toList();
        }
        for (Path path : found) {
            String name = path.getFileName().toString();
            if (name.startsWith(".") && name.endsWith(BEFORE)) {
                settle(folder.resolve(name.substring(1, name.length() - BEFORE.length())));
            }
        }
    }

    /** Copies a folder with all that is in it; the target appears when it is whole. */
    static void copyTree(Path source, Path target) throws IOException {
        Path beside = beside(target);
        try {
            deleteTree(beside);
            List<Path> all;
            try (Stream<Path> walk = Files.walk(source)) {
                all = walk.sorted().toList(); // a folder before what is in it
            }
            for (Path path : all) {
                Path copy = beside.resolve(source.relativize(path).toString());
                Files.copy(path, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
            move(beside, target);
        } finally {
            deleteTree(beside);
        }
        forceFolder(target.toAbsolutePath().getParent());
    }

    static void deleteTree(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted((a, b) -> b.getNameCount() - a.getNameCount()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    /** Makes a new or renamed entry of the folder survive a power cut. Windows has no such call and needs none. */
    static void forceFolder(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static Path beside(Path target) {
        return target.resolveSibling("." + target.getFileName() + ".writing");
    }

    private static Path before(Path target) {
        return target.resolveSibling("." + target.getFileName() + BEFORE);
    }

    static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) { // some network shares: the plain rename is the best there is
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
