package craft.ui.text;

import java.util.Locale;

/** How numbers stand in the window: with a point as decimal mark in both languages, as in papers, and a real minus. */
public final class Numbers {
    /** What stands for a number that is not there. */
    public static final String NONE = "–";

    private static final char MINUS = '−';

    private Numbers() {
    }

    /** A score or divergence with so many decimals; a dash for NaN. */
    public static String fixed(double value, int decimals) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        double scale = Math.pow(10, decimals);
        double rounded = Math.rint(value * scale) / scale;
        // adding 0 turns -0.0 into 0.0, which would otherwise be written with its sign
        return String.format(Locale.ROOT, "%." + decimals + "f", rounded + 0.0).replace('-', MINUS);
    }

    /** A share as per cent with one decimal, 83.8%; a dash for NaN. */
    public static String percent(double share) {
        return Double.isNaN(share) ? NONE : fixed(100 * share, 1) + "%";
    }

    /** The same for a change: with its sign. */
    public static String percentChange(double share) {
        return signed(percent(share));
    }

    /** A change of a share in percentage points with one decimal and its sign, without a unit: −3.4. */
    public static String points(double share) {
        return signed(fixed(100 * share, 1));
    }

    private static String signed(String text) {
        boolean zero = text.startsWith("0.0");
        return text.charAt(0) == MINUS || zero || text.equals(NONE) ? text : "+" + text;
    }

    /** Three figures and k, M or G: 950, 5.1k, 6.5M. */
    public static String compact(double value) {
        if (Double.isNaN(value)) {
            return NONE;
        }
        String[] units = {"", "k", "M", "G", "T"};
        double rest = value;
        int unit = 0;
        while (Math.abs(rest) >= 999.5 && unit < units.length - 1) {
            rest /= 1000;
            unit++;
        }
        int decimals = unit == 0 || Math.abs(rest) >= 99.95 ? 0 : 1;
        return String.format(Locale.ROOT, "%." + decimals + "f%s", rest, units[unit]);
    }

    /** Groups of three figures: 6,513,920. */
    public static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Bytes in the unit that fits: 26.1 MB. Powers of 1000, as disks are sold. */
    public static String bytes(long bytes) {
        String[] units = {"B", "kB", "MB", "GB", "TB"};
        double rest = bytes;
        int unit = 0;
        while (rest >= 999.5 && unit < units.length - 1) {
            rest /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || rest >= 99.95 ? "%.0f %s" : "%.1f %s", rest, units[unit]);
    }

    /** Minutes and seconds, hours where there are any: 1:12, 2:03:40; a dash for NaN. */
    public static String duration(double seconds) {
        if (Double.isNaN(seconds) || seconds < 0 || Double.isInfinite(seconds)) {
            return NONE;
        }
        long all = Math.round(seconds);
        return all >= 3600 ? String.format(Locale.ROOT, "%d:%02d:%02d", all / 3600, all / 60 % 60, all % 60)
                : String.format(Locale.ROOT, "%d:%02d", all / 60, all % 60);
    }
}
