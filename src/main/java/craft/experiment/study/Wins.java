package craft.experiment.study;

/** On how many paired runs one method was better than, equal to, or worse than another. */
public record Wins(int better, int equal, int worse) {
    /** Scores nearer than this are equal: sums in another order differ in their last digits. */
    private static final double SAME = 1e-12;

    /** @param differences one a pair, positive = better */
    public static Wins of(double... differences) {
        int better = 0;
        int worse = 0;
        for (double d : differences) {
            better += d > SAME ? 1 : 0;
            worse += d < -SAME ? 1 : 0;
        }
        return new Wins(better, differences.length - better - worse, worse);
    }

    @Override
    public String toString() {
        return better + "/" + equal + "/" + worse;
    }
}
