package craft.method;

/**
 * Learning rate over the steps of one stage: linear warm-up, then linear decay to 0, or no decay.
 *
 * @param steps planned steps
 * @param warmup steps of the warm-up
 */
public record Schedule(double peak, int steps, int warmup, boolean decay) {

    public static Schedule warmupAndDecay(TrainingOptions options, int steps) {
        return new Schedule(options.learningRate(), steps, (int) Math.round(options.warmupRatio() * steps), true);
    }

    public static Schedule warmupOnly(TrainingOptions options, int steps) {
        return new Schedule(options.learningRate(), steps, (int) Math.round(options.warmupRatio() * steps), false);
    }

    /** @param step 1-based */
    public double rate(int step) {
        if (step <= warmup) {
            return peak * step / (warmup + 1);
        }
        return decay ? peak * Math.max(0, steps - step + 1) / Math.max(1, steps - warmup) : peak;
    }
}
