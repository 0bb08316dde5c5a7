package craft.method.craft;

import craft.method.State;

/**
 * When tuning a joined group ends before its last epoch, all by the divergence KL(reference || trained) of the batches:
 * <ul>
 * <li>budget: the moving average of the last {@code checkEvery} steps exceeds epsilon; not with dual ascent, whose lambda
 * rises instead;
 * <li>settled: over {@code settleChecks} checks in a row the moving average changed by less than {@code settleDelta} of
 * itself each time, and validation cross-entropy has not improved in any of them.
 * </ul>
 */
final class StoppingRules {
    private final CraftOptions.Tuning options;
    private final double[] window;
    private int steps;
    private double lastAverage = Double.NaN;
    private double bestCrossEntropy = Double.POSITIVE_INFINITY;
    private int quietChecks;

    StoppingRules(CraftOptions.Tuning options) {
        this.options = options;
        this.window = new double[options.checkEvery()];
    }

    void step(double kl) {
        window[steps++ % window.length] = kl;
    }

    void save(State to) {
        to.put("steps", steps);
        for (int i = 0; i < window.length; i++) {
            to.part("window").put("" + i, window[i]);
        }
        to.put("lastAverage", lastAverage);
        to.put("bestCrossEntropy", bestCrossEntropy);
        to.put("quietChecks", quietChecks);
    }

    void restore(State from) {
        steps = from.integer("steps");
        for (int i = 0; i < window.length; i++) {
            window[i] = from.part("window").real("" + i);
        }
        lastAverage = from.real("lastAverage");
        bestCrossEntropy = from.real("bestCrossEntropy");
        quietChecks = from.integer("quietChecks");
    }

    /** Mean divergence of the last steps, NaN where there is none. */
    double klAverage() {
        int n = Math.min(steps, window.length);
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += window[i];
        }
        return sum / n;
    }

    boolean overBudget() {
        return options.lambdaRule() == CraftOptions.LambdaRule.FIXED && options.epsilon() > 0 && steps >= window.length && klAverage() > options.epsilon();
    }

    /** To be asked once a check. Never true without a divergence. */
    boolean settled(double crossEntropy) {
        double average = klAverage();
        boolean still = Math.abs(average - lastAverage) < options.settleDelta() * Math.abs(lastAverage);
        boolean improved = crossEntropy < bestCrossEntropy;
        lastAverage = average;
        bestCrossEntropy = Math.min(bestCrossEntropy, crossEntropy);
        quietChecks = still && !improved ? quietChecks + 1 : 0;
        return quietChecks >= options.settleChecks();
    }
}
