package craft.task;

/**
 * TRACE's score of ScienceQA, whose answers are a letter followed by an explanation: share of rows whose answer
 * begins with the character (code point) that the expected one begins with, spaces before it apart. Case counts.
 */
record FirstCharacter() implements TaskMetric {
    @Override
    public String name() {
        return "first-character";
    }

    @Override
    public String formula() {
        return "1/n sum_i [ first character of answer_i = first character of expected_i ]";
    }

    @Override
    public double row(Answered answered) {
        String given = Texts.answer(answered.given());
        String expected = Texts.answer(answered.expected());
        return !given.isEmpty() && !expected.isEmpty() && given.codePointAt(0) == expected.codePointAt(0) ? 1 : 0;
    }
}
