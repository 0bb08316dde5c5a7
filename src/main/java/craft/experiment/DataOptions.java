package craft.experiment;

import craft.error.Range;

/**
 * How much of each task is used. Training rows are drawn with the run's seed; evaluation and test rows are the first
 * ones of their files, so that every seed is scored on the same rows.
 *
 * @param trainRows training rows a task at most, 0 for all
 * @param evalRows validation rows a task at most, 0 for all
 * @param testRows test rows a task at most, 0 for all
 * @param maxPromptTokens a longer prompt is shortened to this; 0: the model's context is the limit and a longer prompt
 *     is refused
 * @param skipBadRows go on without rows that cannot be used, instead of refusing the task
 * @param unionScores score the last row of the matrix also among the labels of all tasks
 */
public record DataOptions(int trainRows, int evalRows, int testRows, int maxPromptTokens, boolean skipBadRows,
        boolean unionScores) {

    public static DataOptions defaults() {
        return new DataOptions(0, 0, 0, 0, false, true);
    }

    void check() {
        require(trainRows, "trainRows");
        require(evalRows, "evalRows");
        require(testRows, "testRows");
        require(maxPromptTokens, "maxPromptTokens");
    }

    private static void require(int value, String option) {
        Range.between("data." + option, value, 0, Integer.MAX_VALUE);
    }
}
