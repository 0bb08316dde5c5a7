package craft.method.guard;

import static org.assertj.core.api.Assertions.assertThat;

import craft.intervention.SiteOptions;
import craft.lm.CausalLm;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import craft.method.Answers;
import craft.method.ContinualMethod;
import craft.method.MethodOptions;
import craft.method.MethodRuns;
import craft.method.MethodSetup;
import craft.method.Methods;
import craft.method.TrainingOptions;
import craft.method.TrainingTask;
import craft.method.adapter.AdapterOptions;
import craft.method.sequential.SequentialOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What guards are for: on two tasks that ask different things of like prompts, the first is forgotten less with each. */
class ForgettingTest {
    private static final AdapterOptions LOREFT = new AdapterOptions(AdapterOptions.Kind.LOREFT, AdapterOptions.defaults().lora());
    private static final TrainingOptions TRAINING = new TrainingOptions(2e-2, 8, 0, 1, 3, "", 0.1, 0, 1);
    private static final SiteOptions SITES = new SiteOptions("1,3", "l4", 4, true);

    private static CausalLm model;
    private static Losses unguarded;

    /** Of held-out rows in nats: of the first task before and after the second one, and of the second. */
    private record Losses(double first, double firstLater, double second) {
        double forgotten() {
            return firstLater - first;
        }
    }

    @BeforeAll
    static void load() {
        TorchThread.prepare();
        model = MethodRuns.model();
        unguarded = run(new SequentialOptions(LOREFT));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** The last token decides between two answers, the one before it tells the task. Every sixth training row is mislabelled. */
    private static List<TrainingTask> tasks() {
        Random random = new Random(3);
        List<TrainingTask> tasks = new ArrayList<>();
        for (int t = 1; t <= 2; t++) {
            List<Sequence> rows = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                int kind = random.nextInt(2);
                int[] prompt = random.ints(4 + random.nextInt(4), 262, 512).toArray();
                prompt[0] = 1;
                prompt[prompt.length - 2] = 280 + t;
                prompt[prompt.length - 1] = 270 + kind;
                rows.add(new Sequence(prompt, List.of(new int[] {300 + 20 * t + (i < 48 && i % 6 == 0 ? 1 - kind : kind)})));
            }
            tasks.add(new TrainingTask(t, "task " + t, rows.subList(0, 48), rows.subList(48, 64)));
        }
        return tasks;
    }

    private static Losses run(MethodOptions options) {
        List<TrainingTask> tasks = tasks();
        try (ContinualMethod method = Methods.create(options, new MethodSetup(model, SITES, TRAINING, 5, 1 << 24))) {
            MethodRuns.learn(method, tasks.subList(0, 1));
            double first = loss(method, tasks.get(0));
            MethodRuns.learn(method, tasks, 2, 0);
            return new Losses(first, loss(method, tasks.get(0)), loss(method, tasks.get(1)));
        }
    }

    private static double loss(ContinualMethod method, TrainingTask task) {
        try (Answers answers = method.answers(1)) {
            return -answers.logLikelihoods(task.eval()).stream().mapToDouble(of -> of[0]).average().orElseThrow();
        }
    }

    /** Guards and the share of plain training's forgetting that may be left with them. */
    static Stream<Object[]> guards() {
        return Stream.of(new Object[] {new EwcOptions(LOREFT, 100, false, 0.95, 48), 0.3},
                new Object[] {new EwcOptions(LOREFT, 100, true, 0.95, 48), 0.3},
                new Object[] {new L2SpOptions(LOREFT, 10, L2SpOptions.Towards.PREVIOUS), 0.4},
                new Object[] {new LwfOptions(LOREFT, 1, 2), 0.3},
                new Object[] {new ReplayOptions(LOREFT, 24, 0, 1), 0.3},
                new Object[] {new AGemOptions(LOREFT, 48, 16), 0.99},
                new Object[] {new GemOptions(LOREFT, 48, 16, 0.5), 0.3},
                new Object[] {new OgdOptions(LOREFT, 48), 0.99});
    }

    @ParameterizedTest
    @MethodSource("guards")
    void lessIsForgottenThanWithoutAGuard(MethodOptions options, double share) {
        assertThat(unguarded.forgotten()).isGreaterThan(3);
        Losses guarded = run(options);
        assertThat(guarded.first()).as("the first task is learnt").isLessThan(0.6);
        assertThat(guarded.forgotten()).as("%s, unguarded %s", guarded, unguarded).isLessThan(share * unguarded.forgotten());
        assertThat(guarded.second()).as("%s: the second task is learnt nevertheless", guarded).isLessThan(1.2);
    }
}
