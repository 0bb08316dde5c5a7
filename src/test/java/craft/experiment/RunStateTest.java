package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.experiment.RunEvent.RunFailed;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunEvent.TaskInfo;
import craft.task.Score;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RunStateTest {
    private static final TaskInfo TASK = new TaskInfo("t", "", "", List.of("a", "b"), 2, 2);

    private static StepDone step(int runStep) {
        return new StepDone(1, Stage.TUNE, runStep, 9, runStep, 1.0 / runStep, 0, 0, 0, 0, 0, 0, 0);
    }

    private static RunState started() {
        RunState state = new RunState();
        state.apply(new RunEvent.RunStarted("n", "m", "x", 1, List.of(TASK, TASK), 9));
        return state;
    }

    private static RunEvent evaluated(int after, int task, double value) {
        return new RunEvent.TaskEvaluated(after, task, 1, true, new Score(value, value, value, 0, 2));
    }

    @Test
    void whatWasHandedOutStaysAsItWas() {
        RunState state = started();
        state.apply(evaluated(1, 1, 0.5));
        state.apply(step(1));
        List<StepDone> steps = state.steps();
        AccuracyMatrix matrix = state.matrix();
        for (int i = 2; i <= 100; i++) {
            state.apply(step(i));
        }
        state.apply(evaluated(1, 1, 0.75));
        assertThat(steps).containsExactly(step(1));
        assertThat(matrix.get(1, 1)).isEqualTo(0.5);
        assertThat(matrix.get(1, 2)).isNaN();
        assertThat(state.matrix().get(1, 1)).isEqualTo(0.75);
        assertThat(state.steps()).hasSize(100).last().isEqualTo(step(100));
        assertThat(state.lastStep()).contains(step(100));
        assertThatThrownBy(() -> steps.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> steps.add(step(2))).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> state.steps().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> state.notes().add("x")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> state.evaluations().set(0, null)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void askingAfterEveryEventCopiesNothing() {
        RunState state = started();
        Map<StepDone, Boolean> made = new IdentityHashMap<>();
        for (int i = 1; i <= 200_000; i++) { // copying would take 160 GB
            StepDone step = step(i);
            made.put(step, true);
            state.apply(step);
            assertThat(state.steps().size()).isEqualTo(i);
        }
        assertThat(state.steps()).isSameAs(state.steps()).allMatch(made::containsKey);
    }

    @Test
    void anotherThreadReadsWhatItWasGivenWhileTheRunGoesOn() throws Exception {
        RunState state = started();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            List<Future<Long>> sums = new ArrayList<>();
            for (int i = 1; i <= 2000; i++) {
                state.apply(step(i));
                List<StepDone> given = state.steps();
                sums.add(other.submit(() -> given.stream().mapToLong(StepDone::runStep).sum()));
            }
            for (int i = 1; i <= 2000; i++) {
                assertThat(sums.get(i - 1).get()).isEqualTo(i * (i + 1L) / 2);
            }
        } finally {
            other.shutdown();
        }
    }

    @Test
    void aCellOfAnotherRunIsRefusedAndLeavesNoTrace() {
        RunState state = started();
        assertThatThrownBy(() -> state.apply(evaluated(1, 3, 0.5))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(state.evaluations()).isEmpty();
    }

    @Test
    void whatHasHappenedCannotBeChanged() {
        List<TaskInfo> tasks = new ArrayList<>(List.of(TASK));
        RunEvent.RunStarted started = new RunEvent.RunStarted("n", "m", "x", 1, tasks, 9);
        tasks.clear();
        assertThat(started.tasks()).containsExactly(TASK);
        assertThat(new RunEvent.RoutingDecided(1, null, 0, 0, "", 0, 1, true).divergences()).isEmpty();
    }

    @Test
    void onlyAFailureFromOutsideCanGoOn() {
        RunState state = started();
        state.apply(new RunFailed("m", "d"));
        assertThat(state.failedFromOutside()).isFalse();
        state.apply(RunFailed.unrecorded(new NotRecordedException("The disk is full.", new IOException("full"))));
        assertThat(state.failedFromOutside()).isTrue();
        assertThat(state.endReason()).isEqualTo("The disk is full.");
        state.apply(new RunEvent.RunResumed(1, ""));
        assertThat(state.failedFromOutside()).isFalse();
    }

    @Test
    void aFailureOfAnEarlierVersionIsTheRunsOwn() throws IOException {
        String old = "{\"event\":\"RunFailed\",\"message\":\"m\",\"diagnostics\":\"d\"}";
        RunEvent read = Json.mapper().readerFor(RunEvent.class)
                .without(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES).readValue(old);
        assertThat(read).isEqualTo(new RunFailed("m", "d"));
    }
}
