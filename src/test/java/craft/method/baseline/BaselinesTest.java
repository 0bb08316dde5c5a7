package craft.method.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import craft.error.InvalidInputException;
import craft.lm.CausalLm;
import craft.lm.FloatTensor;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import craft.method.Answers;
import craft.method.Batches;
import craft.method.ContinualMethod;
import craft.method.MethodOptions;
import craft.method.MethodRuns;
import craft.method.MethodRuns.Told;
import craft.method.Methods;
import craft.method.TrainingTask;
import craft.method.adapter.AdapterOptions;
import craft.method.averaging.AveragingOptions;
import craft.method.averaging.AveragingOptions.Space;
import craft.method.sequential.SequentialOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BaselinesTest {
    /** q: 64 -> 64, v: 64 -> 32, 5 blocks, rank 8. */
    private static final int LORA = 5 * (8 * (64 + 64) + 8 * (64 + 32));

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

    private static ContinualMethod create(MethodOptions options) {
        return Methods.create(options, MethodRuns.setup(model));
    }

    private static List<Map<String, FloatTensor>> numbers(MethodOptions options, List<TrainingTask> tasks) {
        try (ContinualMethod method = create(options)) {
            MethodRuns.learn(method, tasks);
            return MethodRuns.numbers(method);
        }
    }

    /** Trained and stored numbers of each method after three tasks. */
    @Test
    void parametersTrainedAndStored() {
        int d = 64;
        check("sequential", LORA, 4L * LORA);
        check("per-task", 3 * LORA, 3L * (4 * LORA + 4 * d));
        check("joint", LORA, 4L * LORA);
        check("frozen", 0, 0);
        check("o-lora", 3 * LORA, 3L * 4 * LORA);
        int experts = 5 * (24 * (64 + 172) + 24 * (172 + 64) + 6 * (64 + 172));
        check("moe-lora", experts, 4L * experts);
        check("averaging", 3 * LORA, 3L * 4 * LORA);
        check(new AveragingOptions(AdapterOptions.defaults(), Space.PARAMETER), 3 * LORA, 4L * LORA);
    }

    private static void check(String type, long trained, long stored) {
        check(Methods.defaults(type), trained, stored);
    }

    private static void check(MethodOptions options, long trained, long stored) {
        try (ContinualMethod method = create(options)) {
            MethodRuns.learn(method, MethodRuns.tasks());
            assertThat(method.trainedParameters()).as(options.displayName()).isEqualTo(trained);
            assertThat(method.storedBytes()).as(options.displayName()).isEqualTo(stored);
        }
    }

    @Test
    void aTasksAdapterIsThatOfTheTaskAlone() {
        List<TrainingTask> tasks = MethodRuns.tasks();
        List<Map<String, FloatTensor>> all = numbers(PerTaskOptions.defaults(), tasks);
        List<Map<String, FloatTensor>> first = numbers(SequentialOptions.defaults(), tasks.subList(0, 1));
        assertThat(all).hasSize(3);
        first.get(0).forEach((name, tensor) -> assertThat(all.get(0).get(name).data()).as(name).isEqualTo(tensor.data()));
        assertThat(all.get(1).get("layer.0.q.lora_B").data()).isNotEqualTo(all.get(0).get("layer.0.q.lora_B").data());
    }

    @Test
    void jointTrainingSeesEveryRowOfEveryTaskAsOftenAsASequenceDoesAndAtOnce() {
        List<TrainingTask> tasks = MethodRuns.tasks();
        List<Sequence> rows = tasks.stream().flatMap(t -> t.train().stream()).toList();
        int tokens = tasks.stream().flatMap(t -> t.train().stream()).mapToInt(Sequence::length).sum();
        int epochs = MethodRuns.TRAINING.epochs();
        try (ContinualMethod method = create(JointOptions.defaults())) {
            Told told = MethodRuns.learn(method, tasks);
            assertThat(tasks.stream().mapToInt(method::plannedSteps).sum()).isEqualTo(told.steps.size());
            assertThat(told.steps).hasSize(epochs * Batches.perEpoch(rows, MethodRuns.TRAINING));
            assertThat(told.steps.stream().mapToInt(s -> s.tokens()).sum()).isEqualTo(epochs * tokens);
        }
        try (ContinualMethod method = create(JointOptions.defaults())) {
            method.prepare(tasks);
            method.learn(tasks.get(0), new Told(0));
            List<Map<String, FloatTensor>> afterFirst = MethodRuns.numbers(method);
            Told later = new Told(0);
            method.learn(tasks.get(1), later);
            assertThat(later.steps).isEmpty();
            assertThat(MethodRuns.numbers(method).get(0).get("layer.0.q.lora_B").data())
                    .isEqualTo(afterFirst.get(0).get("layer.0.q.lora_B").data());
        }
    }

    /** The parameters' mean after three tasks is that of three adapters trained by themselves. */
    @Test
    void averagingIsTheMeanOfAdaptersTrainedByThemselves() {
        List<TrainingTask> tasks = MethodRuns.tasks();
        AveragingOptions options = new AveragingOptions(AdapterOptions.defaults(), Space.PARAMETER);
        Map<String, FloatTensor> mean = numbers(options, tasks).get(0);
        List<Map<String, FloatTensor>> alone = tasks.stream().map(task -> numbers(options, List.of(task)).get(0)).toList();
        mean.forEach((name, tensor) -> {
            for (int i = 0; i < tensor.data().length; i++) {
                int at = i;
                double wanted = alone.stream().mapToDouble(one -> one.get(name).data()[at]).average().orElseThrow();
                assertThat((double) tensor.data()[i]).as(name).isCloseTo(wanted, within(1e-6));
            }
        });
    }

    @Test
    void demonstrationsStandBeforeThePrompt() {
        int bos = model.tokens().prompt("")[0];
        int eos = model.config().eosTokens().get(0);
        int[] line = Arrays.stream(model.tokens().prompt("\n\n")).skip(1).toArray();
        Demonstrations two = Demonstrations.of(model, List.of(new Sequence(new int[] {bos, 10, 11}, List.of(new int[] {12, eos})),
                new Sequence(new int[] {bos, 20}, List.of(new int[] {21, 22, eos}))));
        List<Integer> wanted = new ArrayList<>(List.of(bos, 10, 11, 12));
        Arrays.stream(line).forEach(wanted::add);
        wanted.addAll(List.of(20, 21, 22));
        Arrays.stream(line).forEach(wanted::add);
        wanted.addAll(List.of(30, 31));
        assertThat(two.before(new int[] {bos, 30, 31}, 5)).containsExactly(wanted.stream().mapToInt(i -> i).toArray());
    }

    @Test
    void demonstrationsThatDoNotFitAreLeftOut() {
        int context = model.config().context();
        int bos = model.tokens().prompt("")[0];
        Demonstrations shots = new Demonstrations(model, List.of(new int[10], new int[20]));
        int[] prompt = new int[context - 35];
        prompt[0] = bos;
        assertThat(shots.before(prompt, 5)).hasSize(context - 5);
        assertThat(shots.before(prompt, 6)).hasSize(context - 35 + 10);
        assertThat(shots.before(prompt, 26)).containsExactly(prompt);
        Sequence row = new Sequence(prompt, List.of(new int[5], new int[6]));
        assertThat(shots.before(row).prompt()).as("room for the longest label").hasSize(context - 35 + 10);
        assertThat(shots.before(row).continuations()).hasSize(2);
    }

    @Test
    void demonstrationsChangeTheAnswers() {
        List<TrainingTask> tasks = MethodRuns.tasks();
        try (ContinualMethod method = create(new FrozenOptions(2))) {
            Told told = MethodRuns.learn(method, tasks);
            assertThat(told.steps).isEmpty();
            assertThat(method.groupOf(2)).isEqualTo(2);
            try (Answers zero = method.answers(0); Answers shots = method.answers(2)) {
                assertThat(shots.logLikelihoods(tasks.get(1).eval()).get(0)[0])
                        .isNotCloseTo(zero.logLikelihoods(tasks.get(1).eval()).get(0)[0], within(1e-3));
            }
        }
        assertThatThrownBy(() -> new FrozenOptions(-1).check()).isInstanceOf(InvalidInputException.class)
                .hasMessage("Option method.shots is -1; it must be from 0 to 1000.");
    }
}
