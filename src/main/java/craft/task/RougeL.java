package craft.task;

/**
 * ROUGE-L (Lin 2004, "ROUGE: A Package for Automatic Evaluation of Summaries", equations 2 to 4, beta = 1): with LCS
 * the length of the longest common subsequence of the tokens, P = LCS / |answer|, R = LCS / |expected|,
 * F1 = 2PR / (P + R) = 2 LCS / (|answer| + |expected|). The whole answer is one sequence, not split into sentences. Tokens
 * are {@link Words#words lower-cased words without punctuation}. Mean over the rows. Two texts without a word count
 * as equal.
 */
record RougeL() implements TaskMetric {
    @Override
    public String name() {
        return "rouge-l";
    }

    @Override
    public String formula() {
        return "mean of 2 LCS / (|answer| + |expected|) over lower-cased words";
    }

    @Override
    public double row(Answered answered) {
        Object[] given = Words.words(answered.given()).toArray();
        Object[] expected = Words.words(answered.expected()).toArray();
        int sum = given.length + expected.length;
        return sum == 0 ? 1 : 2.0 * Subsequence.longestCommon(given, expected) / sum;
    }
}
