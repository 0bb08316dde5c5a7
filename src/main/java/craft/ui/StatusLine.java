package craft.ui;

import craft.experiment.RunEvent;
import craft.experiment.RunEvent.StageStarted;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunState;
import craft.ui.text.EndReasons;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import java.util.ArrayList;
import java.util.List;

/** The words at the bottom of the window: where a run stands. */
final class StatusLine {
    private StatusLine() {
    }

    /**
     * The parts of the line, left to right; one part when no run is under way.
     *
     * @param live the run is being made: one that has told nothing yet is loading
     */
    static List<String> parts(RunState state, boolean live) {
        Words words = Words.of("shell");
        List<String> parts = new ArrayList<>();
        if (live && state.status() == RunState.Status.NEW) {
            return List.of(words.get("line.loading"));
        }
        if (state.status() != RunState.Status.RUNNING && state.status() != RunState.Status.PAUSED) {
            parts.add(words.get("status." + state.status()));
            if (!state.tasks().isEmpty()) {
                parts.add(words.get("line.tasksFinished", state.tasksFinished(), state.tasks().size()));
            }
            state.finished().ifPresent(f -> {
                parts.add(words.get("line.took", Numbers.duration(f.seconds())));
                parts.add(words.get("line.speed", Numbers.compact(f.tokensPerSecond())));
            });
            if (!state.endReason().isEmpty()) {
                parts.add(EndReasons.shortly(state));
            }
            return parts;
        }
        if (state.status() == RunState.Status.PAUSED) {
            parts.add(words.get("status.PAUSED"));
        }
        state.stage().ifPresentOrElse(stage -> addStage(parts, words, state, stage), () ->
                parts.add(words.get("line.loading")));
        return parts;
    }

    private static void addStage(List<String> parts, Words words, RunState state, StageStarted stage) {
        int task = stage.task();
        parts.add(task == 0 ? words.get("line.untrained")
                : words.get("line.task", task, state.tasks().size(), state.tasks().get(task - 1).name()));
        parts.add(words.get("stage." + stage.stage()));
        StepDone last = state.lastStep().orElse(null);
        if (last != null && last.task() == task && last.stage() == stage.stage()) {
            parts.add(words.get("line.step", Integer.toString(last.step()), Integer.toString(last.plannedSteps())));
            parts.add(words.get("line.loss", Numbers.fixed(last.loss(), 3)));
            if (!Double.isNaN(last.kl())) {
                parts.add(words.get("line.kl", Numbers.fixed(last.kl(), 3)));
            }
            parts.add(words.get("line.speed", Numbers.compact(last.tokensPerSecond())));
        }
        if (stage.stage() == RunEvent.Stage.EVALUATE) {
            parts.add(words.get("line.scored", state.evaluatedInStage(), state.tasks().size()));
        }
        if (last != null && !Double.isNaN(last.secondsLeft())) {
            parts.add(words.get("line.left", Numbers.duration(last.secondsLeft())));
        }
    }

    /** Share of the run that is done by steps, in [0, 1]; -1 while it cannot be said. */
    static double progress(RunState state) {
        if (state.status() == RunState.Status.FINISHED) {
            return 1;
        }
        int planned = state.start().map(s -> s.plannedSteps()).orElse(0);
        return planned == 0 ? -1 : Math.min(1, state.lastStep().map(StepDone::runStep).orElse(0) / (double) planned);
    }
}
