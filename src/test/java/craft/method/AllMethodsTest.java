package craft.method;

import static org.assertj.core.api.Assertions.assertThat;

import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.TorchThread;
import craft.method.MethodRuns.Told;
import craft.method.adapter.AdapterOptions;
import craft.method.averaging.AveragingOptions;
import craft.method.averaging.AveragingOptions.Space;
import craft.method.baseline.FrozenOptions;
import craft.method.baseline.PerTaskOptions;
import craft.method.craft.CraftOptions;
import craft.method.craft.CraftOptions.Inference;
import craft.method.craft.CraftOptions.LambdaRule;
import craft.method.guard.EwcOptions;
import craft.method.lora.LoraOptions;
import craft.method.olora.OLoraOptions;
import craft.method.sequential.SequentialOptions;
import java.awt.Font;
import java.awt.FontFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every registered method has to keep to, whatever it is. */
class AllMethodsTest {
    private static final Font FONT = font();
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

    /** Every registered method with its defaults, and what other choices make different methods of them. */
    static List<Named<MethodOptions>> methods() {
        List<Named<MethodOptions>> all = new ArrayList<>();
        Methods.types().forEach(type -> all.add(Named.of(type, Methods.defaults(type))));
        AdapterOptions loreft = new AdapterOptions(AdapterOptions.Kind.LOREFT, LoraOptions.defaults());
        AdapterOptions high = new AdapterOptions(AdapterOptions.Kind.LORA, new LoraOptions("all", "2-3", 2, 4));
        all.add(Named.of("sequential LoReFT", new SequentialOptions(loreft)));
        all.add(Named.of("sequential LoRA above block 1", new SequentialOptions(high)));
        all.add(Named.of("LoReFT per task", new PerTaskOptions(loreft)));
        all.add(Named.of("averaged LoReFT", new AveragingOptions(loreft, Space.FUNCTION)));
        all.add(Named.of("averaged parameters of LoReFT", new AveragingOptions(loreft, Space.PARAMETER)));
        all.add(Named.of("averaged parameters of LoRA", new AveragingOptions(high, Space.PARAMETER)));
        CraftOptions craft = CraftOptions.defaults();
        CraftOptions.Routing routing = new CraftOptions.Routing(false, 0, 32, craft.routing().direction(), craft.routing().threshold(), 0.3, 0.5, 100);
        all.add(Named.of("CRAFT in one group", new CraftOptions(routing, craft.tuning(), craft.merging(), Inference.NEAREST)));
        all.add(Named.of("online EWC", new EwcOptions(AdapterOptions.defaults(), 100, true, 0.95, 100)));
        all.add(Named.of("frozen with demonstrations", new FrozenOptions(3)));
        all.add(Named.of("O-LoRA with norms", new OLoraOptions(new LoraOptions("q,v,up", "1,3", 2, 4), 0.5, 0.1)));
        return all;
    }

