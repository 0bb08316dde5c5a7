package craft.ui.chart;

import craft.ui.Theme;
import javafx.scene.paint.Color;

/**
 * Colours that mean something: tasks and groups (Okabe and Ito 2008), scores and divergences (viridis, cividis) and
 * changes (blue - grey - orange). Colours are always joined by a number, name or shape.
 */
public final class Palette {
    /** Okabe-Ito, the weaker ones on white last. */
    private static final Color[] TASKS = colors("0072b2", "e69f00", "009e73", "cc79a7", "d55e00", "56b4e9", "f0e442");
    private static final Color DEEP_YELLOW = Color.web("#b5a600");
    private static final Color[] VIRIDIS = table("440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779",
            "6dcd59", "b4de2c", "fde725");
    private static final Color[] CIVIDIS = table("00224e", "123570", "3b496c", "575d6d", "707173", "8a8678", "a59c74",
            "c3b369", "e1cc55", "fee838");
    private static final Color[] CHANGE = table("9a4a00", "cf6f10", "f0a95c", "f3d6b8", "e3e3e3", "bcd3e6", "76acd8",
            "2f7fbf", "004f86");

    private Palette() {
    }

    /**
     * Colour of a task or group in the theme in use; the eighth is black or white and then they start over.
     *
     * @param number 1-based number of the task
     */
    public static Color task(int number) {
        return task(number, Theme.dark().get());
    }

    /** The same colour adapted to a theme: black becomes near-white on dark, yellow is deepened on white. */
    public static Color task(int number, boolean dark) {
        int index = Math.floorMod(number - 1, TASKS.length + 1);
        if (index == TASKS.length) {
            return dark ? Color.web("#e6edf3") : Color.web("#24292f");
        }
        return index == 6 && !dark ? DEEP_YELLOW : TASKS[index];
    }

    /** Viridis, for scores. @param share 0..1, clamped */
    public static Color viridis(double share) {
        return pick(VIRIDIS, share);
    }

    /** Cividis, for divergences. @param share 0..1, clamped */
    public static Color cividis(double share) {
        return pick(CIVIDIS, share);
    }

    /** Orange for a loss, grey for none, blue for a gain. @param change -1..1, clamped */
    public static Color change(double change) {
        return pick(CHANGE, (change + 1) / 2);
    }

    /** Black or white, whichever is read better on that fill; its contrast is at least 4.5. */
    public static Color inkOn(Color fill) {
        return contrast(Color.BLACK, fill) >= contrast(Color.WHITE, fill) ? Color.BLACK : Color.WHITE;
    }

    /** Contrast ratio of WCAG 2, from 1 to 21; both colours opaque. */
    public static double contrast(Color a, Color b) {
        double la = luminance(a);
        double lb = luminance(b);
        return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
    }

    private static double luminance(Color c) {
        return 0.2126 * linear(c.getRed()) + 0.7152 * linear(c.getGreen()) + 0.0722 * linear(c.getBlue());
    }

    private static double linear(double channel) {
        return channel <= 0.04045 ? channel / 12.92 : Math.pow((channel + 0.055) / 1.055, 2.4);
    }

    private static Color pick(Color[] table, double share) {
        double clamped = share >= 0 ? Math.min(share, 1) : 0;
        return table[(int) Math.round(clamped * (table.length - 1))];
    }

    private static Color[] colors(String... hex) {
        Color[] colors = new Color[hex.length];
        for (int i = 0; i < hex.length; i++) {
            colors[i] = Color.web("#" + hex[i]);
        }
        return colors;
    }

    /** 256 colours, linear between the given ones. */
    private static Color[] table(String... hex) {
        Color[] stops = colors(hex);
        Color[] table = new Color[257];
        for (int i = 0; i < table.length; i++) {
            double at = i / (table.length - 1.0) * (stops.length - 1);
            int low = Math.min((int) at, stops.length - 2);
            table[i] = stops[low].interpolate(stops[low + 1], at - low);
        }
        return table;
    }
}
