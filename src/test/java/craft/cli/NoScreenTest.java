package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NoScreenTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String platform;

    /** The tests' own windows have no screen but one in memory. */
    @BeforeEach
    void forget() {
        platform = System.clearProperty("glass.platform");
    }

    @AfterEach
    void restore() {
        if (platform != null) {
            System.setProperty("glass.platform", platform);
        }
    }

    private int window(String system, Map<String, String> environment, Runnable opening) {
        return Cli.window(new Console(new PrintStream(err, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
                false), system, environment, opening);
    }

    private String said() {
        String text = err.toString(StandardCharsets.UTF_8);
        err.reset();
        assertThat(text).hasLineCount(1).contains("run <recipe>", "--help").doesNotContain("Exception", "java", "Error", "Internal");
        return text;
    }

    @Test
    void withoutAScreenTheWindowIsNotEvenTried() {
        AtomicBoolean tried = new AtomicBoolean();
        assertThat(window("Linux", Map.of(), () -> tried.set(true))).isEqualTo(2);
        assertThat(said()).contains("There is no screen");
        assertThat(window("Linux", Map.of("DISPLAY", " ", "WAYLAND_DISPLAY", "wayland-0"), () -> tried.set(true))).isEqualTo(2);
        assertThat(said()).contains("Xwayland");
        assertThat(tried).isFalse();
    }

    @Test
    void elsewhereItIsTried() {
        AtomicBoolean tried = new AtomicBoolean();
        assertThat(window("Linux", Map.of("DISPLAY", ":0"), () -> tried.set(true))).isZero();
        assertThat(tried.getAndSet(false)).isTrue();
        assertThat(window("Mac OS X", Map.of(), () -> tried.set(true))).isZero();
        assertThat(tried.getAndSet(false)).isTrue();
        System.setProperty("glass.platform", "Monocle");
        assertThat(window("Linux", Map.of(), () -> tried.set(true))).isZero();
        assertThat(tried).isTrue();
        System.clearProperty("glass.platform");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void whatJavaFxThrowsBecomesASentence() {
        Map<String, String> display = Map.of("DISPLAY", ":77");
        assertThat(window("Linux", display, () -> {
            throw new UnsupportedOperationException("Unable to open DISPLAY");
        })).isEqualTo(2);
        assertThat(said()).contains("The screen :77 (DISPLAY) cannot be opened");
        for (Throwable library : new Throwable[] {new UnsupportedOperationException("Unable to load glass GTK library."),
            new UnsupportedOperationException("Internal Error"), new UnsatisfiedLinkError("libgtk-3.so.0"),
            new NoClassDefFoundError("Could not initialize class com.sun.glass.ui.gtk.GtkApplication")}) {
            assertThat(window("Linux", display, () -> {
                throw new IllegalStateException("around", library);
            })).isEqualTo(2);
            assertThat(said()).contains("Install GTK 3");
        }
    }

    @Test
    void anotherFailureIsNotTheScreens() {
        assertThat(window("Linux", Map.of("DISPLAY", ":0"), () -> {
            throw new IllegalStateException("a slip of ours");
        })).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("Something went wrong inside the program").doesNotContain("screen");
    }
}
