package craft.experiment;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every metric there is, with the formula to print beside its number: tables, commands and the window all take them from
 * here. In a formula a_{j,i} is the score of task i after training task j (0: untrained), T the number of tasks; what
 * stands low is written {@code _{...}}.
 */
public enum Metric {
    OVERALL_PERFORMANCE("op", "OP", "1/T · Σ_{i} a_{T,i}", true, s -> Metrics.overallPerformance(s.matrix())),
    FORGETTING("forgetting", "Forgetting", "1/(T−1) · Σ_{i<T} (max_{j<T} a_{j,i} − a_{T,i})", false,
            s -> Metrics.forgetting(s.matrix())),
    FORGETTING_CRAFT("forgettingCraft", "Forgetting, CRAFT's sign", "1/T · Σ_{i} (a_{i,i} − a_{T,i})", false,
            s -> Metrics.forgettingCraft(s.matrix())),
    BACKWARD_TRANSFER("bwt", "BWT", "1/(T−1) · Σ_{i<T} (a_{T,i} − a_{i,i})", true,
            s -> Metrics.backwardTransfer(s.matrix())),
    BACKWARD_TRANSFER_TRACE("bwtTrace", "BWT, TRACE", "1/T · Σ_{i} (a_{T,i} − a_{i,i})", true,
            s -> Metrics.backwardTransferTrace(s.matrix())),
    BACKWARD_TRANSFER_TREELORA("bwtTreeLora", "BWT, TreeLoRA", "1/T · Σ_{i} min(a_{T,i} − a_{i,i}, 0)", true,
            s -> Metrics.backwardTransferTreeLora(s.matrix())),
    FORWARD_TRANSFER("fwt", "FWT", "1/(T−1) · Σ_{i≥2} (a_{i−1,i} − a_{0,i})", true,
            s -> Metrics.forwardTransfer(s.matrix())),
    LEARNING_ACCURACY("learningAccuracy", "Learning accuracy", "1/T · Σ_{i} a_{i,i}", true,
            s -> Metrics.learningAccuracy(s.matrix())),
    FUAR("fuar", "FUAR",
            "Σ_{i<T} max(a_{i,i} − a_{T,i}, 0) / (Σ_{i<T} max(a_{T,i} − a_{i,i}, 0) + Σ_{i} max(a_{i,i} − a_{0,i}, 0))",
            false, s -> Metrics.fuar(s.matrix())),
    INTRANSIGENCE("intransigence", "Intransigence", "1/T · Σ_{i} (joint_{i} − a_{i,i})", false,
            s -> Metrics.intransigence(s.matrix(), s.joint())),
    X_DELTA("xDelta", "X-delta", "1/|X| · Σ_{x∈X} (after_{x} − before_{x})", true,
            s -> Metrics.xDelta(s.probeBefore(), s.probeAfter()));

    private static final Pattern LOW = Pattern.compile("_\\{([^}]*)}");

    /**
     * What was measured of a run.
     *
     * @param joint scores of a model trained on all tasks at once, in the order of the matrix; empty without such a run
     * @param probeBefore scores on the probe suite X before the first task; empty without one
     * @param probeAfter the same after the last task
     */
    public record Scores(AccuracyMatrix matrix, List<Double> joint, List<Double> probeBefore, List<Double> probeAfter) {
        public Scores {
            joint = List.copyOf(joint);
            probeBefore = List.copyOf(probeBefore);
            probeAfter = List.copyOf(probeAfter);
        }

        /** The matrix alone: what needs more is NaN. */
        public static Scores of(AccuracyMatrix matrix) {
            return new Scores(matrix, List.of(), List.of(), List.of());
        }
    }

    @FunctionalInterface
    private interface Value {
        double of(Scores scores);
    }

    private final String key;
    private final String label;
    private final String formula;
    private final boolean higherIsBetter;
    private final Value value;

    Metric(String key, String label, String formula, boolean higherIsBetter, Value value) {
        this.key = key;
        this.label = label;
        this.formula = formula;
        this.higherIsBetter = higherIsBetter;
        this.value = value;
    }

    /** The metrics that the accuracy matrix alone gives, in the order of a table. */
    public static List<Metric> ofMatrix() {
        return List.of(OVERALL_PERFORMANCE, FORGETTING, FORGETTING_CRAFT, BACKWARD_TRANSFER, BACKWARD_TRANSFER_TRACE,
                BACKWARD_TRANSFER_TREELORA, FORWARD_TRANSFER, LEARNING_ACCURACY, FUAR);
    }

    /** Its name in JSON and CSV. */
    public String key() {
        return key;
    }

    /** Its name in a table, in English. */
    public String label() {
        return label;
    }

    /** One line; {@code _{...}} stands low. */
    public String formula() {
        return formula;
    }

    /** The formula in plain ASCII: {@code 1/T sum_i a_T,i}. */
    public String plainFormula() {
        Matcher low = LOW.matcher(formula);
        return low.replaceAll("_$1").replace(" · ", " ").replace("Σ", "sum").replace("−", "-").replace("≥", ">=")
                .replace("∈", " in ");
    }

    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    /** NaN while something it needs is missing, or where it is not defined. */
    public double of(Scores scores) {
        return value.of(scores);
    }

    public double of(AccuracyMatrix matrix) {
        return of(Scores.of(matrix));
    }
}
