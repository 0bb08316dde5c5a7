package craft.ui;

import java.awt.FontFormatException;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import javafx.scene.text.Font;

/**
 * The bundled typeface, Pretendard (OFL), which has Latin and Hangul. JavaFX 21 on Linux does not fall back to a
 * Korean font of the system, so without it Korean text would be boxes on many machines.
 */
public final class Fonts {
    /** Family of all text. */
    public static final String FAMILY = "Pretendard";

    /** The same typeface with figures of equal width, for tables of numbers and for numbers that change in place. */
    public static final String TABULAR = "Craft Tabular";

    private static final List<String> FILES =
            List.of("Pretendard-Regular.otf", "Pretendard-SemiBold.otf", "CraftTabular-Regular.otf");
    private static boolean registered;

    private Fonts() {
    }

    /** Registers the typeface for JavaFX and for AWT, in which charts are drawn. Later calls do nothing. */
    public static synchronized void register() {
        if (registered) {
            return;
        }
        for (String file : FILES) {
            try (InputStream forFx = open(file); InputStream forAwt = open(file)) {
                if (Font.loadFont(forFx, 13) == null) {
                    throw new IllegalStateException("JavaFX cannot use the bundled font " + file + ".");
                }
                GraphicsEnvironment.getLocalGraphicsEnvironment()
                        .registerFont(java.awt.Font.createFont(java.awt.Font.TRUETYPE_FONT, forAwt));
            } catch (IOException e) {
                throw new UncheckedIOException("The bundled font " + file + " cannot be read.", e);
            } catch (FontFormatException e) {
                throw new IllegalStateException("The bundled font " + file + " is damaged.", e);
            }
        }
        registered = true;
    }

    private static InputStream open(String file) throws IOException {
        InputStream in = Fonts.class.getResourceAsStream("fonts/" + file);
        if (in == null) {
            throw new IOException("/craft/ui/fonts/" + file + " is missing from the program");
        }
        return in;
    }
}
