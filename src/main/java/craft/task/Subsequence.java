package craft.task;

/** Longest common subsequence. */
final class Subsequence {
    private Subsequence() {
    }

    /** Length of the longest common subsequence, by the usual table of which two rows are kept: O(|a| |b|) time. */
    static int longestCommon(Object[] a, Object[] b) {
        int[] above = new int[b.length + 1];
        int[] row = new int[b.length + 1];
        for (Object x : a) {
            for (int j = 1; j <= b.length; j++) {
                row[j] = x.equals(b[j - 1]) ? above[j - 1] + 1 : Math.max(above[j], row[j - 1]);
            }
            int[] swap = above;
            above = row;
            row = swap;
        }
        return above[b.length];
    }
}
