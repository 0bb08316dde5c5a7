package craft.method.craft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.intervention.InterventionSet;
import craft.lm.Adaptation;
import craft.lm.CausalLm;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import craft.method.Batches;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The group with the lowest score of the next-token distribution p_g that it gives after a prompt's last token, over the
 * whole vocabulary. One pass a group over all prompts.
 */
final class OutputChoice implements GroupChoice {
    /** Padded tokens a batch. */
    private static final int TOKENS = 2048;
    /** Any one token: its predictor is the prompt's last token. One list, so that equal prompts make equal sequences. */
    private static final List<int[]> NEXT = List.of(new int[] {0});

    /** What is lowest where a group knows the prompt. */
    @FunctionalInterface
    interface Score {
        /** @param own log p_g {@code [N, V]}; @param base log p_0 of the untouched model; @return {@code [N]} */
        NDArray of(NDArray own, NDArray base);
    }

    /**
     * Entropy of p_g: a network is surest on what it was trained for. Wortsman et al. 2020 (Supermasks in Superposition,
     * section 3.3) choose a task's mask so.
     */
    static final Score ENTROPY = (own, base) -> own.exp().mul(own).sum(new int[] {-1}).neg();

    /**
     * KL(p_g || p_0), by the argument that CRAFT routes with: the frozen model already leans to the kinds of answer that a
     * prompt asks for, and the group that was trained for such prompts has to turn it least. Ours.
     */
    static final Score DIVERGENCE = (own, base) -> own.exp().mul(own.sub(base)).sum(new int[] {-1});

    private final CausalLm model;
    private final ForwardPass pass;
    private final List<InterventionSet> groups;
    private final Score score;

    /** @param groups seen as they are when a choice is made */
    OutputChoice(CausalLm model, ForwardPass pass, List<InterventionSet> groups, Score score) {
        this.model = model;
        this.pass = pass;
        this.groups = groups;
        this.score = score;
    }

    @Override
    public int[] each(List<Sequence> prompts) {
        return scores(prompts).stream().mapToInt(OutputChoice::lowest).toArray();
    }

    @Override
    public int together(List<Sequence> prompts) {
        double[] sums = new double[groups.size()];
        for (double[] scores : scores(prompts)) {
            for (int g = 0; g < sums.length; g++) {
                sums[g] += scores[g];
            }
        }
        return lowest(sums);
    }

    private static int lowest(double[] scores) {
        int best = 0;
        for (int g = 1; g < scores.length; g++) {
            if (scores[g] < scores[best]) {
                best = g;
            }
        }
        return best + 1;
    }

    /** For each prompt the score of each group. */
    List<double[]> scores(List<Sequence> prompts) {
        List<Sequence> questions = prompts.stream().map(p -> new Sequence(p.prompt(), NEXT)).toList();
        Map<Sequence, double[]> scores = new HashMap<>();
        try (NDManager owner = model.newManager()) {
            List<Adaptation> adaptations = new ArrayList<>();
            groups.forEach(group -> adaptations.add(group.on(owner)));
            for (List<Sequence> batch : Batches.byLength(questions, TOKENS)) {
                batch.forEach(question -> scores.put(question, new double[groups.size()]));
                score(batch, adaptations, scores);
            }
        }
        return questions.stream().map(scores::get).toList();
    }

    private void score(List<Sequence> batch, List<Adaptation> adaptations, Map<Sequence, double[]> scores) {
        try (NDManager step = model.newManager()) {
            NDArray base = logProbabilities(step, batch, null);
            for (int g = 0; g < adaptations.size(); g++) {
                float[] all = score.of(logProbabilities(step, batch, adaptations.get(g)), base).toFloatArray();
                for (int i = 0; i < all.length; i++) {
                    scores.get(batch.get(i))[g] = all[i];
                }
            }
        }
    }

    private NDArray logProbabilities(NDManager step, List<Sequence> batch, Adaptation adaptation) {
        return model.logits(pass.hidden(step, batch, adaptation)).logSoftmax(-1);
    }
}
