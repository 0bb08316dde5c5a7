package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.intervention.Adapter;
import craft.task.Prediction;
import craft.task.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What each scenario lets be chosen and tells, in whole runs on a real, small model. */
@Timeout(240)
class ScenarioTest {
    private static final Set<String> WHO = Set.of("animal", "child");
    private static final Set<String> WHERE = Set.of("up", "down");

    @TempDir
    Path temporary;
    private Path folder;

    @BeforeEach
    void write() {
        folder = TinySequence.write(temporary.resolve("tiny"));
    }

    private static final class Kept implements RunArtifacts {
        final RunState state = new RunState();
        final Map<String, List<Prediction>> predictions = new HashMap<>();

        @Override
        public void predictions(int after, int task, List<Prediction> some) {
            predictions.put(after + " " + task, some);
        }

        @Override
        public void adapters(int after, List<Adapter> newest, List<Integer> groupOfTask) {
            // not looked at
        }

        Set<String> chosen(int after, int task) {
            return predictions.get(after + " " + task).stream().map(Prediction::predicted).collect(Collectors.toSet());
        }

        Score score(int after, int task) {
            return state.evaluation(after, task).orElseThrow().score();
        }
    }

    /** Every task opens a group, so that there is something to infer. */
    private Kept run(String... set) throws InterruptedException {
        Map<String, String> changes = new LinkedHashMap<>(Map.of("method.routing.rho", "0"));
        for (String one : set) {
            changes.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        Kept kept = new Kept();
        ExperimentRunner runner = new ExperimentRunner(RecipeReader.read(folder, changes), kept.state::apply, kept);
        runner.start();
        runner.await();
        assertThat(kept.state.endReason()).isEmpty();
        assertThat(kept.state.status()).isEqualTo(RunState.Status.FINISHED);
        return kept;
    }

    @Test
    void aKnownTaskIsAnsweredByItsGroupAndTheLastRowTellsWhatKnowingItIsWorth() throws InterruptedException {
        Kept kept = run();
        assertThat(kept.state.groups()).isEqualTo(3);
        for (int task = 1; task <= 3; task++) {
            Score last = kept.score(3, task);
            assertThat(last.taskFree()).isBetween(0.0, 1.0);
            assertThat(last.groupAccuracy()).isBetween(0.0, 1.0);
            assertThat(last.perplexity()).isGreaterThan(1);
            assertThat(last.macroF1()).isBetween(0.0, 1.0);
            assertThat(kept.score(2, task).taskFree()).isNaN();
            assertThat(kept.score(2, task).groupAccuracy()).isNaN();
            assertThat(kept.state.evaluation(3, task).orElseThrow().groupKnown()).isTrue();
            if (last.groupAccuracy() == 1) {
                assertThat(last.taskFree()).isEqualTo(last.value());
            }
        }
        assertThat(kept.chosen(3, 2)).isSubsetOf(WHERE);
        assertThat(kept.predictions.get("3 2")).allSatisfy(p -> {
            assertThat(p.logLikelihoods().keySet()).as("the labels chosen among, not those of all tasks").isEqualTo(WHERE);
            assertThat(p.logLikelihoods().values()).allMatch(v -> v < 0);
            assertThat(p.logLikelihoods().get(p.predicted())).isEqualTo(Collections.max(p.logLikelihoods().values()));
        });
        assertThat(kept.state.notes()).noneMatch(n -> n.contains("Scenario"));
    }

    @Test
    void withoutTheTaskTheGroupIsInferredAndTheLabelsAreStillTheTasks() throws InterruptedException {
        Kept known = run();
        Kept kept = run("scenario=dil");
        for (int after = 0; after <= 3; after++) {
            for (int task = 1; task <= 3; task++) {
                assertThat(kept.chosen(after, task)).isSubsetOf(task == 2 ? WHERE : WHO);
                assertThat(kept.score(after, task).taskFree()).isNaN();
                assertThat(Double.isNaN(kept.score(after, task).groupAccuracy())).isEqualTo(task > after);
                assertThat(kept.state.evaluation(after, task).orElseThrow().groupKnown()).isFalse();
            }
        }
        assertThat(kept.state.evaluation(0, 1).orElseThrow().group()).isZero();
        // Training does not depend on the scenario, so this is what the other run measured beside its own scores.
        for (int task = 1; task <= 3; task++) {
            assertThat(kept.score(3, task).value()).isCloseTo(known.score(3, task).taskFree(), within(1e-12));
            assertThat(kept.score(3, task).groupAccuracy()).isEqualTo(known.score(3, task).groupAccuracy());
        }
        assertThat(kept.state.notes()).anyMatch(n -> n.contains("Scenario dil"));
    }

    @Test
    void classesOfAllTasksLearntAreChosenAmong() throws InterruptedException, IOException {
        hideOptions("where");
        Kept kept = run("scenario=cil");
        assertThat(kept.chosen(0, 2)).isSubsetOf(WHERE);
        assertThat(kept.chosen(1, 1)).isSubsetOf(WHO);
        assertThat(kept.chosen(3, 1)).isSubsetOf("animal", "child", "up", "down");
        for (int task = 1; task <= 3; task++) {
            // At the end the choice among all labels is the choice itself.
            assertThat(kept.score(3, task).value()).isEqualTo(kept.score(3, task).unionAccuracy());
        }
        assertThat(kept.predictions.get("3 1")).allSatisfy(p -> assertThat(p.predictedUnion()).isEqualTo(p.predicted()));
        assertThat(kept.state.notes()).anyMatch(n -> n.contains("Scenario cil"))
                .anyMatch(n -> n.startsWith("The prompts of who, who-again list the labels"));
    }

    private void hideOptions(String task) throws IOException {
        Path about = folder.resolve(task).resolve("about.json");
        JsonNode tree = Json.mapper().readTree(Files.readAllBytes(about));
        Files.writeString(about, ((ObjectNode) tree).put("showOptions", false).toString());
    }

    @Test
    void classesOfTasksStillToComeMayNotBeChosen() throws InterruptedException {
        Kept kept = run("scenario=cil", "tasks=who,where");
        List<String> seen = new ArrayList<>(kept.chosen(1, 1));
        assertThat(seen).isSubsetOf(WHO);
        assertThat(kept.chosen(1, 2)).isSubsetOf("animal", "child", "up", "down");
    }

    /** A generated answer is scored by the task's metric, and its perplexity is that of the expected answer. */
    @Test
    void generatedAnswersAreScoredByTheTasksMetric() throws InterruptedException, IOException {
        Files.writeString(folder.resolve("who/about.json"), "{\"instruction\": \"Who is it?\", \"labels\": null, "
                + "\"metric\": \"edit-similarity\"}");
        Kept kept = run("tasks=who,where");
        for (int after = 0; after <= 2; after++) {
            Score score = kept.score(after, 1);
            List<Prediction> rows = kept.predictions.get(after + " 1");
            assertThat(score.metric()).isEqualTo("edit-similarity");
            assertThat(score.value()).isCloseTo(rows.stream().mapToDouble(Prediction::score).average().orElseThrow(),
                    within(1e-12)).isEqualTo(kept.state.matrix().get(after, 1));
            assertThat(score.accuracy()).isCloseTo(rows.stream().filter(p -> p.predicted().equals(p.expected())).count()
                    / (double) rows.size(), within(1e-12));
            assertThat(score.perplexity()).isGreaterThan(1).isFinite();
            assertThat(score.balancedAccuracy()).isNaN();
            assertThat(score.unionAccuracy()).isNaN();
        }
        assertThat(kept.score(2, 1).perplexity()).isLessThan(kept.score(0, 1).perplexity());
    }
}
