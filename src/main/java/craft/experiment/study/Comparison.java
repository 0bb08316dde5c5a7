package craft.experiment.study;

/**
 * A method's OP against the reference's, over the runs that both have finished on the same order with the same seed.
 *
 * @param difference of OP, positive = better than the reference
 * @param interval 95 % bootstrap interval of the mean difference
 */
public record Comparison(Summary difference, ResampledTTest test, Bootstrap interval, Wins wins) {
    private static final double CONFIDENCE = 0.95;
    private static final long SEED = 1;

    /** @param differences one a pair; @param testToTrain test rows to training rows */
    static Comparison of(double[] differences, double testToTrain) {
        return new Comparison(Summary.of(differences), ResampledTTest.of(differences, testToTrain),
                Bootstrap.ofMean(differences, CONFIDENCE, Bootstrap.RESAMPLES, SEED), Wins.of(differences));
    }
}
