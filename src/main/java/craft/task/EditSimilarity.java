package craft.task;

/**
 * TRACE's score of Py150, {@code fuzz.ratio} of fuzzywuzzy with python-Levenshtein (rapidfuzz's ratio is the same):
 * 1 - d / (|a| + |b|), where d is the fewest insertions and deletions of characters that turn one text into the other
 * (a substitution counts 2), so that it equals 2 LCS / (|a| + |b|). Characters are Unicode code points; spaces at both
 * ends are dropped and letters composed (NFC), nothing else is. Here in [0, 1] and not rounded; TRACE reports it in per cent. Mean over the rows.
 * Two empty texts are equal.
 */
record EditSimilarity() implements TaskMetric {
    @Override
    public String name() {
        return "edit-similarity";
    }

    @Override
    public String formula() {
        return "mean of 1 - indel(a, b) / (|a| + |b|) over characters (fuzzy ratio)";
    }

    @Override
    public double row(Answered answered) {
        Object[] given = characters(answered.given());
        Object[] expected = characters(answered.expected());
        int sum = given.length + expected.length;
        return sum == 0 ? 1 : 2.0 * Subsequence.longestCommon(given, expected) / sum;
    }

    private static Object[] characters(String text) {
        return Texts.answer(text).codePoints().boxed().toArray();
    }
}
