package craft.method;

import java.util.List;

/** What a method tells while it learns. Called on the training thread; losses in nats per answer token. */
public interface Monitor {
    void stageStarted(Stage stage, int plannedSteps);

    void stageFinished(Stage stage, int steps, String reason);

    /** After every optimiser step. */
    void step(Step step);

    /**
     * The method stands where {@link ContinualMethod#save} can be called and another process go on. May block while the run
     * is paused, write a checkpoint, or throw {@link Stopped} when the run has to end.
     */
    void safePoint();

    void validated(int step, double crossEntropy, double klAverage);

    /** Only from a method that {@linkplain MethodOptions#routes() routes}: what was decided and the divergences it was decided by. */
    void routed(Routed decision);

    void merged(Merge merge);

    /** Something the user should know. */
    void note(String message);

    /**
     * @param step 1-based within the stage
     * @param kl NaN without a reference
     * @param tokens passed forward and backward in this step, prompt and answer
     */
    record Step(Stage stage, int step, int plannedSteps, double loss, double crossEntropy, double kl, double lambda,
            double learningRate, double gradientNorm, int tokens) {
    }

    /** See RunEvent.RoutingDecided. */
    record Routed(List<Double> divergences, double baseDivergence, double threshold, String rule, int nearest,
            int group, boolean opened) {
    }

    /** See RunEvent.Merged. */
    record Merge(int group, double alpha, String rule, double budget, double divergenceTrained, double divergenceMerged) {
    }

    /** The run was told to stop: unwinds the method between two steps. */
    final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Stopped() {
            super("stopped", null, false, false);
        }
    }
}
