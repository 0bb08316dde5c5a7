package craft.method.craft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.intervention.InterventionSet;
import craft.intervention.ReftForm;
import craft.intervention.SiteOptions;
import craft.lm.CausalLm;
import craft.lm.PlainPass;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import craft.method.ContinualMethod;
import craft.method.MethodOptions;
import craft.method.MethodRuns;
import craft.method.MethodRuns.Told;
import craft.method.Stage;
import craft.method.State;
import craft.method.TrainingTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each choice of CRAFT's does what it says, on a real small model. */
class CraftChoicesTest {
    /** Everything joins the first group. */
    private static final String JOIN = "routing.threshold=absolute routing.tau=1000000 ";

    private static CausalLm model;

    @BeforeAll
    static void load() {
        TorchThread.prepare();
        model = MethodRuns.model();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** What was told, stages and merges too. */
    private static final class Heard extends Told {
        final List<Stage> stages = new ArrayList<>();
        final Map<Stage, String> reasons = new LinkedHashMap<>();
        final List<Merge> merges = new ArrayList<>();
        List<InterventionSet> groups;

        Heard() {
            super(0);
        }

        @Override
        public void stageStarted(Stage stage, int plannedSteps) {
            stages.add(stage);
        }

        @Override
        public void stageFinished(Stage stage, int stageSteps, String reason) {
            reasons.put(stage, reason);
        }

        @Override
        public void merged(Merge merge) {
            merges.add(merge);
        }

        /** Tuning steps of the last task. */
        List<Step> tuned() {
            int from = steps.size();
            while (from > 0 && steps.get(from - 1).stage() == Stage.TUNE && (from == steps.size() || steps.get(from - 1).step() < steps.get(from).step())) {
                from--;
            }
            return steps.subList(from, steps.size());
        }
    }

    private static CraftOptions options(String changes) {
        try {
            ObjectNode tree = Json.mapper().valueToTree(CraftOptions.defaults());
            tree.put("type", "craft");
            ((ObjectNode) tree.get("routing")).put("warmupSteps", 3).put("probeExamples", 4);
            for (String change : changes.isBlank() ? new String[0] : changes.strip().split(" +")) {
                String path = change.substring(0, change.indexOf('='));
                int dot = path.indexOf('.');
                ObjectNode at = dot < 0 ? tree : (ObjectNode) tree.get(path.substring(0, dot));
                String value = change.substring(change.indexOf('=') + 1);
                assertThat(at.has(path.substring(dot + 1))).as(path).isTrue();
                if (at.get(path.substring(dot + 1)).isTextual()) {
                    at.put(path.substring(dot + 1), value);
                } else {
                    at.set(path.substring(dot + 1), Json.mapper().readTree(value));
                }
            }
            CraftOptions options = (CraftOptions) Json.mapper().treeToValue(tree, MethodOptions.class);
            options.check();
            return options;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static CraftMethod method(String changes, SiteOptions sites) {
        return new CraftMethod(model, options(changes), sites, MethodRuns.TRAINING, 5, 1 << 22);
    }

    private static Heard learn(int tasks, String changes) {
        return learn(tasks, changes, MethodRuns.SITES);
    }

    private static Heard learn(int tasks, String changes, SiteOptions sites) {
        Heard heard = new Heard();
        try (CraftMethod method = method(changes, sites)) {
            for (TrainingTask task : MethodRuns.tasks().subList(0, tasks)) {
                method.learn(task, heard);
            }
            heard.groups = method.groups().stream().map(InterventionSet.class::cast).toList();
        }
        return heard;
    }

    @Test
    void dualAscentFollowsTheDivergenceToItsBudget() {
        Heard heard = learn(2, JOIN + "tuning.lambdaRule=dual-ascent tuning.eta=20 tuning.epsilon=0.02 tuning.lambda=0.1");
        double lambda = 0.1;
        assertThat(heard.tuned()).hasSizeGreaterThan(4);
        for (Told.Step step : heard.tuned()) {
            assertThat(step.lambda()).isEqualTo(lambda);
            assertThat(step.loss()).isCloseTo(step.crossEntropy() + lambda * step.kl(), within(1e-4 * Math.max(1, step.loss())));
            lambda = Math.max(0, lambda + 20 * (step.kl() - 0.02));
        }
        assertThat(heard.tuned()).extracting(Told.Step::lambda).contains(0.0).anyMatch(l -> l > 0.1);
        assertThat(heard.reasons.get(Stage.TUNE)).isEqualTo("epochs");
    }

    @Test
    void dualAscentIsTakenUpWithItsLambda() {
        String changes = JOIN + "tuning.lambdaRule=dual-ascent tuning.eta=20 tuning.epsilon=0.02";
        List<TrainingTask> tasks = MethodRuns.tasks();
        List<Told.Step> whole;
        Object numbers;
        try (ContinualMethod method = method(changes, MethodRuns.SITES)) {
            whole = MethodRuns.learn(method, tasks).steps;
            numbers = MethodRuns.numbers(method);
        }
        for (int stopAt : new int[] {2, whole.size() / 2, whole.size() - 2}) {
            State kept;
            int done;
            try (ContinualMethod method = method(changes, MethodRuns.SITES)) {
                Told told = MethodRuns.learn(method, tasks, 1, stopAt);
                kept = told.kept;
                done = told.learnt;
            }
            try (ContinualMethod method = method(changes, MethodRuns.SITES)) {
                method.restore(kept);
                assertThat(MethodRuns.learn(method, tasks, done + 1, 0).steps).isEqualTo(whole.subList(stopAt, whole.size()));
                assertThat(MethodRuns.numbers(method)).isEqualTo(numbers);
            }
        }
    }

    @Test
    void dualAscentNeedsABudget() {
        assertThatThrownBy(() -> options("tuning.lambdaRule=dual-ascent tuning.epsilon=0")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("method.tuning.epsilon");
        assertThatThrownBy(() -> options("tuning.eta=0")).isInstanceOf(InvalidInputException.class).hasMessageContaining("eta");
    }

    @Test
    void aFixedLambdaStays() {
        assertThat(learn(2, JOIN + "tuning.lambda=0.3 tuning.epsilon=0").tuned()).isNotEmpty().allMatch(s -> s.lambda() == 0.3);
    }

    /** The warm-up is the same, so the divergences are three of the same two distributions. */
    @Test
    void routingHasThreeDirections() {
        List<Double> base = new ArrayList<>();
        for (String direction : List.of("forward", "reverse", "symmetric")) {
            base.add(learn(1, "routing.direction=" + direction).routed.get(0).baseDivergence());
        }
        assertThat(base).doesNotHaveDuplicates().allMatch(d -> d > 0);
        assertThat(base.get(2)).isLessThan(Math.log(2)).isLessThan((base.get(0) + base.get(1)) / 4 + 1e-6); // JS <= Jeffreys / 4
    }

    @Test
    void tuningHasDirectionsAndATemperature() {
        List<Double> divergences = new ArrayList<>();
        for (String change : List.of("direction=forward", "direction=reverse", "direction=symmetric", "temperature=2")) {
            divergences.add(learn(2, JOIN + "tuning.epsilon=0 tuning.start=warm-up tuning." + change).tuned().get(0).kl());
        }
        assertThat(divergences).doesNotHaveDuplicates().allMatch(d -> d > 0);
        assertThat(divergences.get(2)).isLessThan(Math.log(2));
    }

    @Test
    void aJoinedGroupStartsFromItselfOrFromTheWarmUp() {
        assertThat(learn(2, JOIN + "tuning.epsilon=0 tuning.start=group").tuned().get(0).kl()).isCloseTo(0, within(1e-5));
        assertThat(learn(2, JOIN + "tuning.epsilon=0 tuning.start=warm-up").tuned().get(0).kl()).isGreaterThan(1e-3);
    }

    @Test
    void aNewGroupIsAnchoredToTheModelIfWanted() {
        assertThat(learn(1, "tuning.anchorNewGroups=false").tuned()).allMatch(s -> Double.isNaN(s.kl()) && s.lambda() == 0);
        assertThat(learn(1, "tuning.anchorNewGroups=true tuning.epsilon=0").tuned()).allMatch(s -> s.kl() > 0 && s.lambda() == 0.5);
    }

    @Test
    void thresholdsAreRelativeOrAbsolute() {
        Told.Routed relative = learn(2, "routing.rho=0.25").routed.get(1);
        assertThat(relative.threshold()).isCloseTo(0.25 * relative.baseDivergence(), within(1e-12));
        Told.Routed absolute = learn(2, "routing.threshold=absolute routing.tau=0").routed.get(1);
        assertThat(absolute.threshold()).isZero();
        assertThat(absolute.opened()).isTrue();
        assertThat(absolute.group()).isEqualTo(2);
    }

    @Test
    void beyondTheLargestNumberOfGroupsTasksJoinTheNearest() {
        Heard heard = learn(3, "routing.threshold=absolute routing.tau=0 routing.maxGroups=2");
        assertThat(heard.groups).hasSize(2);
        Told.Routed last = heard.routed.get(2);
        assertThat(last.opened()).isFalse();
        assertThat(last.group()).isEqualTo(last.nearest());
        assertThat(last.divergences().get(last.nearest() - 1)).isGreaterThan(last.threshold());
    }

    @Test
    void warmUpHasItsStepsAndProbeItsSize() {
        Heard five = learn(1, "routing.warmupSteps=5");
        assertThat(five.steps.stream().filter(s -> s.stage() == Stage.WARM_UP)).hasSize(5);
        assertThat(learn(1, "routing.probeExamples=2").routed.get(0).baseDivergence())
                .isNotEqualTo(learn(1, "routing.probeExamples=8").routed.get(0).baseDivergence());
    }

    @Test
    void theRuleThatEndsTuningIsTold() {
        assertThat(learn(2, JOIN + "tuning.epsilon=0 tuning.settleDelta=0").reasons.get(Stage.TUNE)).isEqualTo("epochs");
        assertThat(learn(2, JOIN + "tuning.epsilon=0.000000001 tuning.checkEvery=2").reasons.get(Stage.TUNE)).isEqualTo("budget");
        Heard settled = learn(2, JOIN + "tuning.epsilon=0 tuning.start=warm-up tuning.lambda=1000000 tuning.settleDelta=1000000000 tuning.settleChecks=1 tuning.checkEvery=1");
        assertThat(settled.reasons.get(Stage.TUNE)).isEqualTo("settled");
        assertThat(settled.tuned().size()).isLessThan(settled.tuned().get(0).plannedSteps());
    }

    @ParameterizedTest
    @CsvSource({"exponential, function", "exponential, parameter", "rational, function", "rational, parameter",
            "line-search, function", "line-search, parameter"})
    void mergingHasThreeRulesInTwoSpaces(String rule, String space) {
        Heard heard = learn(2, JOIN + "tuning.epsilon=0 merging.epsilon=0.01 merging.kappa=3 merging.alpha=" + rule + " merging.space=" + space);
        Told.Merge merge = heard.merges.get(0);
        assertThat(heard.merges).hasSize(1);
        double full = merge.divergenceTrained();
        switch (rule) {
            case "exponential" -> assertThat(merge.alpha()).isCloseTo(Math.exp(-3 * full), within(1e-12));
            case "rational" -> assertThat(merge.alpha()).isCloseTo(0.01 / (0.01 + full), within(1e-12));
            default -> {
                assertThat(full).isGreaterThan(0.01);
                assertThat(merge.alpha()).isBetween(0.0, 0.999);
                assertThat(merge.divergenceMerged()).isLessThanOrEqualTo(0.01);
            }
        }
        String other = space.equals("function") ? "parameter" : "function";
        Heard elsewhere = learn(2, JOIN + "tuning.epsilon=0 merging.epsilon=0.01 merging.kappa=3 merging.alpha=" + rule + " merging.space=" + other);
        assertThat(heard.groups.get(0).stacked()).isNotEqualTo(elsewhere.groups.get(0).stacked());
    }

    @Test
    void withoutRoutingThereIsNoWarmUpAndOneGroup() {
        Heard heard = learn(3, "routing.enabled=false tuning.epsilon=0");
        assertThat(heard.stages).doesNotContain(Stage.WARM_UP, Stage.ROUTE).contains(Stage.TUNE, Stage.MERGE);
        assertThat(heard.groups).hasSize(1);
        assertThat(heard.routed).as("nothing was decided").isEmpty();
        assertThat(heard.tuned()).allMatch(s -> s.lambda() == 0.5 && s.kl() >= -1e-6); // the divergence stays
    }

    @Test
    void withoutADivergenceNoneIsComputedWhileTuning() {
        Heard heard = learn(3, JOIN + "tuning.lambda=0 tuning.epsilon=0");
        assertThat(heard.steps).allMatch(s -> Double.isNaN(s.kl()) && s.lambda() == 0 && s.loss() == s.crossEntropy());
        assertThat(heard.reasons.get(Stage.TUNE)).isEqualTo("epochs");
        assertThat(heard.merges).hasSize(2); // routing and merging stay
        assertThat(heard.stages).contains(Stage.ROUTE);
    }

    @Test
    void withoutMergingTheTrainedInterventionReplacesTheGroups() {
        Heard heard = learn(2, JOIN + "tuning.epsilon=0 merging.enabled=false");
        assertThat(heard.merges).isEmpty();
        assertThat(heard.stages).doesNotContain(Stage.MERGE).contains(Stage.ROUTE);
        assertThat(heard.tuned()).allMatch(s -> s.lambda() == 0.5);
        Heard merged = learn(2, JOIN + "tuning.epsilon=0 merging.epsilon=1000000"); // alpha = 1 is the same
        assertThat(merged.merges.get(0).alpha()).isEqualTo(1);
        assertThat(heard.groups.get(0).stacked()).isEqualTo(merged.groups.get(0).stacked());
    }

    @ParameterizedTest
    @EnumSource
    void everyFormGoesThroughAllStagesAtUntiedPositions(ReftForm form) {
        Heard heard = learn(2, JOIN + "tuning.epsilon=0 merging.epsilon=0.01", new SiteOptions("1,3", "f1+l2", 2, false, false, form));
        assertThat(heard.steps).allMatch(s -> Double.isFinite(s.loss()));
        assertThat(heard.merges).hasSize(1);
        InterventionSet group = heard.groups.get(0);
        assertThat(group.form()).isEqualTo(form);
        assertThat(group.layers()).containsExactly(1, 1, 3, 3);
        group.stacked().forEach(array -> {
            for (float value : array.data()) {
                assertThat(value).isFinite();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void promptsAreGivenToGroupsTogetherAsEachAlone(CraftOptions.Inference inference) {
        List<TrainingTask> tasks = MethodRuns.tasks();
        try (CraftMethod method = method("routing.threshold=absolute routing.tau=0 inference=" + inference.name().toLowerCase(java.util.Locale.ROOT), MethodRuns.SITES)) {
            assertThat(method.groupsOf(tasks.get(0).train())).containsOnly(0);
            Heard heard = new Heard();
            tasks.forEach(task -> method.learn(task, heard));
            assertThat(method.groups()).hasSize(3);
            List<Sequence> prompts = new ArrayList<>();
            tasks.forEach(task -> prompts.addAll(task.train()));
            int[] together = method.groupsOf(prompts);
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(together[i]).isBetween(1, 3).isEqualTo(method.nearestGroup(List.of(prompts.get(i))));
            }
        }
    }

    /** Entropy less the usual one, and divergence from the usual distribution, against plain Java. */
    @Test
    void scoresCompareTheNextTokensDistributionWithTheUsualOne() {
        List<InterventionSet> groups = learn(2, "routing.threshold=absolute routing.tau=0").groups;
        List<List<Sequence>> prompts = MethodRuns.tasks().stream().map(TrainingTask::train).toList();
        PlainPass pass = new PlainPass(model);
        OutputChoice entropies = new OutputChoice(model, pass, groups, OutputChoice.ENTROPY);
        OutputChoice divergences = new OutputChoice(model, pass, groups, OutputChoice.DIVERGENCE);
        double[] usualEntropy = new double[2];
        double[][] usual = new double[2][model.config().vocabulary()];
        for (int g = 0; g < 2; g++) {
            entropies.join(g + 1, groups.get(g), prompts.get(g));
            divergences.join(g + 1, groups.get(g), prompts.get(g));
            for (Sequence prompt : prompts.get(g)) {
                double[] log = logProbabilities(prompt, groups.get(g));
                for (int v = 0; v < log.length; v++) {
                    usualEntropy[g] -= Math.exp(log[v]) * log[v] / prompts.get(g).size();
                    usual[g][v] += Math.exp(log[v]) / prompts.get(g).size();
                }
            }
        }
        List<Sequence> asked = prompts.get(2);
        List<double[]> entropy = entropies.scores(asked);
        List<double[]> divergence = divergences.scores(asked);
        for (int i = 0; i < asked.size(); i += 3) {
            for (int g = 0; g < 2; g++) {
                double[] log = logProbabilities(asked.get(i), groups.get(g));
                double h = 0;
                double d = 0;
                for (int v = 0; v < log.length; v++) {
                    h -= Math.exp(log[v]) * log[v];
                    d += Math.exp(log[v]) * (log[v] - Math.log(usual[g][v] + 1e-10));
                }
                assertThat(entropy.get(i)[g]).isCloseTo(h - usualEntropy[g], within(1e-4));
                assertThat(divergence.get(i)[g]).isCloseTo(d, within(1e-3));
            }
        }
    }

    private static double[] logProbabilities(Sequence prompt, InterventionSet group) {
        try (NDManager step = model.newManager()) {
            float[] logits = model.logits(new PlainPass(model).hidden(step, List.of(prompt), group == null ? null : group.on(step)))
                    .get(0).toFloatArray(); // the first answer token's predictor
            double most = Double.NEGATIVE_INFINITY;
            for (float logit : logits) {
                most = Math.max(most, logit);
            }
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit - most);
            }
            double[] log = new double[logits.length];
            for (int v = 0; v < log.length; v++) {
                log[v] = logits[v] - most - Math.log(sum);
            }
            return log;
        }
    }
}
