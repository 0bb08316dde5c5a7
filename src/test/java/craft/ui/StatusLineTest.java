package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunEvent;
import craft.experiment.RunState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    @Test
    void tellsWhereARunStands() {
        RunState state = SampleRun.fold(SampleRun.running());
        assertThat(StatusLine.parts(state, true)).startsWith("task 3/5 dbpedia14", "tune", "step 60/120")
                .anyMatch(p -> p.matches("loss \\d\\.\\d{3}")).anyMatch(p -> p.matches("\\d\\.\\dk tok/s"))
                .anyMatch(p -> p.matches("\\d:\\d\\d left")).noneMatch(p -> p.contains("KL"));
        assertThat(StatusLine.progress(state)).isBetween(0.3, 0.6);
    }

    @Test
    void showsTheDivergenceWhereThereIsOne() {
        List<RunEvent> events = SampleRun.finished();
        int at = 0;
        while (!(events.get(at) instanceof RunEvent.StepDone s && s.task() == 2 && s.stage() == RunEvent.Stage.TUNE)) {
            at++;
        }
        assertThat(StatusLine.parts(SampleRun.fold(events.subList(0, at + 1)), true))
                .anyMatch(p -> p.startsWith("KL "));
    }

    @Test
    void aStepOfAnEarlierStageIsNotShownAsOfThisOne() {
        List<RunEvent> events = new ArrayList<>(SampleRun.running());
        events.add(new RunEvent.StageStarted(3, RunEvent.Stage.EVALUATE, 5));
        assertThat(StatusLine.parts(SampleRun.fold(events), true)).contains("evaluate", "0/5 tasks scored")
                .noneMatch(p -> p.startsWith("step"));
    }

    @Test
    void interruptedIsNotFailed() {
        assertThat(StatusLine.parts(SampleRun.fold(SampleRun.interrupted()), false)).containsExactly("Interrupted",
                "2 of 5 tasks trained", "Stopped by the user");
    }

    @Test
    void aRunThatHasNotToldAnythingYetIsLoading() {
        assertThat(StatusLine.parts(new RunState(), false)).containsExactly("Not started");
        assertThat(StatusLine.parts(new RunState(), true)).containsExactly("Loading model and tasks");
        assertThat(StatusLine.parts(SampleRun.fold(SampleRun.finished().subList(0, 1)), true))
                .containsExactly("Loading model and tasks");
        assertThat(StatusLine.progress(new RunState())).isEqualTo(-1);
    }
}
