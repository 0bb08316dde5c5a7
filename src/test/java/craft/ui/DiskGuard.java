package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javafx.application.Platform;

/** Stands in the doors through which the window reaches the disk, and sees who goes through them on the JavaFX thread. */
final class DiskGuard {
    private final List<String> seen = new CopyOnWriteArrayList<>();

    /** @param free names of methods that do not touch the disk */
    <T> T guard(Class<T> door, T real, String... free) {
        Set<String> harmless = Set.of(free);
        return door.cast(Proxy.newProxyInstance(door.getClassLoader(), new Class<?>[] {door}, (proxy, method, args) -> {
            if (Platform.isFxApplicationThread() && method.getDeclaringClass() == door && !harmless.contains(method.getName())) {
                seen.add(door.getSimpleName() + "." + method.getName());
            }
            try {
                return method.invoke(real, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    void assertNothingBlocked() {
        assertThat(seen).as("the window waited for the disk on the JavaFX thread").isEmpty();
    }
}
