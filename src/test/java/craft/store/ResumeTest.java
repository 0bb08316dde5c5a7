package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunState;
import craft.experiment.TinySequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are stopped, killed or damaged and go on, on a real, small model. */
@Timeout(240)
class ResumeTest {
    @TempDir
    static Path shared;
    private static Recipe recipe;
    private static Path whole;
    @TempDir
    Path temporary;
    private RunStore store;

    /** The second task joins the first one's group, so that merging and the divergence to a reference take part, too. */
    private static Recipe recipe(String... set) {
        Map<String, String> changes = new LinkedHashMap<>(Map.of("tasks", "who,where", "data.testRows", "4",
                "engine.checkpointEvery", "3", "method.routing.rho", "1000"));
        for (String one : set) {
            changes.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        return RecipeReader.read(shared.resolve("tiny"), changes);
    }

    @BeforeAll
    static void uninterrupted() throws InterruptedException {
        TinySequence.write(shared.resolve("tiny"));
        recipe = recipe();
        RunSession session = new RunStore(shared.resolve("runs")).prepare(recipe);
        TinyRuns.run(session, (event, control) -> { });
        whole = session.folder();
    }

    @BeforeEach
    void open() {
        store = new RunStore(temporary.resolve("runs"));
    }

    private static BiConsumer<RunEvent, RunControl> stopAt(Predicate<RunEvent> moment) {
        return (event, control) -> {
            if (moment.test(event)) {
                control.stop();
            }
        };
    }

    private static Predicate<RunEvent> step(int runStep) {
        return event -> event instanceof RunEvent.StepDone s && s.runStep() == runStep;
    }

    private static Predicate<RunEvent> stage(int task, Stage stage) {
        return event -> event instanceof RunEvent.StageStarted s && s.task() == task && s.stage() == stage;
    }

    private RunState state(Path folder) {
        return RunStore.open(folder).state();
    }

    /** Stops a new run at each of the moments in turn, resuming it in between, and lets it end. */
    private Path interrupted(Recipe of, List<Predicate<RunEvent>> moments) throws InterruptedException {
        RunSession session = store.prepare(of);
        for (Predicate<RunEvent> moment : moments) {
            TinyRuns.run(session, stopAt(moment));
            assertThat(state(session.folder()).status()).isEqualTo(RunState.Status.INTERRUPTED);
            assertThat(state(session.folder()).endReason()).contains("Stopped by the user", "Resume");
            session = store.resume(session.folder());
        }
        TinyRuns.run(session, (event, control) -> { });
        return session.folder();
    }

    @Test
    void theUninterruptedRunHasEveryStage() {
        assertThat(state(whole).stageMarks()).extracting(RunState.StageMark::stage).contains(Stage.values());
        assertThat(state(whole).merges()).hasSize(1);
    }

    @Test
    void stoppedWithinWarmUpItGoesOnBitForBit() throws Exception {
        RunResults.assertSame(interrupted(recipe, List.of(step(2))), whole);
    }

    @Test
    void stoppedWithinTuneOfAJoinedGroupItGoesOnBitForBit() throws Exception {
        Predicate<RunEvent> moment = event -> event instanceof RunEvent.StepDone s && s.task() == 2 && s.stage() == Stage.TUNE
                && s.step() == 2;
        RunResults.assertSame(interrupted(recipe, List.of(moment)), whole);
    }

    @Test
    void stoppedAtATasksEndItGoesOnBitForBit() throws Exception {
        RunResults.assertSame(interrupted(recipe, List.of(e -> e instanceof RunEvent.TaskFinished t && t.task() == 1)), whole);
    }

    @Test
    void stoppedInAnEvaluationItGoesOnWithTheNextTask() throws Exception {
        Path folder = interrupted(recipe, List.of(e -> e instanceof RunEvent.TaskEvaluated t && t.after() == 1 && t.task() == 2));
        RunResults.assertSame(folder, whole);
    }

    @Test
    void stoppedManyTimesAndBeforeRoutingAndMergingItGoesOnBitForBit() throws Exception {
        RunResults.assertSame(interrupted(recipe, List.of(stage(0, Stage.EVALUATE), stage(1, Stage.WARM_UP), stage(1, Stage.ROUTE),
                step(5), step(6), stage(2, Stage.MERGE), stage(2, Stage.EVALUATE))), whole);
    }

    @Test
    void withoutRoutingAndDivergenceItGoesOnBitForBit() throws Exception {
        String[] off = {"method.routing.enabled=false", "method.tuning.lambda=0", "method.tuning.epsilon=0",
            "method.merging.enabled=false"};
        RunSession session = store.prepare(recipe(off));
        TinyRuns.run(session, (event, control) -> { });
        RunResults.assertSame(interrupted(recipe(off), List.of(step(1), step(8))), session.folder());
    }

    @Test
    void aKilledRunGoesOnFromTheNewestCheckpointWhereverItWas() throws Exception {
        RunSession session = store.prepare(recipe);
        List<Path> killed = new ArrayList<>();
        Map<String, Predicate<RunEvent>> moments = new LinkedHashMap<>();
        moments.put("untrained", event -> event instanceof RunEvent.TaskEvaluated t && t.after() == 0 && t.task() == 2);
        moments.put("warm-up", step(5));
        moments.put("routed", event -> event instanceof RunEvent.RoutingDecided r && r.task() == 2);
        moments.put("merged", event -> event instanceof RunEvent.Merged m && m.task() == 2);
        moments.put("evaluating", event -> event instanceof RunEvent.TaskEvaluated t && t.after() == 2 && t.task() == 2);
        TinyRuns.run(session, (event, control) -> moments.forEach((name, moment) -> {
            if (moment.test(event)) { // what a kill at this moment would leave
                killed.add(copy(session.folder(), temporary.resolve("killed").resolve(name)));
            }
        }));
        assertThat(killed).hasSize(moments.size());
        for (Path folder : killed) {
            assertThat(state(folder).status()).isEqualTo(RunState.Status.INTERRUPTED);
            List<RunEvent> heard = TinyRuns.run(store.resume(folder), (event, control) -> { });
            RunResults.assertSame(folder, whole);
            assertThat(heard).as("a listener hears all of it").isEqualTo(RunStore.open(folder).events());
        }
        RunResults.assertSame(session.folder(), whole);
    }

    static Path copy(Path from, Path to) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.sorted().toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target);
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPausedRunComputesNothingAndIsTheSameAfterwards() throws Exception {
        RunSession session = store.prepare(recipe);
        CountDownLatch paused = new CountDownLatch(1);
        List<RunEvent> heard = new ArrayList<>();
        long[] worker = new long[1];
        session.addListener(event -> {
            heard.add(event);
            worker[0] = Thread.currentThread().getId();
            if (step(6).test(event)) {
                session.control().pause();
            } else if (event instanceof RunEvent.RunPaused) {
                paused.countDown();
            }
        });
        session.control().start();
        paused.await();
        java.lang.management.ThreadMXBean threads = java.lang.management.ManagementFactory.getThreadMXBean();
        while (threads.getThreadInfo(worker[0]).getThreadState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        long used = threads.getThreadCpuTime(worker[0]);
        assertThat(threads.getThreadInfo(worker[0]).getThreadState()).isEqualTo(Thread.State.WAITING);
        Path off = copy(session.folder(), temporary.resolve("switched-off")); // takes a while
        assertThat(threads.getThreadCpuTime(worker[0])).isEqualTo(used);
        assertThat(heard.get(heard.size() - 2)).as("a checkpoint of the moment")
                .isInstanceOfSatisfying(RunEvent.CheckpointWritten.class, c -> assertThat(c.runStep()).isEqualTo(6));
        session.control().resume();
        session.control().await();
        RunResults.assertSame(session.folder(), whole);
        TinyRuns.run(store.resume(off), (event, control) -> { });
        RunResults.assertSame(off, whole);
    }

    @Test
    void stopNowEndsBeforeTheNextStageAndIsTheSameAfterwards() throws Exception {
        RunSession session = store.prepare(recipe);
        List<RunEvent> heard = TinyRuns.run(session, (event, control) -> {
            if (event instanceof RunEvent.StageFinished f && f.task() == 1 && f.stage() == Stage.WARM_UP) {
                control.stopNow();
            }
        });
        assertThat(heard).noneMatch(stage(1, Stage.ROUTE));
        RunSession again = store.resume(session.folder());
        List<RunEvent> rest = TinyRuns.run(again, (event, control) -> { });
        RunEvent.RunResumed resumed = rest.stream().filter(RunEvent.RunResumed.class::isInstance)
                .map(RunEvent.RunResumed.class::cast).findFirst().orElseThrow();
        assertThat(resumed.checkpoint()).as("the checkpoint of the warm-up's last step").endsWith("-step-4");
        RunResults.assertSame(session.folder(), whole);
    }

    private Path stopped(int runStep) throws InterruptedException {
        RunSession session = store.prepare(recipe);
        TinyRuns.run(session, stopAt(step(runStep)));
        return session.folder();
    }

    private static List<Path> checkpoints(Path run) throws IOException {
        return list(run.resolve("checkpoints"));
    }

    private static List<Path> list(Path of) throws IOException {
        try (Stream<Path> all = Files.list(of)) {
            return all.sorted().toList();
        }
    }

    private static Path aside(Path run) {
        return run.resolve("checkpoints/unusable");
    }

    private static void flip(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) at] ^= 1;
        Files.write(file, bytes);
    }

    private void goesOnAndSays(Path folder, String... words) throws Exception {
        TinyRuns.run(store.resume(folder), (event, control) -> { });
        assertThat(String.join("\n", state(folder).notes())).contains(words);
        RunResults.assertSame(folder, whole);
    }

    @Test
    void onlyTheNewestCheckpointsAreKept() throws Exception {
        assertThat(checkpoints(whole)).hasSize(2);
        assertThat(checkpoints(whole).get(1).getFileName().toString()).matches("\\d{6}-step-\\d+");
        assertThat(state(whole).notes()).isEmpty();
    }

    @Test
    void aFlippedByteMakesItFallBackToTheCheckpointBefore() throws Exception {
        Path folder = stopped(8);
        List<Path> kept = checkpoints(folder);
        Path tensors = kept.get(1).resolve("tensors.safetensors");
        flip(tensors, Files.size(tensors) - 5);
        byte[] damaged = Files.readAllBytes(tensors);
        goesOnAndSays(folder, kept.get(1).getFileName().toString(), "tensors.safetensors", "SHA-256", "the checkpoint before",
                kept.get(0).getFileName().toString(), "unusable", "Nothing was deleted");
        assertThat(aside(folder).resolve(kept.get(1).getFileName()).resolve("tensors.safetensors")).hasBinaryContent(damaged);
        assertThat(list(aside(folder))).hasSize(1);
    }

    @Test
    void aMissingManifestMakesItFallBackToTheCheckpointBefore() throws Exception {
        Path folder = stopped(8);
        Files.delete(checkpoints(folder).get(1).resolve("manifest.json"));
        goesOnAndSays(folder, "manifest.json is missing", "the checkpoint before");
    }

    @Test
    void withoutAGoodCheckpointItStartsFromTheBeginning() throws Exception {
        Path folder = stopped(8);
        List<Path> kept = checkpoints(folder);
        flip(kept.get(0).resolve("state.json"), 40);
        Files.delete(kept.get(1).resolve("tensors.safetensors"));
        goesOnAndSays(folder, "state.json", "tensors.safetensors is missing", "starts from its beginning", "kept aside");
        assertThat(list(aside(folder))).extracting(Path::getFileName)
                .containsExactlyElementsOf(kept.stream().map(Path::getFileName).toList());
        assertThat(state(folder).notes()).hasSize(4);
    }

    /** Twice the same, and no file of the first time is lost. */
    @Test
    void whatIsKeptAsideKeepsApart() throws Exception {
        Path folder = stopped(8);
        Path checkpoint = checkpoints(folder).get(1);
        Files.writeString(checkpoint.resolve("state.json"), "one");
        Path keep = Files.createDirectories(aside(folder).resolve(checkpoint.getFileName()));
        Files.writeString(keep.resolve("mine"), "of an earlier time");
        goesOnAndSays(folder, checkpoint.getFileName() + "-2");
        assertThat(keep.resolve("mine")).hasContent("of an earlier time");
        assertThat(aside(folder).resolve(checkpoint.getFileName() + "-2/state.json")).hasContent("one");
    }

    @Test
    void withoutTheAdaptersThatItStandsOnACheckpointCannotBeUsedAndIsKept() throws Exception {
        Path folder = stopped(13);
        AtomicFiles.deleteTree(folder.resolve("interventions/after-1"));
        goesOnAndSays(folder, "are missing", folder.resolve("interventions/after-1").toString(), "starts from its beginning");
        assertThat(list(aside(folder))).hasSize(2);
    }

    @Test
    void damagedAdaptersAreToldFromMissingOnes() throws Exception {
        Path folder = stopped(13);
        flip(folder.resolve("interventions/after-1/adapters.json"), 5);
        goesOnAndSays(folder, "are damaged", "adapters.json", "starts from its beginning");
    }

    @Test
    void aKillBetweenTwoRenamesIsUndone() throws Exception {
        Path folder = stopped(13);
        Files.move(folder.resolve("interventions/after-1"), folder.resolve("interventions/.after-1.before"));
        TinyRuns.run(store.resume(folder), (event, control) -> { });
        assertThat(state(folder).notes()).isEmpty();
        RunResults.assertSame(folder, whole);
    }

    @Test
    void aLineCutOffIsRemovedAndTheRunGoesOn() throws Exception {
        Path folder = stopped(8);
        Files.writeString(folder.resolve("events.jsonl"), "{\"seq\":99,\"ti", StandardOpenOption.APPEND);
        goesOnAndSays(folder, "cut off");
    }

    @Test
    void aDamagedLineMakesItFallBackToACheckpointThatStandsOnGoodOnes() throws Exception {
        Path folder = stopped(8);
        Path journal = folder.resolve("events.jsonl");
        List<String> lines = Files.readAllLines(journal);
        int at = 0;
        while (!lines.get(at).contains("\"runStep\":7")) {
            at++;
        }
        lines.set(at, lines.get(at).replace("\"runStep\":7", "\"runStep\":6"));
        Files.write(journal, lines);
        Path ahead = checkpoints(folder).get(1);
        Files.writeString(folder.resolve("events-damaged.jsonl"), "of an earlier time");
        goesOnAndSays(folder, "does not match its checksum", "the journal holds only " + at, "kept aside");
        assertThat(aside(folder).resolve(ahead.getFileName())).isDirectory();
        assertThat(folder.resolve("events-damaged.jsonl")).hasContent("of an earlier time");
        assertThat(folder.resolve("events-damaged-2.jsonl")).hasSameTextualContentAs(Files.write(temporary.resolve("expected"), lines));
    }

    @Test
    void aCheckpointThatCannotBeWrittenIsToldOnceAndTheRunGoesOn() throws Exception {
        RunSession session = store.prepare(recipe);
        Files.writeString(session.folder().resolve("checkpoints"), "a file in the folder's place");
        TinyRuns.run(session, (event, control) -> { });
        assertThat(state(session.folder()).notes()).singleElement().asString().contains("no checkpoint could be written");
        RunResults.assertSame(session.folder(), whole);
    }

    @Test
    void whatCannotBeResumedIsRefusedWithTheReason() throws Exception {
        assertThatThrownBy(() -> store.resume(whole)).isInstanceOf(InvalidInputException.class).hasMessageContaining("finished");
        assertThatThrownBy(() -> store.resume(temporary.resolve("nothing"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not the folder of a run");
        Path folder = stopped(3);
        RunSession one = store.resume(folder);
        assertThatThrownBy(() -> store.resume(folder)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("writing the run already");
        assertThat(RunStore.open(folder).status()).isEqualTo(RunState.Status.RUNNING);
        TinyRuns.run(one, stopAt(step(5)));
        Path rows = shared.resolve("tiny/where/test.jsonl");
        String before = Files.readString(rows);
        try {
            Files.writeString(rows, before.replaceFirst("hill", "mountain"));
            assertThatThrownBy(() -> store.resume(folder)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContainingAll(rows.toString(), "changed");
            assertThat(RunLock.isHeld(new RunFolder(folder))).isFalse();
        } finally {
            Files.writeString(rows, before);
        }
        TinyRuns.run(store.resume(folder), (event, control) -> { });
        RunResults.assertSame(folder, whole);
    }
}
