package craft.task;

/**
 * The score of one task's test rows. All values in [0, 1]; NaN where not measured.
 *
 * @param accuracy share of rows answered right, choosing among the task's own labels ("task known")
 * @param balancedAccuracy mean over the labels that occur of the share answered right
 * @param unionAccuracy share answered right when choosing among the labels of all tasks seen so far
 * @param majority share of the most frequent label: what a constant answer would score
 * @param rows number of rows scored
 */
public record Score(double accuracy, double balancedAccuracy, double unionAccuracy, double majority, int rows) {
}
