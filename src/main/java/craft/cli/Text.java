package craft.cli;

import java.util.List;
import java.util.Locale;

/** Numbers and tables as plain text. */
final class Text {
    private static final int TAB = 2;

    private Text() {
    }

    /** Three decimals; {@code -} for what was not measured. */
    static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    /** Losses and divergences, which may be tiny: four significant digits or so. */
    static String nats(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return String.format(Locale.ROOT, value != 0 && Math.abs(value) < 0.001 ? "%.1e" : "%.4f", value);
    }

    /** {@code 5 min 12 s}. */
    static String duration(double seconds) {
        if (Double.isNaN(seconds)) {
            return "-";
        }
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long all = Math.round(seconds);
        if (all < 60) {
            return all + " s";
        }
        return all < 3600 ? all / 60 + " min " + all % 60 + " s" : all / 3600 + " h " + all % 3600 / 60 + " min";
    }

    /** Whole numbers with separators: {@code 5,120}. */
    static String whole(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,d", Math.round(value));
    }

    static String plural(long count, String noun) {
        return count == 1 ? "1 " + noun : String.format(Locale.ROOT, "%,d %ss", count, noun);
    }

    /**
     * Columns side by side: the first to the left, the others to the right, except where {@code left} says otherwise.
     */
    static String table(List<String> head, List<List<String>> rows, int... left) {
        int[] widths = new int[head.size()];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = width(head.get(c));
            for (List<String> row : rows) {
                widths[c] = Math.max(widths[c], width(row.get(c)));
            }
        }
        StringBuilder text = new StringBuilder();
        row(text, head, widths, left);
        for (List<String> row : rows) {
            row(text, row, widths, left);
        }
        return text.toString();
    }

    private static void row(StringBuilder text, List<String> cells, int[] widths, int[] left) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String space = " ".repeat(widths[c] - width(cells.get(c)));
            boolean toLeft = c == 0;
            for (int l : left) {
                toLeft |= l == c;
            }
            line.append(c == 0 ? "" : " ".repeat(TAB));
            line.append(toLeft ? cells.get(c) + space : space + cells.get(c));
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    /** Columns of a terminal: East Asian wide characters take two. */
    static int width(String text) {
        return text.codePoints().map(c -> c >= 0x1100 && (c <= 0x115F || c >= 0x2E80 && c <= 0xA4CF
                || c >= 0xAC00 && c <= 0xD7A3 || c >= 0xF900 && c <= 0xFAFF || c >= 0xFF00 && c <= 0xFF60
                || c >= 0x20000 && c <= 0x3FFFD) ? 2 : 1).sum();
    }
}
