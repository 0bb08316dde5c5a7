package craft.cli;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Why the window cannot open on this machine, and what to do instead. */
final class NoScreen {
    private static final String INSTEAD = " Without a window use a command, for example: run <recipe>; --help lists all.";

    private NoScreen() {
    }

    /**
     * What can be said before the window is tried. Empty where it may open, and where the user has chosen another kind of screen.
     *
     * @param system the system's name; @param environment the process's
     */
    static Optional<String> before(String system, Map<String, String> environment) {
        boolean x11 = system.toLowerCase(Locale.ROOT).contains("linux") && System.getProperty("glass.platform", "").isBlank();
        if (!x11 || !environment.getOrDefault("DISPLAY", "").isBlank()) {
            return Optional.empty();
        }
        return Optional.of((environment.getOrDefault("WAYLAND_DISPLAY", "").isBlank()
                ? "There is no screen (DISPLAY is not set), so the window cannot open."
                : "The window needs an X11 screen, but there is only a Wayland one (DISPLAY is not set): switch on Xwayland.") + INSTEAD);
    }

    /** What went wrong when the window was tried; empty when it was not for the screen. */
    static Optional<String> after(Throwable failure, Map<String, String> environment) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (cause instanceof UnsupportedOperationException && said.contains("display")) {
                return Optional.of("The screen " + environment.getOrDefault("DISPLAY", "") + " (DISPLAY) cannot be opened, so neither "
                        + "can the window." + INSTEAD);
            }
            if (cause instanceof LinkageError || cause instanceof UnsupportedOperationException || said.contains("no toolkit")) {
                return Optional.of("The window cannot open: a library that draws it could not be loaded. Install GTK 3 (Debian and "
                        + "Ubuntu: libgtk-3-0, libxxf86vm1, libgl1)." + INSTEAD);
            }
        }
        return Optional.empty();
    }
}
