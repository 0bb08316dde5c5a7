package craft.method;

import craft.lm.FloatTensor;
import java.util.Collection;

/**
 * A number that everything after it would be computed from is NaN or infinite. The run has to end: nothing that it would still
 * compute could mean anything.
 */
public final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Which number it is. */
    public enum What {
        /** What a step minimises, or a part of it. */
        LOSS,
        /** The norm of a step's gradient, or a gradient that it is projected by. */
        GRADIENT,
        /** A number that is trained, or that the optimiser keeps of it. */
        WEIGHTS,
        /** What a method keeps of a learnt task: Fisher information, directions, centres. */
        STATISTICS,
        /** The loss on the validation rows. */
        VALIDATION,
        /** A divergence that decides on routing or merging. */
        DIVERGENCE,
        /** The log-likelihood of an answer. */
        LIKELIHOOD
    }

    private final What what;
    private final double value;
    private final int step;
    private final int plannedSteps;
    private final boolean told;

    public NotFiniteException(What what, double value) {
        this(what, value, 0, 0, false, null);
    }

    private NotFiniteException(What what, double value, int step, int plannedSteps, boolean told, NotFiniteException cause) {
        super(what + " is " + value, cause);
        this.what = what;
        this.value = value;
        this.step = step;
        this.plannedSteps = plannedSteps;
        this.told = told;
    }

    /**
     * The same, found in a step of a stage.
     *
     * @param in 1-based; @param told whether {@link Monitor#step} has been told of that step
     */
    public NotFiniteException at(int in, int planned, boolean told) {
        return new NotFiniteException(what, value, in, planned, told, this);
    }

    /** @return {@code value}, which is finite */
    public static double require(What what, double value) {
        if (!Double.isFinite(value)) {
            throw new NotFiniteException(what, value);
        }
        return value;
    }

    /** Looks at every number. */
    public static void require(What what, Collection<FloatTensor> arrays) {
        for (FloatTensor array : arrays) {
            require(what, array.data());
        }
    }

    /** Looks at every number. */
    public static void require(What what, float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                throw new NotFiniteException(what, number);
            }
        }
    }

    public What what() {
        return what;
    }

    public boolean infinite() {
        return Double.isInfinite(value);
    }

    /** 1-based within its stage; 0 where it was not in a step. */
    public int step() {
        return step;
    }

    public int plannedSteps() {
        return plannedSteps;
    }

    /** Whether {@link Monitor#step} had been told of the step. */
    public boolean told() {
        return told;
    }
}
