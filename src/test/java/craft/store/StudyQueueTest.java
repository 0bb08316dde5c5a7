package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.experiment.NotRecordedException;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.experiment.RunArtifacts;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import craft.experiment.RunListener;
import craft.experiment.study.RunResult;
import craft.experiment.study.Study;
import craft.experiment.study.StudyReader;
import craft.experiment.study.StudyRun;
import craft.experiment.study.TaskOrder;
import craft.experiment.study.Variant;
import craft.store.StudyQueue.Outcome;
import craft.store.StudyQueue.Outcome.Kind;
import craft.task.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue with runs that end at once, in whatever way a test wants. */
class StudyQueueTest {
    @TempDir
    Path temp;
    private StudyFolder folder;
    private final List<Recipe> begun = new ArrayList<>();
    private Function<Recipe, RunEvent> end = recipe -> new RunEvent.RunFinished(1, 1, 1);

    private Study study(String... epochs) {
        List<Variant> methods = Stream.of(epochs).map(e -> new Variant("e" + e, Map.of("training.epochs", e))).toList();
        return new Study("Queue", "", RecipeReader.of("Base", "bundled:seedling", List.of(temp.resolve("x").toString(), temp.resolve("y").toString())), methods, Map.of(),
                List.of(1L), List.of(new TaskOrder(List.of(1, 2)), new TaskOrder(List.of(2, 1))), methods.get(0).name(), "");
    }

    @BeforeEach
    void make() throws IOException {
        for (String task : List.of("x", "y")) { // a run goes on only where its tasks are what they were
            Files.createDirectories(temp.resolve(task));
            Files.writeString(temp.resolve(task).resolve("train.jsonl"), task);
        }
        folder = StudyFolder.make(temp.resolve("study"), study("1", "2"));
    }

    /** Its scores follow from its recipe alone. */
    private RunControl runner(Recipe recipe, RunListener journal, RunArtifacts artifacts) {
        return new RunControl() {
            private boolean stopped;

            @Override
            public void start() {
                begun.add(recipe);
                journal.onEvent(new RunEvent.RunStarted(recipe.name(), "m", "", recipe.seed(), List.of(
                        new RunEvent.TaskInfo("x", "", "", List.of(), 2, 2), new RunEvent.TaskInfo("y", "", "", List.of(), 2, 2)), 1));
                for (int after = 0; after <= 2; after++) {
                    for (int task = 1; task <= 2; task++) {
                        double score = 1.0 / (after + task + recipe.training().epochs() + recipe.tasks().get(0).length());
                        journal.onEvent(new RunEvent.TaskEvaluated(after, task, 1, true, new Score(score, score, score, 0, 2)));
                    }
                }
                journal.onEvent(stopped ? new RunEvent.RunInterrupted("Stopped by the user") : end.apply(recipe));
            }

            @Override
            public void pause() {
            }

            @Override
            public void resume() {
            }

            @Override
            public void stop() {
                stopped = true;
            }

            @Override
            public boolean running() {
                return false;
            }

            @Override
            public void await() {
            }
        };
    }

    private StudyQueue queue() {
        return new StudyQueue(folder, Clock.systemUTC(), this::runner);
    }

    private List<Kind> run(StudyQueue queue) throws InterruptedException {
        return queue.run(folder.study().runs(), new Watching(queue, "")).stream().map(Outcome::kind).toList();
    }

    /** Stops the queue when the run of that id begins. */
    private record Watching(StudyQueue queue, String stopAt) implements StudyQueue.Watcher {
        @Override
        public void starts(StudyRun run, RunSession session) {
            if (run.id().equals(stopAt)) {
                queue.stop();
            }
        }

        @Override
        public void ended(Outcome outcome) {
        }
    }

    @Test
    void finishedRunsAreNeverRunAgain() throws InterruptedException {
        assertThat(run(queue())).containsOnly(Kind.FINISHED).hasSize(4);
        assertThat(run(queue())).containsOnly(Kind.FINISHED_BEFORE).hasSize(4);
        assertThat(begun).hasSize(4);
        assertThat(folder.results().missing()).isEmpty();
        assertThat(RunStore.open(folder.folderOf(folder.study().run("e2-o2-s1"))).recipe().training().epochs()).isEqualTo(2);
    }

