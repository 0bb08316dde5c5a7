package craft.ui.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/**
 * The window's words, English and Korean. Each area of the window has its own bundle,
 * {@code /craft/ui/<area>/words.properties} and {@code words_ko.properties} (UTF-8).
 *
 * <p>Values are {@link MessageFormat} patterns: write typographic apostrophes, {@code ’}, never {@code '}.
 */
public final class Words {
    /** The languages the window speaks, the first one being the fallback. */
    public static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.KOREAN);

    private static final ReadOnlyObjectWrapper<Locale> LANGUAGE = new ReadOnlyObjectWrapper<>(Locale.ENGLISH);
    private static final Map<String, Words> AREAS = new ConcurrentHashMap<>();

    private final String area;
    private final Properties english;
    private final Properties korean;

    private Words(String area) {
        this.area = area;
        this.english = load("/craft/ui/" + area + "/words.properties");
        this.korean = load("/craft/ui/" + area + "/words_ko.properties");
    }

    /** The words of one area, for example {@code Words.of("chart")}. */
    public static Words of(String area) {
        return AREAS.computeIfAbsent(area, Words::new);
    }

    /** The language in use; the window is built anew when it changes. */
    public static ReadOnlyObjectProperty<Locale> language() {
        return LANGUAGE.getReadOnlyProperty();
    }

    /** Speaks Korean for a Korean locale, English for any other. */
    public static void use(Locale locale) {
        LANGUAGE.set(locale.getLanguage().equals("ko") ? Locale.KOREAN : Locale.ENGLISH);
    }

    /** Whether {@link #get} knows the key. */
    public boolean has(String key) {
        return english.containsKey(key);
    }

    /**
     * The words for a key in the language in use, with {@code {0}}, {@code {1}} ... filled in. A key without words is
     * given back in brackets, so that it is seen but nothing breaks.
     */
    public String get(String key, Object... args) {
        Locale language = LANGUAGE.get();
        String pattern = language.equals(Locale.KOREAN) ? korean.getProperty(key, english.getProperty(key))
                : english.getProperty(key);
        if (pattern == null) {
            return "[" + area + ": " + key + "]";
        }
        return args.length == 0 ? pattern : new MessageFormat(pattern, language).format(args);
    }

    private static Properties load(String resource) {
        Properties words = new Properties();
        try (InputStream in = Words.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("The window's words " + resource + " are missing from the program.");
            }
            words.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return words;
        } catch (IOException e) {
            throw new UncheckedIOException("The window's words " + resource + " cannot be read.", e);
        }
    }
}
