package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.security.Permission;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javafx.application.Platform;

/**
 * Sees every look at, reading and writing of the user's files on the JavaFX thread, by whatever class of Java: it listens as a
 * security manager that allows all. Java took them away after version 17 ({@link #possible()}); there {@link DiskGuard} and the
 * rule of {@link DiskDoorsTest} still stand.
 */
@SuppressWarnings("removal")
final class DiskWatch extends SecurityManager implements AutoCloseable {
    private static final List<Path> PROGRAM = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath()).toList();

    private final List<Path> watched;
    private final Map<String, String> seen = new ConcurrentHashMap<>();

    private DiskWatch(List<Path> watched) {
        this.watched = watched;
    }

    static boolean possible() {
        return Runtime.version().feature() == 17;
    }

    /** @param temp the test's own folder, watched beside the project's and what the system tells in files */
    static DiskWatch start(Path temp) {
        DiskWatch watch = new DiskWatch(List.of(temp.toAbsolutePath(), Path.of("").toAbsolutePath(), Path.of("/proc"), Path.of("/sys")));
        System.setSecurityManager(watch);
        return watch;
    }

    private void look(String file) {
        if (!Platform.isFxApplicationThread()) {
            return;
        }
        Path path = Path.of(file).toAbsolutePath();
        if (watched.stream().anyMatch(path::startsWith) && PROGRAM.stream().noneMatch(path::startsWith)) {
            seen.computeIfAbsent(file, f -> StackWalker.getInstance().walk(frames -> frames
                    .filter(frame -> frame.getClassName().startsWith("craft.") && !frame.getClassName().equals(DiskWatch.class.getName()))
                    .findFirst().map(Object::toString).orElse("not by us")));
        }
    }

    @Override
    public void checkRead(String file) {
        look(file);
    }

    @Override
    public void checkWrite(String file) {
        look(file);
    }

    @Override
    public void checkDelete(String file) {
        look(file);
    }

    @Override
    public void checkPermission(Permission permission) {
        // all is allowed
    }

    @Override
    public void checkPermission(Permission permission, Object context) {
        // all is allowed
    }

    Map<String, String> seen() {
        return Map.copyOf(seen);
    }

    void assertNothingBlocked() {
        assertThat(seen).as("files that the JavaFX thread waited for").isEmpty();
    }

    @Override
    public void close() {
        System.setSecurityManager(null);
    }
}
