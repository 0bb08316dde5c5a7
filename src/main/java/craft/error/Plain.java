package craft.error;

import java.math.BigDecimal;

/** Numbers as a person writes them. */
public final class Plain {
    private static final double LONG = 1e15;
    private static final double SHORT = 1e-6;

    private Plain() {
    }

    /** Without an exponent, and without zeros that say nothing: 1000000000, 0.0002, 10; only huge and tiny ones as 1E+30. */
    public static String number(Number value) {
        double real = value.doubleValue();
        if (!Double.isFinite(real)) {
            return Double.isNaN(real) ? "not a number" : real > 0 ? "infinite" : "minus infinite";
        }
        if (value instanceof Integer || value instanceof Long || real == 0) {
            return Long.toString(value.longValue());
        }
        BigDecimal exact = new BigDecimal(Double.toString(real)).stripTrailingZeros();
        boolean plain = Math.abs(real) < LONG && Math.abs(real) >= SHORT;
        return plain ? exact.toPlainString() : exact.toString();
    }
}
