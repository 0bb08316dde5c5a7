package craft.ui;

import craft.error.Messages;
import craft.ui.text.Words;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.Executor;

/**
 * What the window remembers between two starts: theme, language, folded inspector. A small properties file; one that
 * cannot be read or written costs nothing but the memory, so the window never fails on it.
 */
public final class Settings {
    private static final System.Logger LOG = System.getLogger(Settings.class.getName());

    private final Path file;
    private final Executor writer;
    private final Properties values = new Properties();

    /**
     * Reads them, so not on the JavaFX thread.
     *
     * @param file where the settings are kept; made when something is first changed
     * @param writer one thread on which they are written
     */
    public Settings(Path file, Executor writer) {
        this.file = file;
        this.writer = writer;
        if (Files.isRegularFile(file)) {
            try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                values.load(in);
            } catch (IllegalArgumentException e) {
                LOG.log(System.Logger.Level.WARNING, "Settings " + file + " are damaged; defaults are used.");
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Settings " + file + " cannot be read; defaults are used: " + Messages.forUser(e));
            }
        }
    }

    /** The file that system property {@code craft.settings} names, else one in {@code ~/.craft-workbench}. */
    public static Settings ofUser(Executor writer) {
        String named = System.getProperty("craft.settings");
        return new Settings(named != null ? Path.of(named)
                : Path.of(System.getProperty("user.home"), ".craft-workbench", "settings.properties"), writer);
    }

    public boolean dark() {
        return Boolean.parseBoolean(values.getProperty("dark", "false"));
    }

    public void dark(boolean dark) {
        put("dark", Boolean.toString(dark));
    }

    /** The language chosen, or the system's if the window speaks it, else English. */
    public Locale language() {
        Locale wanted = Locale.forLanguageTag(values.getProperty("language", Locale.getDefault().toLanguageTag()));
        return Words.LANGUAGES.stream().filter(l -> l.getLanguage().equals(wanted.getLanguage())).findFirst()
                .orElse(Locale.ENGLISH);
    }

    public void language(Locale language) {
        put("language", language.toLanguageTag());
    }

    public boolean inspectorOpen() {
        return Boolean.parseBoolean(values.getProperty("inspector", "true"));
    }

    public void inspectorOpen(boolean open) {
        put("inspector", Boolean.toString(open));
    }

    private void put(String key, String value) {
        values.setProperty(key, value);
        Properties now = (Properties) values.clone();
        writer.execute(() -> write(now));
    }

    private void write(Properties now) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "settings", ".part");
            try (Writer out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
                now.store(out, "CRAFT Workbench");
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Settings " + file + " cannot be written: " + Messages.forUser(e));
        }
    }
}
