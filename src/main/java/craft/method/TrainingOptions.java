package craft.method;

import craft.error.InvalidInputException;

/**
 * Optimisation, the same for every method: AdamW with linear warm-up and linear decay to 0.
 *
 * @param learningRate peak learning rate
 * @param batchSize examples passed forward together
 * @param batchTokens padded tokens passed forward together at most, instead of a fixed number of examples; 0: batchSize counts
 * @param accumulate batches whose gradients are summed up to one optimiser step
 * @param epochs passes over the training rows at most (maxEpochs)
 * @param warmupRatio share of the steps over which the learning rate rises
 * @param weightDecay decoupled weight decay of AdamW
 * @param maxGradientNorm global norm to which gradients are clipped; 0 switches clipping off
 */
public record TrainingOptions(double learningRate, int batchSize, int batchTokens, int accumulate, int epochs, double warmupRatio,
        double weightDecay, double maxGradientNorm) {

    public static TrainingOptions defaults() {
        return new TrainingOptions(2e-4, 4, 0, 1, 3, 0.05, 0, 1);
    }

    public void check() {
        require(learningRate > 0 && learningRate <= 10, "learningRate", learningRate, "above 0 and at most 10");
        require(batchSize >= 1 && batchSize <= 4096, "batchSize", batchSize, "from 1 to 4096");
        require(batchTokens >= 0 && batchTokens <= 10_000_000, "batchTokens", batchTokens, "from 0 to 10000000");
        require(accumulate >= 1 && accumulate <= 4096, "accumulate", accumulate, "from 1 to 4096");
        require(epochs >= 1 && epochs <= 10_000, "epochs", epochs, "from 1 to 10000");
        require(warmupRatio >= 0 && warmupRatio < 1, "warmupRatio", warmupRatio, "at least 0 and below 1");
        require(weightDecay >= 0 && weightDecay < 10, "weightDecay", weightDecay, "at least 0 and below 10");
        require(maxGradientNorm >= 0 && maxGradientNorm < 1e9, "maxGradientNorm", maxGradientNorm, "at least 0");
    }

    private static void require(boolean good, String option, Number value, String range) {
        if (!good) {
            throw new InvalidInputException("Option training." + option + " is " + value + "; it must be " + range + ".");
        }
    }
}
