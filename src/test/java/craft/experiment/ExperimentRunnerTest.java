package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import craft.error.InvalidInputException;
import craft.experiment.RunEvent.Stage;
import craft.intervention.Adapter;
import craft.intervention.InterventionSet;
import craft.intervention.Intervention;
import craft.task.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on a real, small model. */
@Timeout(240)
class ExperimentRunnerTest {
    @TempDir
    Path temporary;
    private Path folder;

    @BeforeEach
    void write() {
        folder = TinySequence.write(temporary.resolve("tiny"));
    }

    /** What a run gave: its events, and the interventions after the last task learnt. */
    private static final class Kept implements RunArtifacts {
        final List<RunEvent> events = new ArrayList<>();
        final List<Prediction> predictions = new ArrayList<>();
        List<InterventionSet> groups = List.of();

        @Override
        public void predictions(int after, int task, List<Prediction> some) {
            predictions.addAll(some);
        }

        @Override
        public void adapters(int after, List<Adapter> newest, List<Integer> groupOfTask) {
            groups = newest.stream().map(InterventionSet.class::cast).toList();
        }

        RunState state() {
            RunState state = new RunState();
            events.forEach(state::apply);
            return state;
        }
    }

    private static Kept run(Recipe recipe) throws InterruptedException {
        Kept kept = new Kept();
        ExperimentRunner runner = new ExperimentRunner(recipe, kept.events::add, kept);
        runner.start();
        runner.await();
        return kept;
    }

