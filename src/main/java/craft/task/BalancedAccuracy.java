package craft.task;

import java.util.List;

/**
 * Mean recall: 1/L sum over the L labels that are expected of some row of (rows of the label answered right) / (rows
 * of the label). A constant answer gets 1/L (Brodersen et al. 2010, "The balanced accuracy and its posterior
 * distribution").
 */
record BalancedAccuracy() implements TaskMetric {
    @Override
    public String name() {
        return "balanced-accuracy";
    }

    @Override
    public String formula() {
        return "1/L sum_l right_l / rows_l, over the labels that occur";
    }

    @Override
    public double row(Answered answered) {
        return answered.right() ? 1 : 0;
    }

    @Override
    public double of(List<Answered> answered) {
        return new Confusion(answered).all().stream().filter(l -> l.expected() > 0)
                .mapToDouble(Confusion.Counts::recall).average()
                .orElseThrow(() -> new IllegalArgumentException("No rows to score"));
    }
}
