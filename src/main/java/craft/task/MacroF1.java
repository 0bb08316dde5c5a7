package craft.task;

import java.util.List;

/**
 * 1/L sum_l 2 TP_l / (2 TP_l + FP_l + FN_l), over the L labels that were expected or given (Sokolova and Lapalme
 * 2009, macro-averaged F-score with beta = 1, as the mean of the labels' F1; scikit-learn's {@code
 * f1_score(average="macro")} takes the same labels).
 */
record MacroF1() implements TaskMetric {
    @Override
    public String name() {
        return "macro-f1";
    }

    @Override
    public String formula() {
        return "1/L sum_l 2 TP_l / (2 TP_l + FP_l + FN_l), over the labels expected or given";
    }

    @Override
    public double row(Answered answered) {
        return answered.right() ? 1 : 0;
    }

    @Override
    public double of(List<Answered> answered) {
        return new Confusion(answered).all().stream().mapToDouble(Confusion.Counts::f1).average()
                .orElseThrow(() -> new IllegalArgumentException("No rows to score"));
    }
}