    @Test
    void aFailureDoesNotStopTheOthersAndIsTriedAgain() throws InterruptedException {
        end = recipe -> begun.size() == 2 ? new RunEvent.RunFailed("No memory", "trace") : new RunEvent.RunFinished(1, 1, 1);
        assertThat(run(queue())).containsExactly(Kind.FINISHED, Kind.FAILED, Kind.FINISHED, Kind.FINISHED);
        assertThat(folder.results().missing()).singleElement().satisfies(r -> {
            assertThat(r.run().id()).isEqualTo("e1-o2-s1");
            assertThat(r.status()).isEqualTo(RunResult.Status.FAILED);
            assertThat(r.reason()).isEqualTo("No memory");
        });
        end = recipe -> new RunEvent.RunFinished(1, 1, 1);
        assertThat(run(queue())).containsExactly(Kind.FINISHED_BEFORE, Kind.FINISHED, Kind.FINISHED_BEFORE, Kind.FINISHED_BEFORE);
        assertThat(folder.root().resolve("earlier/e1-o2-s1-1/events.jsonl")).as("the failed one is kept").exists();
    }

    @Test
    void aRunWhoseDiskWasFullGoesOnWhereItWas() throws InterruptedException {
        RunEvent full = RunEvent.RunFailed.unrecorded(new NotRecordedException("The disk is full.", new IOException("full")));
        end = recipe -> begun.size() == 2 ? full : new RunEvent.RunFinished(1, 1, 1);
        assertThat(run(queue())).containsExactly(Kind.FINISHED, Kind.FAILED, Kind.FINISHED, Kind.FINISHED);
        assertThat(folder.results().missing()).singleElement()
                .satisfies(r -> assertThat(r.reason()).isEqualTo("The disk is full."));
        assertThat(run(queue())).contains(Kind.FINISHED);
        assertThat(RunStore.open(folder.folderOf(folder.study().run("e1-o2-s1"))).events())
                .anyMatch(RunEvent.RunResumed.class::isInstance);
        assertThat(folder.root().resolve("earlier")).doesNotExist();
    }

    @Test
    void stopEndsTheCurrentRunAndBeginsNoOther() throws InterruptedException {
        StudyQueue queue = queue();
        List<Outcome> outcomes = queue.run(folder.study().runs(), new Watching(queue, "e1-o2-s1"));
        assertThat(outcomes).extracting(Outcome::kind).containsExactly(Kind.FINISHED, Kind.INTERRUPTED);
        assertThat(begun).hasSize(2);
        assertThat(run(queue())).containsExactly(Kind.FINISHED_BEFORE, Kind.FINISHED, Kind.FINISHED, Kind.FINISHED);
    }

    @Test
    void whatCannotBeBegunIsAFailureOfThatRunAlone() throws InterruptedException, IOException {
        Files.writeString(folder.root().resolve("earlier"), "a file where a folder should be");
        Files.createDirectories(folder.folderOf(folder.study().run("e1-o2-s1")));
        assertThat(run(queue())).containsExactly(Kind.FINISHED, Kind.FAILED, Kind.FINISHED, Kind.FINISHED);
    }

    @Test
    void aRunThatAnotherProgramHasIsLeftToIt() throws InterruptedException, IOException {
        RunLock other = folder.claim(folder.study().run("e1-o1-s1")).orElseThrow();
        RunSession live = new RunStore(folder.runs(), Clock.systemUTC(), this::runner)
                .prepare(folder.study().run("e2-o1-s1").recipe(), "e2-o1-s1");
        assertThat(run(queue())).containsExactly(Kind.ELSEWHERE, Kind.FINISHED, Kind.ELSEWHERE, Kind.FINISHED);
        live.control().start();
        other.close();
        assertThat(run(queue())).containsExactly(Kind.FINISHED, Kind.FINISHED_BEFORE, Kind.FINISHED_BEFORE, Kind.FINISHED_BEFORE);
    }

    @Test
    void aRunOfAnotherRecipeIsRefusedAndKept() throws InterruptedException {
        run(queue());
        Study changed = new Study("Queue", "", RecipeReader.of("Base", "bundled:seedling", List.of(temp.resolve("x").toString(), temp.resolve("y").toString())),
                List.of(new Variant("e1", Map.of("training.epochs", "9")), new Variant("e2", Map.of("training.epochs", "2"))),
                Map.of(), List.of(1L), folder.study().orders(), "e1", "");
        folder = StudyFolder.make(folder.root(), changed);
        List<Outcome> outcomes = queue().run(changed.runs(), new Watching(null, ""));
        assertThat(outcomes).extracting(Outcome::kind).containsExactly(Kind.REFUSED, Kind.REFUSED, Kind.FINISHED_BEFORE,
                Kind.FINISHED_BEFORE);
        assertThat(outcomes.get(0).reason()).contains("training.epochs 1 instead of 9").contains("Move ");
        assertThat(folder.results().missing()).extracting(RunResult::status).containsOnly(RunResult.Status.NOT_THIS_STUDY);
    }

