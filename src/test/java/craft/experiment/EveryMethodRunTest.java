package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import craft.intervention.Adapter;
import craft.lm.FloatTensor;
import craft.task.Prediction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A whole run of every registered method on a real, small model. */
@Timeout(240)
class EveryMethodRunTest {
    @TempDir
    Path temporary;

    static List<String> types() {
        return RecipeReader.methodTypes();
    }

    private static final class Kept implements RunArtifacts {
        final List<RunEvent> events = new ArrayList<>();
        final List<Prediction> predictions = new ArrayList<>();
        final List<List<Integer>> groupsOfTasks = new ArrayList<>();
        List<Map<String, FloatTensor>> groups = List.of();

        @Override
        public void predictions(int after, int task, List<Prediction> some) {
            predictions.addAll(some);
        }

        @Override
        public void adapters(int after, List<Adapter> newest, List<Integer> groupOfTask) {
            groups = newest.stream().map(Adapter::tensors).toList();
            groupsOfTasks.add(groupOfTask);
        }

        RunState state() {
            RunState state = new RunState();
            events.forEach(state::apply);
            return state;
        }
    }

    private Kept run(String type) throws InterruptedException {
        Map<String, String> set = new HashMap<>(Map.of("method.type", type));
        if (type.equals("craft")) {
            set.put("method.routing.warmupSteps", "4");
        }
        Kept kept = new Kept();
        Recipe recipe = RecipeReader.read(TinySequence.write(temporary.resolve("tiny")), set);
        ExperimentRunner runner = new ExperimentRunner(recipe, kept.events::add, kept);
        runner.start();
        runner.await();
        return kept;
    }

    @ParameterizedTest
    @MethodSource("types")
    void runsToItsEndTheSameWhileMemoryIsCollected(String type) throws InterruptedException {
        Kept kept = run(type);
        RunState state = kept.state();
        assertThat(state.endReason()).isEmpty();
        assertThat(state.status()).isEqualTo(RunState.Status.FINISHED);
        assertThat(state.steps()).allSatisfy(step -> assertThat(step.loss()).isFinite());
        for (int after = 0; after <= 3; after++) {
            for (int task = 1; task <= 3; task++) {
                assertThat(state.matrix().get(after, task)).isBetween(0.0, 1.0);
            }
        }
        assertThat(kept.groupsOfTasks).extracting(List::size).containsExactly(1, 2, 3);
        MethodFacts method = MethodFacts.of(type);
        assertThat(state.routings()).as("decisions").hasSize(method.routes() ? 3 : 0);
        assertThat(kept.events).as("nothing else either").filteredOn(RunEvent.RoutingDecided.class::isInstance).hasSize(method.routes() ? 3 : 0);
        assertThat(List.of(state.groupOf(1), state.groupOf(2), state.groupOf(3))).isEqualTo(kept.groupsOfTasks.get(2));
        boolean trains = !type.equals("frozen");
        assertThat(state.steps().isEmpty()).isNotEqualTo(trains);
        assertThat(kept.groups.isEmpty()).isNotEqualTo(trains);
        assertThat(state.finished().orElseThrow().trainedParameters() > 0).isEqualTo(trains);
        Kept again;
        try (Collecting ignored = Collecting.garbage()) {
            again = run(type);
        }
        assertThat(again.groups).isEqualTo(kept.groups);
        assertThat(again.predictions).isEqualTo(kept.predictions);
        if (trains) {
            double first = state.steps().get(0).crossEntropy();
            assertThat(state.steps()).as("something is learnt").anyMatch(step -> step.crossEntropy() < 0.7 * first);
        }
    }
}