    private static ContinualMethod create(MethodOptions options) {
        options.check();
        return Methods.create(options, MethodRuns.setup(model));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void learnsTasksAndAnswersWithWhatItLearnt(MethodOptions type) {
        List<TrainingTask> tasks = MethodRuns.tasks();
        try (ContinualMethod method = create(type)) {
            assertThat(method.nearestGroup(tasks.get(0).train())).as("before the first task").isBetween(0, 1);
            Told told = MethodRuns.learn(method, tasks);
            assertThat(told.steps).allSatisfy(step -> {
                assertThat(step.loss()).isFinite();
                assertThat(step.crossEntropy()).isFinite();
                assertThat(step.gradientNorm()).isFinite();
            });
            assertThat(told.routed).as("decisions of a method that routes, and of no other").hasSize(type.routes() ? tasks.size() : 0)
                    .allMatch(r -> Double.isFinite(r.baseDivergence()) && Double.isFinite(r.threshold()));
            assertThat(told.steps.stream().anyMatch(step -> Double.isFinite(step.kl()))).isEqualTo(type.measuresDivergence() && joins(told));
            int groups = groups(method, tasks);
            for (TrainingTask task : tasks) {
                assertThat(method.groupOf(task.index())).isBetween(Math.min(1, groups), groups);
                assertThat(method.nearestGroup(task.train())).isBetween(Math.min(1, groups), groups);
                assertThat(method.groupsOf(task.train())).hasSize(task.train().size()).doesNotContain(groups + 1, -1);
                try (Answers answers = method.answers(method.groupOf(task.index()))) {
                    assertThat(answers.logLikelihoods(task.train())).allSatisfy(of -> assertThat(of).hasSize(1).doesNotContain(Double.NaN));
                    assertThat(answers.generate(List.of(task.train().get(0).prompt()), 3).get(0))
                            .hasSizeLessThanOrEqualTo(3);
                }
            }
            assertThat(method.storedBytes()).isGreaterThanOrEqualTo(Float.BYTES * method.groups().stream().mapToLong(g -> g.parameters()).sum());
            assertThat(told.steps.isEmpty()).isEqualTo(method.trainedParameters() == 0);
        }
    }

    /** Whether some task was learnt where there was something to diverge from. */
    private static boolean joins(Told told) {
        return told.routed.isEmpty() || told.routed.stream().anyMatch(r -> !r.opened());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void saysItsFormulaInSymbolsThatEveryLanguageReads(MethodOptions type) {
        assertThat(type.formula()).isNotEmpty().allSatisfy(line -> {
            assertThat(line.replaceAll("softmax|argmin|max", "")).as("no words").doesNotContainPattern("\\p{L}{3,}").doesNotContain("'");
            assertThat(FONT.canDisplayUpTo(line)).as("every sign of %s is in the font", line).isEqualTo(-1);
        });
        assertThat(type.formula().get(0)).matches("(L|L_\\{t}|p\\(y \\| x\\)) = .+");
        assertThat(type.formula().stream().anyMatch(line -> line.contains("KL(") || line.contains("JS("))).isEqualTo(type.measuresDivergence());
    }

    @Test
    void noTwoMethodsThatMinimiseSomethingElseSayTheSame() {
        Map<List<String>, List<String>> same = Methods.types().stream().collect(Collectors.groupingBy(t -> Methods.defaults(t).formula()));
        assertThat(same.values()).allSatisfy(types -> assertThat(types).hasSize(1));
        assertThat(new CraftOptions(CraftOptions.defaults().routing(), tuning(LambdaRule.DUAL_ASCENT), CraftOptions.defaults().merging(),
                Inference.NEAREST).formula()).hasSize(2);
    }

    private static CraftOptions.Tuning tuning(LambdaRule rule) {
        CraftOptions.Tuning t = CraftOptions.defaults().tuning();
        return new CraftOptions.Tuning(t.lambda(), rule, t.eta(), t.direction(), t.temperature(), t.start(), t.anchorNewGroups(), t.epsilon(),
                t.settleDelta(), t.settleChecks(), t.checkEvery());
    }

    /** The typeface in which the window writes formulas. */
    private static Font font() {
        try (InputStream in = AllMethodsTest.class.getResourceAsStream("/craft/ui/fonts/CraftTabular-Regular.otf")) {
            return Font.createFont(Font.TRUETYPE_FONT, in);
        } catch (IOException | FontFormatException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Adapters, or what takes their place: a frozen model has none, but may have demonstrations a task. */
    private static int groups(ContinualMethod method, List<TrainingTask> tasks) {
        return method.groups().isEmpty() ? method.groupOf(tasks.size()) : method.groups().size();
    }

    /** Stopped in the middle of each task, at its first step and at its last, and taken up by another process. */
    @ParameterizedTest
    @MethodSource("methods")
    void goesOnFromAnyStepToTheSameBits(MethodOptions type) {
        List<TrainingTask> tasks = MethodRuns.tasks();
        List<Map<String, FloatTensor>> whole;
        int steps;
        try (ContinualMethod method = create(type)) {
            steps = MethodRuns.learn(method, tasks).steps.size();
            whole = MethodRuns.numbers(method);
        }
        for (int stopAt : steps == 0 ? new int[0] : new int[] {1, steps / 2, steps / 2 + 2, steps - 2}) {
            State kept;
            int tasksDone;
            try (ContinualMethod method = create(type)) {
                Told told = MethodRuns.learn(method, tasks, 1, stopAt);
                kept = told.kept;
                tasksDone = told.learnt;
            }
            try (ContinualMethod method = create(type)) {
                method.restore(kept);
                Told told = MethodRuns.learn(method, tasks, tasksDone + 1, 0);
                assertThat(told.steps).as(type.displayName() + " goes on behind step " + stopAt).hasSize(steps - stopAt);
                same(MethodRuns.numbers(method), whole, type.displayName() + " stopped at " + stopAt);
            }
        }
    }

    /** What is kept between two tasks is enough to answer as before. */
    @ParameterizedTest
    @MethodSource("methods")
    void isTheSameAfterItWasKeptBetweenTasks(MethodOptions type) {
        List<TrainingTask> tasks = MethodRuns.tasks();
        try (ContinualMethod method = create(type); ContinualMethod other = create(type)) {
            MethodRuns.learn(method, tasks);
            State state = new State();
            method.save(state);
            other.prepare(tasks);
            other.restore(new State(state.arrays(), state.values()));
            same(MethodRuns.numbers(other), MethodRuns.numbers(method), type.displayName());
            assertThat(other.storedBytes()).isEqualTo(method.storedBytes());
            assertThat(other.trainedParameters()).isEqualTo(method.trainedParameters());
            for (TrainingTask task : tasks) {
                assertThat(other.groupOf(task.index())).isEqualTo(method.groupOf(task.index()));
                assertThat(other.groupsOf(task.eval())).isEqualTo(method.groupsOf(task.eval()));
                try (Answers a = method.answers(method.groupOf(task.index())); Answers b = other.answers(other.groupOf(task.index()))) {
                    List<double[]> wanted = a.logLikelihoods(task.eval());
                    List<double[]> found = b.logLikelihoods(task.eval());
                    for (int i = 0; i < wanted.size(); i++) {
                        assertThat(found.get(i)).isEqualTo(wanted.get(i));
                    }
                }
            }
        }
    }

    private static void same(List<Map<String, FloatTensor>> found, List<Map<String, FloatTensor>> wanted, String what) {
        assertThat(found).as(what).hasSameSizeAs(wanted);
        for (int g = 0; g < wanted.size(); g++) {
            assertThat(found.get(g).keySet()).as(what).isEqualTo(wanted.get(g).keySet());
            for (String name : wanted.get(g).keySet()) {
                assertThat(found.get(g).get(name).data()).as(what + ": " + name).isEqualTo(wanted.get(g).get(name).data());
            }
        }
    }
}