    @Test
    void aStudyMayGrowAndKeepsItsRuns() throws InterruptedException {
        run(queue());
        folder = StudyFolder.make(folder.root(), study("1", "2", "3"));
        assertThat(run(queue())).containsExactly(Kind.FINISHED_BEFORE, Kind.FINISHED_BEFORE, Kind.FINISHED_BEFORE,
                Kind.FINISHED_BEFORE, Kind.FINISHED, Kind.FINISHED);
        assertThat(StudyFolder.open(folder.root()).study().runs()).isEqualTo(folder.study().runs());
    }

    @Test
    void runsGatheredFromTwoPlacesGiveTheSameTablesByteForByte() throws InterruptedException, IOException {
        run(queue());
        folder.writeTables();
        Path whole = folder.tables();
        List<Path> places = new ArrayList<>();
        for (String id : List.of("e1-o1-s1", "e2-o1-s1")) { // half the runs here, half there, in folders of other names
            Path place = Files.createDirectories(temp.resolve("place-" + id + "/deep"));
            AtomicFiles.copyTree(folder.folderOf(folder.study().run(id)), place.resolve("first"));
            AtomicFiles.copyTree(folder.folderOf(folder.study().run(id.replace("o1", "o2"))), place.resolve("second"));
            places.add(place.getParent());
        }
        StudyFolder gathered = StudyFolder.make(temp.resolve("gathered"), folder.study());
        StudyCollector.Collected found = new StudyCollector(gathered).collect(places);
        assertThat(found.taken()).hasSize(4);
        gathered.writeTables();
        for (String table : List.of("table.md", "table.csv", "table.json", "runs.csv")) {
            assertThat(gathered.tables().resolve(table)).hasSameBinaryContentAs(whole.resolve(table));
        }
        StudyCollector.Collected again = new StudyCollector(gathered).collect(places);
        assertThat(again.taken()).isEmpty();
        assertThat(again.alreadyThere()).hasSize(4);
    }

    @Test
    void collectingLeavesOutWhatDoesNotBelongAndSaysWhy() throws InterruptedException, IOException {
        end = recipe -> recipe.training().epochs() == 2 ? new RunEvent.RunFailed("x", "") : new RunEvent.RunFinished(1, 1, 1);
        run(queue());
        Path place = temp.resolve("place");
        Files.createDirectories(place.resolve("torn"));
        Files.writeString(place.resolve("torn/run.json"), "{\"format\":");
        new RunStore(place, Clock.systemUTC(), this::runner).prepare(Samples.recipe("Another")).control().start();
        StudyFolder gathered = StudyFolder.make(temp.resolve("gathered"), folder.study());
        StudyCollector.Collected found = new StudyCollector(gathered).collect(List.of(folder.root(), place));
        assertThat(found.taken()).extracting(StudyRun::id).containsExactly("e1-o1-s1", "e1-o2-s1");
        assertThat(found.leftOut()).hasSize(4).anyMatch(s -> s.contains("e2-o1-s1") && s.contains("has not finished"))
                .anyMatch(s -> s.contains("not one of this study's")).anyMatch(s -> s.contains("torn"));
        assertThatThrownBy(() -> new StudyCollector(gathered).collect(List.of(temp.resolve("none"))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("There is no folder");
    }

    @Test
    void runsOnOtherFilesAreNotTaken() throws InterruptedException, IOException {
        run(queue());
        StudyFolder gathered = StudyFolder.make(temp.resolve("gathered"), folder.study());
        String mine = "{\"modelFolder\":\"\",\"model\":{},\"tasks\":{\"/t/x\":{\"test.jsonl\":\"aa\"}},\"problems\":[]}";
        for (StudyRun run : folder.study().runs()) {
            Files.writeString(folder.folderOf(run).resolve("provenance.json"),
                    run.id().equals("e2-o2-s1") ? mine.replace("aa", "bb") : mine.replace("/t/x", "/elsewhere/x"));
        }
        StudyCollector.Collected found = new StudyCollector(gathered).collect(List.of(folder.root()));
        assertThat(found.taken()).hasSize(3);
        assertThat(found.leftOut()).singleElement().asString().contains("e2-o2-s1").contains("task x differs");
    }

    @Test
    void theFolderListsStudies() {
        assertThat(StudyFolder.list(temp)).containsExactly(folder.root());
        assertThat(StudyFolder.list(temp.resolve("none"))).isEmpty();
        assertThat(folder.root().resolve(StudyReader.FILE)).exists();
    }
}
