package craft.method.craft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.intervention.InterventionSet;
import craft.lm.Adaptation;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.lm.Sequence;
import craft.lm.SideBySide;
import craft.method.Batches;
import craft.method.NotFiniteException;
import craft.method.State;
import java.util.ArrayList;
import java.util.List;

/**
 * The group whose next-token distribution p_g after a prompt's last token, over the whole vocabulary, is most as it usually
 * is on the group's own prompts. One pass a group and prompt.
 */
final class OutputChoice implements GroupChoice {
    /** Padded tokens a batch. */
    private static final int TOKENS = 2048;
    /** Any one token: its predictor is the prompt's last token. One list, so that equal prompts make equal sequences. */
    private static final List<int[]> NEXT = List.of(new int[] {0});

    /** What is compared; lowest where a group knows the prompt. */
    interface Score {
        /** What of each p_g is averaged over the group's own prompts: log p_g {@code [N, V]} to {@code [N, k]}. */
        NDArray statistic(NDArray log);

        /** @param usual {@code [k]}, belongs to the same manager as {@code log}; @return {@code [N]} */
        NDArray of(NDArray log, NDArray usual);
    }

    /**
     * Entropy of p_g less the group's usual one: a network is surest on what it was trained for. Wortsman et al. 2020
     * (Supermasks in Superposition, section 3.3) choose a task's mask by the entropy alone; taking off what is usual is ours,
     * since a task with few answers gives less entropy on any prompt.
     */
    static final Score ENTROPY = new Score() {
        @Override
        public NDArray statistic(NDArray log) {
            return log.exp().mul(log).sum(new int[] {-1}, true).neg();
        }

        @Override
        public NDArray of(NDArray log, NDArray usual) {
            return statistic(log).sub(usual).squeeze(-1);
        }
    };

    /** KL(p_g || q_g), q_g the mean of p_g over the group's own prompts: how unlike its usual answers it is. Ours. */
    static final Score DIVERGENCE = new Score() {
        @Override
        public NDArray statistic(NDArray log) {
            return log.exp();
        }

        @Override
        public NDArray of(NDArray log, NDArray usual) {
            return log.exp().mul(log.sub(usual.add(1e-10).log())).sum(new int[] {-1});
        }
    };

    private final CausalLm model;
    private final ForwardPass pass;
    private final List<InterventionSet> groups;
    private final Score score;
    private final List<float[]> usual = new ArrayList<>();
    private final List<Integer> members = new ArrayList<>();

    /** @param groups seen as they are when a choice is made */
    OutputChoice(CausalLm model, ForwardPass pass, List<InterventionSet> groups, Score score) {
        this.model = model;
        this.pass = pass;
        this.groups = groups;
        this.score = score;
    }

    @Override
    public void join(int group, InterventionSet set, List<Sequence> prompts) {
        float[] mean = statistic(set, prompts);
        if (group > usual.size()) {
            usual.add(mean);
            members.add(1);
            return;
        }
        int n = members.get(group - 1);
        float[] before = usual.get(group - 1);
        for (int i = 0; i < mean.length; i++) {
            before[i] = (before[i] * n + mean[i]) / (n + 1);
        }
        members.set(group - 1, n + 1);
    }

    private float[] statistic(InterventionSet set, List<Sequence> prompts) {
        double[] sum = null;
        try (NDManager owner = model.newManager()) {
            Adaptation adaptation = set.on(owner);
            for (List<Sequence> batch : Batches.byLength(questions(prompts), TOKENS)) {
                try (NDManager step = model.newManager()) {
                    float[] part = score.statistic(logProbabilities(step, batch, adaptation)).sum(new int[] {0}).toFloatArray();
                    sum = sum == null ? new double[part.length] : sum;
                    for (int i = 0; i < part.length; i++) {
                        sum[i] += part[i];
                    }
                }
            }
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / prompts.size());
        }
        return mean;
    }

    private static List<Sequence> questions(List<Sequence> prompts) {
        return prompts.stream().map(p -> new Sequence(p.prompt(), NEXT)).toList();
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

    /** For each prompt the score of each group. Each prompt by itself, on one thread, so that its scores depend on no other. */
    List<double[]> scores(List<Sequence> prompts) {
        try (NDManager owner = model.newManager()) {
            List<Adaptation> adaptations = groups.stream().<Adaptation>map(group -> group.on(owner)).toList();
            return SideBySide.mapOnOneThreadEach(questions(prompts), model.settings().together(prompts), question -> {
                double[] scores = new double[adaptations.size()];
                for (int g = 0; g < scores.length; g++) {
                    scores[g] = score(question, g, adaptations.get(g));
                }
                return scores;
            });
        }
    }

    private double score(Sequence question, int g, Adaptation adaptation) {
        try (NDManager step = model.newManager()) {
            NDArray log = logProbabilities(step, List.of(question), adaptation);
            double value = score.of(log, log.getManager().create(usual.get(g))).toFloatArray()[0];
            NotFiniteException.require(NotFiniteException.What.DIVERGENCE, value);
            return value;
        }
    }

    private NDArray logProbabilities(NDManager step, List<Sequence> batch, Adaptation adaptation) {
        return model.logits(pass.hidden(step, batch, adaptation)).logSoftmax(-1);
    }

    @Override
    public long storedBytes() {
        return Float.BYTES * usual.stream().mapToLong(u -> u.length).sum();
    }

    @Override
    public void save(State to) {
        to.put("groups", usual.size());
        for (int g = 0; g < usual.size(); g++) {
            to.part(g + 1).put("usual", new FloatTensor(new long[] {usual.get(g).length}, usual.get(g).clone()));
            to.part(g + 1).put("members", members.get(g));
        }
    }

    @Override
    public void restore(State from) {
        for (int g = 1; g <= from.integer("groups"); g++) {
            usual.add(from.part(g).array("usual").data().clone());
            members.add(from.part(g).integer("members"));
        }
    }
}
