package craft.method;

import static org.assertj.core.api.Assertions.assertThat;

import craft.lm.CausalLm;
import craft.lm.EngineSettings;
import craft.lm.Precision;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a row is given is a function of the row and the group alone, to the last bit, whatever the method. */
class RowsAloneTest {
    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    static List<String> types() {
        return Methods.types();
    }

    /** Prompts of very different lengths, each with labels of several lengths. */
    private static List<Sequence> rows() {
        Random random = new Random(8);
        List<Sequence> rows = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            rows.add(new Sequence(random.ints(3 + i * i, 3, 512).toArray(),
                    List.of(random.ints(1, 3, 512).toArray(), random.ints(4, 3, 512).toArray(), random.ints(2, 3, 512).toArray())));
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("types")
    void aRowsNumbersDoNotDependOnItsCompany(String type) {
        for (EngineSettings settings : settings(type)) {
            try (CausalLm model = CausalLm.load(Path.of("src/test/resources/models/stories260k"), settings);
                    ContinualMethod method = Methods.create(Methods.defaults(type), MethodRuns.setup(model))) {
                List<TrainingTask> tasks = MethodRuns.tasks().subList(0, 2);
                MethodRuns.learn(method, tasks);
                for (int group = 0; group <= groups(method, tasks); group++) {
                    alone(method, group);
                }
            }
        }
    }

    /** Rounded numbers where ways to answer differ: routing, one adapter for all, one a task. The others answer as one of these does. */
    private static List<EngineSettings> settings(String type) {
        return List.of("craft", "sequential", "per-task").contains(type)
                ? List.of(EngineSettings.EXACT, new EngineSettings(Precision.BFLOAT16, true, 2)) : List.of(EngineSettings.EXACT);
    }

    private static int groups(ContinualMethod method, List<TrainingTask> tasks) {
        return tasks.stream().mapToInt(task -> method.groupOf(task.index())).max().orElseThrow();
    }

    private static void alone(ContinualMethod method, int group) {
        List<Sequence> rows = rows();
        List<double[]> together = numbers(method, group, rows);
        int[] groups = method.groupsOf(rows);
        List<Integer> order = new ArrayList<>(List.of(4, 8, 0, 2));
        List<double[]> others = numbers(method, group, order.stream().map(rows::get).toList());
        for (int i = 0; i < order.size(); i++) {
            assertThat(others.get(i)).as("row %d beside fewer, group %d", order.get(i), group).isEqualTo(together.get(order.get(i)));
        }
        for (int i = 0; i < rows.size(); i++) {
            Sequence again = new Sequence(rows.get(i).prompt().clone(), rows.get(i).continuations()); // nothing is kept of it
            assertThat(numbers(method, group, List.of(again)).get(0)).as("row %d alone, group %d", i, group).isEqualTo(together.get(i));
            assertThat(method.groupsOf(List.of(again))[0]).as("inferred group of row %d", i).isEqualTo(groups[i]);
        }
        Collections.reverse(rows);
        List<double[]> reversed = new ArrayList<>(numbers(method, group, rows));
        Collections.reverse(reversed);
        assertThat(reversed).as("in the other order, group %d", group).usingElementComparator(Arrays::compare).isEqualTo(together);
    }

    private static List<double[]> numbers(ContinualMethod method, int group, List<Sequence> rows) {
        try (Answers answers = method.answers(group)) {
            return answers.logLikelihoods(rows);
        }
    }
}
