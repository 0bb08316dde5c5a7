package craft.ui.chart;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as text, the same in every language: point as decimal mark, a real minus sign, "–" for none. */
final class Numbers {
    static final String NONE = "–";

    private Numbers() {
    }

    /** A divergence, a loss: three decimals, fewer from 10 on. */
    static String nats(double value) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        double size = Math.abs(value);
        return fixed(value, size >= 100 ? 1 : size >= 10 ? 2 : 3);
    }

    /** A share as percent with one decimal, without the sign %. */
    static String percent(double share) {
        return fixed(share * 100, 1);
    }

    /** A change of a share in percentage points, always with its sign. */
    static String change(double share) {
        String text = percent(share);
        return text.equals(NONE) || text.equals("0.0") || text.startsWith("−") ? text : "+" + text;
    }

    /** As short as can be with at most four significant digits: 0.5, 0.0313. */
    static String plain(double value) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        BigDecimal rounded = new BigDecimal(value).round(new java.math.MathContext(4)).stripTrailingZeros();
        return rounded.toPlainString().replace('-', '−');
    }

    static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return NONE;
        }
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
        return (rounded.signum() == 0 ? rounded.abs() : rounded).toPlainString().replace('-', '−');
    }
}
