package craft.error;

/** Ranges of options. A value outside is refused with the option's whole path, the value and both bounds. */
public final class Range {
    private Range() {
    }

    /** Both bounds are allowed. */
    public static void between(String option, Number value, double least, double most) {
        require(value.doubleValue() >= least && value.doubleValue() <= most, option, value,
                "from " + Plain.number(least) + " to " + Plain.number(most));
    }

    /** {@code most} is allowed, {@code bound} is not. */
    public static void above(String option, Number value, double bound, double most) {
        require(value.doubleValue() > bound && value.doubleValue() <= most, option, value,
                "above " + Plain.number(bound) + " and at most " + Plain.number(most));
    }

    /** {@code least} is allowed, {@code bound} is not. */
    public static void below(String option, Number value, double least, double bound) {
        require(value.doubleValue() >= least && value.doubleValue() < bound, option, value,
                "at least " + Plain.number(least) + " and below " + Plain.number(bound));
    }

    private static void require(boolean good, String option, Number value, String range) {
        if (!good) {
            throw new InvalidInputException("Option " + option + " is " + Plain.number(value) + "; it must be " + range + ".");
        }
    }
}
