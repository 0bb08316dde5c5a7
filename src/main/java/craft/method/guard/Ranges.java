package craft.method.guard;

import craft.error.InvalidInputException;

/** Ranges of guards' options. */
final class Ranges {
    private Ranges() {
    }

    static void between(String option, Number value, double least, double most) {
        if (!(value.doubleValue() >= least && value.doubleValue() <= most)) {
            throw new InvalidInputException("Option method." + option + " is " + value + "; it must be from " + plain(least)
                    + " to " + plain(most) + ".");
        }
    }

    static void positive(String option, double value) {
        if (!(value > 0 && value <= 1e9)) {
            throw new InvalidInputException("Option method." + option + " is " + value + "; it must be above 0.");
        }
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
