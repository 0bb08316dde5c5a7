package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunEvent.TaskFinished;
import craft.experiment.RunState.Validation;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which group answers a task, whether it was routed there or not, and what else a state keeps beside the scores. */
class RunGroupsTest {
    private static final double NAN = Double.NaN;

    private static RunState fold(RunEvent... events) {
        RunState state = new RunState();
        for (RunEvent event : events) {
            state.apply(event);
        }
        return state;
    }

    @Test
    void aMethodThatDoesNotRouteHasGroupsAllTheSame() {
        RunState perTask = fold(new TaskFinished(1, 1, 2), new TaskFinished(2, 2, 2));
        assertThat(perTask.groups()).isEqualTo(2);
        assertThat(perTask.groupOf(2)).isEqualTo(2);
        assertThat(perTask.routings()).isEmpty();
        RunState one = fold(new TaskFinished(1, 1, 2), new TaskFinished(2, 1, 2));
        assertThat(one.groups()).isEqualTo(1);
        RunState frozen = fold(new TaskFinished(1, 0, 2));
        assertThat(frozen.groups()).as("the base model is no group").isZero();
        assertThat(frozen.groupOf(1)).isZero();
        assertThat(frozen.groupOf(2)).as("not learnt yet").isZero();
    }

    /** As versions before this one wrote it of every method. */
    @Test
    void whatAnOlderJournalCallsADecisionIsNone() {
        RoutingDecided one = new RoutingDecided(1, List.of(), NAN, NAN, "one for all", 0, 1, true);
        RoutingDecided perTask = new RoutingDecided(2, List.of(), NAN, NAN, "one a task", 0, 2, true);
        RunState state = fold(one, perTask);
        assertThat(state.routings()).isEmpty();
        assertThat(state.groups()).isEqualTo(2);
        assertThat(state.groupOf(2)).isEqualTo(2);
    }

    @Test
    void aDecisionIsKeptAndItsGroupKnownBeforeTheTaskIsLearnt() {
        RoutingDecided first = new RoutingDecided(1, List.of(), 2, 1, "0.5 * d_0", 0, 1, true);
        RoutingDecided joined = new RoutingDecided(2, List.of(0.3), 1.5, 0.75, "0.5 * d_0", 1, 1, false);
        RunState state = fold(first, joined);
        assertThat(state.routings()).containsExactly(first, joined);
        assertThat(state.groups()).isEqualTo(1);
        assertThat(state.groupOf(2)).isEqualTo(1);
        RoutingDecided broken = new RoutingDecided(2, List.of(NAN), NAN, NAN, "0.5 * d_0", 0, 2, true);
        assertThat(fold(broken).routings()).as("measured, though no number came of it").hasSize(1);
    }

    @Test
    void aValidationStandsAtTheStepOfTheRunAfterWhichItWasMade() {
        RunState state = fold(step(1, 7), new RunEvent.Validated(1, 1, 0.5, NAN), step(2, 8), step(3, 9), new RunEvent.Validated(1, 3, 0.25, 0.1));
        assertThat(state.validations()).containsExactly(new Validation(1, 7, 0.5), new Validation(1, 9, 0.25));
    }

    private static RunEvent step(int step, int runStep) {
        return new RunEvent.StepDone(1, RunEvent.Stage.TUNE, step, 9, runStep, 1, 1, NAN, 0, 0.1, 1, 100, NAN);
    }
}
