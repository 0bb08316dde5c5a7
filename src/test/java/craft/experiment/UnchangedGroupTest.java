package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import craft.intervention.Adapter;
import craft.task.Prediction;
import craft.task.Score;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A group that later tasks leave alone keeps its scores to the last bit, whatever is scored beside them. */
@Timeout(240)
class UnchangedGroupTest {
    @TempDir
    Path temporary;

    private static final class Kept implements RunArtifacts {
        private final Map<String, List<Prediction>> predictions = new HashMap<>();

        @Override
        public void predictions(int after, int task, List<Prediction> some) {
            predictions.put(after + " " + task, some);
        }

        @Override
        public void adapters(int after, List<Adapter> groups, List<Integer> groupOfTask) {
        }
    }

    private List<RunEvent.TaskEvaluated> run(Map<String, String> set, Kept kept) throws InterruptedException {
        Map<String, String> options = new HashMap<>(Map.of("method.type", "per-task", "method.adapter.kind", "loreft", "training.epochs", "1"));
        options.putAll(set);
        List<RunEvent> events = new ArrayList<>();
        ExperimentRunner runner = new ExperimentRunner(RecipeReader.read(TinySequence.write(temporary.resolve("tiny")), options), events::add, kept);
        runner.start();
        runner.await();
        return events.stream().filter(RunEvent.TaskEvaluated.class::isInstance).map(RunEvent.TaskEvaluated.class::cast).toList();
    }

    private static Score score(List<RunEvent.TaskEvaluated> all, int after, int task) {
        return all.stream().filter(e -> e.after() == after && e.task() == task).findFirst().orElseThrow().score();
    }

    @ParameterizedTest
    @CsvSource({"til, float32", "til, bfloat16", "dil, bfloat16"})
    void itsScoresStay(String scenario, String precision) throws InterruptedException {
        Map<String, String> set = Map.of("scenario", scenario, "engine.precision", precision);
        Kept all = new Kept();
        List<RunEvent.TaskEvaluated> whole = run(set, all);
        if (scenario.equals("til")) { // where the task is known, its own group answers at every stage
            for (int task = 1; task <= 2; task++) {
                for (int after = task + 1; after <= 3; after++) {
                    assertThat(score(whole, after, task).accuracy()).isEqualTo(score(whole, task, task).accuracy());
                    assertThat(score(whole, after, task).perplexity()).as("task %d after task %d", task, after)
                            .isEqualTo(score(whole, task, task).perplexity());
                }
            }
        }
        Map<String, String> fewer = new HashMap<>(set);
        fewer.put("data.testRows", "3");
        fewer.put("data.unionScores", "false");
        fewer.put("engine.cacheMegabytes", "1");
        fewer.put("engine.checkpointEvery", "0");
        Kept few = new Kept();
        run(fewer, few);
        few.predictions.forEach((cell, rows) -> {
            for (int i = 0; i < rows.size(); i++) {
                Prediction beside = all.predictions.get(cell).get(i);
                assertThat(rows.get(i).predicted()).as("%s, row %d", cell, i).isEqualTo(beside.predicted());
            }
        });
    }
}