    private Recipe recipe(String... set) {
        Map<String, String> changes = new LinkedHashMap<>();
        for (String one : set) {
            changes.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        return RecipeReader.read(folder, changes);
    }

    /** A thread a run would leave the run's native memory in an arena of its own: the process grew by a model a run. */
    @Test
    void allRunsOfAProcessComputeOnOneThread() throws InterruptedException {
        Set<Thread> threads = new HashSet<>();
        Recipe unusable = recipe("model=none-of-that-name");
        ExperimentRunner first = new ExperimentRunner(unusable, event -> threads.add(Thread.currentThread()), new Kept());
        ExperimentRunner second = new ExperimentRunner(unusable, event -> threads.add(Thread.currentThread()), new Kept());
        first.start();
        second.start();
        first.await();
        second.await();
        assertThat(threads).hasSize(1).doesNotContain(Thread.currentThread());
    }

    @Test
    void aTaskMayBeTrainedForAnotherNumberOfEpochs() throws InterruptedException {
        RunState usual = run(recipe("method.type=sequential", "method.adapter.kind=loreft")).state();
        RunState state = run(recipe("method.type=sequential", "method.adapter.kind=loreft", "training.epochsByTask=where = 3")).state();
        assertThat(state.endReason()).isEmpty();
        assertThat(steps(state, 1)).isEqualTo(steps(usual, 1));
        assertThat(steps(state, 2)).isEqualTo(3 * steps(usual, 2) / recipe().training().epochs());
        RunState refused = run(recipe("training.epochsByTask=were = 3")).state();
        assertThat(refused.endReason()).contains("training.epochsByTask", "were", "who, where, who-again");
    }

    private static long steps(RunState state, int task) {
        return state.steps().stream().filter(step -> step.task() == task && step.stage() == Stage.TUNE).count();
    }

    @Test
    void aRunGoesThroughAllStagesAndFillsTheMatrix() throws InterruptedException {
        Kept kept = run(recipe());
        RunState state = kept.state();
        assertThat(state.endReason()).isEmpty();
        assertThat(state.status()).isEqualTo(RunState.Status.FINISHED);
        assertThat(state.tasks()).extracting(RunEvent.TaskInfo::name).containsExactly("who", "where", "who-again");
        for (int after = 0; after <= 3; after++) {
            for (int task = 1; task <= 3; task++) {
                assertThat(state.matrix().get(after, task)).isBetween(0.0, 1.0);
            }
        }
        assertThat(state.unionMatrix().get(3, 1)).isBetween(0.0, 1.0);
        assertThat(state.unionMatrix().get(2, 1)).isNaN();
        assertThat(state.routings()).hasSize(3);
        assertThat(state.routings().get(0).divergences()).isEmpty();
        assertThat(state.routings().get(0).opened()).isTrue();
        assertThat(state.routings().get(2).divergences()).allSatisfy(d -> assertThat(d).isPositive());
        assertThat(state.stageMarks()).extracting(RunState.StageMark::stage).contains(Stage.PREPARE, Stage.WARM_UP, Stage.ROUTE, Stage.TUNE, Stage.EVALUATE);
        assertThat(kept.groups).hasSize(state.groups());
        assertThat(kept.predictions).hasSize(4 * 3 * 10);
        assertThat(kept.events.get(kept.events.size() - 1)).isInstanceOf(RunEvent.RunFinished.class);
        kept.groups.forEach(ExperimentRunnerTest::orthonormal);
    }

    private static void orthonormal(InterventionSet set) {
        for (Intervention site : set.sites()) {
            for (int i = 0; i < site.rank(); i++) {
                for (int j = 0; j <= i; j++) {
                    double dot = 0;
                    for (int k = 0; k < site.width(); k++) {
                        dot += (double) site.array("rotation")[i * site.width() + k] * site.array("rotation")[j * site.width() + k];
                    }
                    assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-5));
                }
            }
        }
    }

    @Test
    void theSameRecipeAndSeedGiveTheSameNumbersToTheLastBit() throws InterruptedException {
        Recipe joining = recipe("method.routing.rho=1000");
        Kept one = run(joining);
        Kept other = run(joining);
        assertThat(one.state().groups()).isEqualTo(1);
        assertThat(one.state().merges()).hasSize(2);
        assertThat(one.predictions).isEqualTo(other.predictions);
        assertThat(numbers(one)).isEqualTo(numbers(other));
        assertThat(losses(one)).isEqualTo(losses(other));
        assertThat(losses(one)).isNotEqualTo(losses(run(joining.withSeed(2))));
    }

    private static List<Integer> numbers(Kept kept) {
        List<Integer> bits = new ArrayList<>();
        for (InterventionSet set : kept.groups) {
            for (Intervention site : set.sites()) {
                for (float[] part : List.of(site.array("rotation"), site.array("weight"), site.array("bias"))) {
                    for (float value : part) {
                        bits.add(Float.floatToRawIntBits(value));
                    }
                }
            }
        }
        return bits;
    }

    private static List<Double> losses(Kept kept) {
        return kept.state().steps().stream().map(RunEvent.StepDone::loss).toList();
    }

    @Test
    void withRoutingDivergenceAndMergingOffItIsSequentialLoReft() throws InterruptedException {
        Kept kept = run(recipe("method.routing.enabled=false", "method.tuning.lambda=0", "method.tuning.epsilon=0", "method.merging.enabled=false"));
        RunState state = kept.state();
        assertThat(state.start().orElseThrow().method()).isEqualTo("Sequential LoReFT");
        assertThat(state.groups()).isEqualTo(1);
        assertThat(state.merges()).isEmpty();
        assertThat(state.steps()).allSatisfy(step -> {
            assertThat(step.kl()).isNaN();
            assertThat(step.loss()).isEqualTo(step.crossEntropy());
            assertThat(step.stage()).isEqualTo(Stage.TUNE);
        });
    }

    @Test
    void tuningAJoinedGroupIsAnchoredToIt() throws InterruptedException {
        RunState state = run(recipe("method.routing.rho=1000", "method.tuning.lambda=0.5", "method.tuning.epsilon=0")).state();
        List<RunEvent.StepDone> tuned = state.steps().stream().filter(s -> s.task() == 2 && s.stage() == Stage.TUNE).toList();
        assertThat(tuned).isNotEmpty().allSatisfy(step -> assertThat(step.loss())
                .isCloseTo(step.crossEntropy() + 0.5 * step.kl(), within(1e-4 * step.loss())));
        assertThat(tuned.get(0).kl()).isCloseTo(0, within(1e-5));
        assertThat(tuned.get(tuned.size() - 1).kl()).isPositive();
    }

    @Test
    void aForgettingBudgetStopsTheTuning() throws InterruptedException {
        RunState state = run(recipe("method.routing.rho=1000", "method.tuning.lambda=0", "method.tuning.epsilon=1e-9", "method.tuning.checkEvery=2")).state();
        assertThat(state.stopMarks()).anySatisfy(mark -> {
            assertThat(mark.task()).isEqualTo(2);
            assertThat(mark.reason()).isEqualTo("budget");
        });
    }

    @Test
    void mergingKeepsWithinItsBudget() throws InterruptedException {
        RunState state = run(recipe("method.routing.rho=1000", "method.tuning.epsilon=0", "method.merging.epsilon=0.01")).state();
        assertThat(state.merges()).hasSize(2).allSatisfy(merge -> {
            assertThat(merge.alpha()).isBetween(0.0, 1.0);
            assertThat(merge.divergenceMerged()).isLessThanOrEqualTo(0.01);
        });
    }

    @Test
    void stoppingEndsTheRunAsInterruptedWithAllItHad() throws InterruptedException {
        Kept kept = new Kept();
        ExperimentRunner[] runner = new ExperimentRunner[1];
        runner[0] = new ExperimentRunner(recipe(), event -> {
            kept.events.add(event);
            if (event instanceof RunEvent.StepDone step && step.task() == 2) {
                runner[0].stop();
            }
        }, kept);
        runner[0].start();
        runner[0].await();
        RunState state = kept.state();
        assertThat(state.status()).isEqualTo(RunState.Status.INTERRUPTED);
        assertThat(state.steps().stream().filter(s -> s.task() == 2)).hasSize(1);
        assertThat(state.tasksFinished()).isEqualTo(1);
        assertThat(kept.groups).hasSize(1);
        assertThat(runner[0].running()).isFalse();
    }

    @Test
    void pausingHoldsTheRunUntilItIsResumed() throws InterruptedException {
        CountDownLatch paused = new CountDownLatch(1);
        Kept kept = new Kept();
        ExperimentRunner[] runner = new ExperimentRunner[1];
        runner[0] = new ExperimentRunner(recipe(), event -> {
            kept.events.add(event);
            if (event instanceof RunEvent.StepDone step && step.runStep() == 2) {
                runner[0].pause();
            } else if (event instanceof RunEvent.RunPaused) {
                paused.countDown();
            }
        }, kept);
        runner[0].start();
        paused.await();
        assertThat(kept.events.get(kept.events.size() - 1)).isInstanceOf(RunEvent.RunPaused.class);
        runner[0].resume();
        runner[0].await();
        assertThat(kept.state().status()).isEqualTo(RunState.Status.FINISHED);
        assertThat(kept.events).hasAtLeastOneElementOfType(RunEvent.RunContinued.class);
    }

    @Test
    void aBrokenListenerEndsTheRunAsFailed() throws InterruptedException {
        List<RunEvent> heard = new ArrayList<>();
        ExperimentRunner runner = new ExperimentRunner(recipe(), event -> {
            heard.add(event);
            if (event instanceof RunEvent.TaskStarted) {
                throw new IllegalStateException("no space");
            }
        }, RunArtifacts.NONE);
        runner.start();
        runner.await();
        assertThat(heard.get(heard.size() - 1)).isInstanceOfSatisfying(RunEvent.RunFailed.class, failed -> {
            assertThat(failed.message()).contains("Something went wrong inside the program").doesNotContain("IllegalStateException");
            assertThat(failed.diagnostics()).contains("IllegalStateException", "no space");
        });
    }

    @Test
    void wrongInputIsRefusedBeforeAnythingIsTrained() throws IOException {
        refused(recipe("sites.rank=65"), "sites.rank", "64");
        refused(recipe("sites.layers=1,9"), "layer 9", "0 to 4");
        assertThatThrownBy(() -> recipe("sites.positions=x3")).isInstanceOf(InvalidInputException.class).hasMessageContaining("x3");
        refused(recipe("model=/no/such/model"), "/no/such/model");
        Files.writeString(folder.resolve("who/train.jsonl"), "{\"text\": \"a cat\"}\n");
        refused(recipe(), "train.jsonl", "row 1", "label");
        Files.writeString(folder.resolve("who/train.jsonl"), "{\"text\": \"" + "cat ".repeat(600) + "\", \"label\": \"animal\"}\n");
        refused(recipe(), "who", "row 1", "512", "maxPromptTokens");
        Preflight.check(recipe("data.maxPromptTokens=64"));
    }

    @Test
    void modelFilesThatCannotBeUsedAreRefused() throws IOException {
        Path model = temporary.resolve("model");
        Files.createDirectories(model);
        Path stories = Path.of("src/test/resources/models/stories260k");
        for (String file : List.of("config.json", "tokenizer.json")) {
            Files.copy(stories.resolve(file), model.resolve(file));
        }
        refused(recipe("model=" + model), "safetensors");
        Files.write(model.resolve("pytorch_model.bin"), new byte[100]);
        refused(recipe("model=" + model), "pytorch_model.bin", "safetensors");
        byte[] weights = Files.readAllBytes(stories.resolve("model.safetensors"));
        Files.write(model.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length - 1000));
        refused(recipe("model=" + model), "model.safetensors");
    }

    private static void refused(Recipe recipe, String... words) {
        assertThatThrownBy(() -> Preflight.check(recipe)).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(words);
    }
}
