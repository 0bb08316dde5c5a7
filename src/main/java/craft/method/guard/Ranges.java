package craft.method.guard;

import craft.error.Range;

/** Ranges of guards' options. */
final class Ranges {
    private Ranges() {
    }

    static void between(String option, Number value, double least, double most) {
        Range.between("method." + option, value, least, most);
    }

    static void positive(String option, double value) {
        Range.above("method." + option, value, 0, 1e9);
    }
}
