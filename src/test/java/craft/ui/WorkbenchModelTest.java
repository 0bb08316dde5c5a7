package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.error.InvalidInputException;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkbenchModelTest {
    @TempDir
    Path temp;
    private final FakeRuns runs = FakeRuns.some();
    private WorkbenchModel model;

    @BeforeEach
    void open() {
        model = Direct.model(runs, new FakeDialogs(), temp);
    }

    @Test
    void theQuickstartIsOpenedWithItsModel() {
        model.openQuickstart();
        assertThat(model.recipe().get().name()).isEqualTo("Quickstart");
        assertThat(model.modelCard().get().name()).isEqualTo("seedling");
        assertThat(model.opening().get()).isFalse();
    }

    @Test
    void aModelThatCannotBeReadIsToldAndAGoodOneMendsIt() {
        model.setRecipe(FakeRuns.recipe().withModel(temp.resolve("nothing").toString()));
        assertThat(model.modelCard().get()).isNull();
        assertThat(model.modelProblem().get()).isInstanceOf(InvalidInputException.class);
        model.setRecipe(FakeRuns.recipe());
        assertThat(model.modelProblem().get()).isNull();
        assertThat(model.modelCard().get()).isNotNull();
    }

    @Test
    void aRecipeThatIsNotThereLeavesTheOneAtHand() {
        model.setRecipe(FakeRuns.recipe());
        model.openRecipe(temp.resolve("recipe.json"));
        assertThat(model.recipe().get()).isEqualTo(FakeRuns.recipe());
        assertThat(model.errors().messages()).singleElement().satisfies(m -> {
            assertThat(m.text()).contains("recipe.json");
            assertThat(m.diagnostics()).isEmpty();
        });
    }

    @Test
    void aLiveRunAndTheSameRunReopenedHaveTheSameState() {
        model.setRecipe(FakeRuns.recipe());
        model.start();
        CurrentRun live = model.live().get();
        assertThat(model.shown().get()).isSameAs(live);
        SampleRun.finished().forEach(runs::emit);
        assertThat(model.live().get()).isNull();
        assertThat(live.control()).isEmpty();

        model.openRun(FakeRuns.ROOT.resolve("quickstart-2"));
        RunState reopened = model.shown().get().state();
        assertThat(reopened.steps()).isEqualTo(live.state().steps());
        assertThat(reopened.matrix().trained()).isDeepEqualTo(live.state().matrix().trained());
        assertThat(StatusLine.parts(reopened, false)).isEqualTo(StatusLine.parts(live.state(), false));
    }

    @Test
    void onlyOneRunIsLiveAtATime() {
        model.setRecipe(FakeRuns.recipe());
        model.start();
        CurrentRun first = model.live().get();
        model.start();
        assertThat(model.live().get()).isSameAs(first);
        assertThat(runs.commands).containsExactly("start");
    }

    @Test
    void pauseTogglesByWhatTheRunSays() {
        model.setRecipe(FakeRuns.recipe());
        model.start();
        SampleRun.running().forEach(runs::emit);
        model.togglePause();
        runs.emit(new RunEvent.RunPaused());
        model.togglePause();
        model.stop();
        assertThat(runs.commands).containsExactly("start", "pause", "resume", "stop");
    }

    @Test
    void aFailedRunIsToldWithItsDiagnostics() {
        model.setRecipe(FakeRuns.recipe());
        model.start();
        model.view().set(ViewId.TASKS); // the run's own view says it itself
        runs.emit(SampleRun.finished().get(0));
        runs.emit(new RunEvent.RunFailed("Out of disk space.", "java.io.IOException: No space left"));
        assertThat(model.live().get()).isNull();
        assertThat(model.errors().messages()).containsExactly(
                new Message(Message.Kind.ERROR, "Out of disk space.", "java.io.IOException: No space left"));
    }

    @Test
    void aRecipeThatCannotRunIsRefusedBeforeAFolderIsMade() {
        model.setRecipe(FakeRuns.recipe().withTasks(java.util.List.of()));
        model.start();
        assertThat(model.live().get()).isNull();
        assertThat(model.preparing().get()).isFalse();
        assertThat(model.errors().messages()).singleElement().satisfies(m -> assertThat(m.text()).contains("no tasks"));
        assertThat(runs.commands).isEmpty();
        assertThat(model.view().get()).as("back where it was").isEqualTo(ViewId.START);
        model.setRecipe(FakeRuns.recipe());
        model.start();
        assertThat(model.errors().messages()).as("it is mended").isEmpty();
        assertThat(model.view().get()).isEqualTo(ViewId.RUN);
    }

    @Test
    void anotherRunCanBeLookedAtWhileOneIsLive() {
        model.setRecipe(FakeRuns.recipe());
        model.start();
        CurrentRun live = model.live().get();
        model.openRun(FakeRuns.ROOT.resolve("quickstart-2"));
        SampleRun.running().forEach(runs::emit);
        assertThat(model.shown().get()).isNotSameAs(live);
        assertThat(live.state().steps()).isNotEmpty();
        model.showLive();
        assertThat(model.shown().get()).isSameAs(live);
    }

    @Test
    void anInterruptedRunIsResumedInItsFolderAndShowsAllOfItself() {
        Path folder = runs.list().stream().filter(r -> r.status() == RunState.Status.INTERRUPTED).findFirst().orElseThrow().folder();
        model.openRun(folder);
        model.resume();
        assertThat(runs.commands).containsExactly("resume " + folder.getFileName(), "start");
        CurrentRun live = model.live().get();
        assertThat(model.shown().get()).isSameAs(live);
        List<RunEvent> before = SampleRun.interrupted();
        before.subList(0, before.size() - 1).forEach(runs::emit);
        runs.emit(new RunEvent.RunResumed(before.size() - 1, "000004-step-7"));
        assertThat(live.state().status()).isEqualTo(RunState.Status.RUNNING);
        assertThat(live.state().steps()).isEqualTo(SampleRun.fold(before).steps());
        model.resume();
        assertThat(runs.commands).as("nothing while one is live").hasSize(2);
        model.stopNow();
        assertThat(runs.commands).hasSize(3);
    }

    @Test
    void whatClosesTheWindowWaitsForTheRunToEnd() {
        model.setRecipe(FakeRuns.recipe());
        model.start();
        SampleRun.running().forEach(runs::emit);
        runs.emit(new RunEvent.RunInterrupted("Stopped by the user."));
        boolean[] closed = {false};
        model.stopAndThen(() -> closed[0] = true);
        assertThat(closed[0]).isTrue();
    }

    @Test
    void aRunThatCannotBeReadSaysWhy() {
        model.openRun(FakeRuns.ROOT.resolve("broken"));
        assertThat(model.shown().get()).isNull();
        assertThat(model.errors().messages()).singleElement().satisfies(m -> assertThat(m.text()).contains("run.json"));
    }
}
