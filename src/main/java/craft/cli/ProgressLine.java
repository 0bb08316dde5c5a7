package craft.cli;

import craft.experiment.RunEvent;
import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.StageFinished;
import craft.experiment.RunEvent.StageStarted;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunEvent.TaskInfo;
import craft.experiment.RunListener;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells how far a run is. On a terminal one line is drawn over again; elsewhere there is a line for every stage that
 * ended, and one in ten seconds within a stage. Used on the run's service thread.
 */
final class ProgressLine implements RunListener {
    private static final long REDRAW_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final LongSupplier nanoClock;
    private List<TaskInfo> tasks = List.of();
    private StageStarted stage = new StageStarted(0, Stage.PREPARE, 0);
    private StepDone step;
    private int evaluated;
    private long lastShown;
    private int drawn;

    ProgressLine(PrintStream out, boolean terminal, LongSupplier nanoClock) {
        this.out = out;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
        this.lastShown = nanoClock.getAsLong();
    }

    @Override
    public void onEvent(RunEvent event) {
        if (event instanceof RunEvent.RunStarted e) {
            tasks = e.tasks();
            line(e.name() + ": " + e.method() + ", model " + e.model() + ", " + Text.plural(tasks.size(), "task")
                    + ", seed " + e.seed());
        } else if (event instanceof StageStarted e) {
            stage = e;
            step = null;
            evaluated = 0;
            if (terminal) {
                draw(current());
            }
        } else if (event instanceof StepDone e) {
            step = e;
            tick();
        } else if (event instanceof RunEvent.TaskEvaluated) {
            evaluated++;
            tick();
        } else if (event instanceof RoutingDecided e && e.measured()) {
            line(task(e.task()) + ", route: " + (e.opened() ? "opens group " : "joins group ") + e.group()
                    + routingReason(e));
        } else if (event instanceof RunEvent.Merged e) {
            line(task(e.task()) + String.format(Locale.ROOT, ", merge: alpha %.3f, KL %s -> %s", e.alpha(),
                    Text.nats(e.divergenceTrained()), Text.nats(e.divergenceMerged())));
        } else if (event instanceof StageFinished e) {
            if (!terminal) {
                line(finished(e));
            }
        } else if (event instanceof RunEvent.TaskFinished e) {
            line(task(e.task()) + " trained in " + Text.duration(e.seconds()) + ", group " + e.group());
        } else if (event instanceof RunEvent.RunResumed e) {
            line(e.checkpoint().isEmpty() ? "resumed from the beginning" : "resumed from checkpoint " + e.checkpoint()
                    + (step == null ? "" : ", within " + name(stage.stage())));
        } else if (event instanceof RunEvent.Note e) {
            line("Note: " + e.message());
        } else if (event instanceof RunEvent.RunFinished || event instanceof RunEvent.RunInterrupted
                || event instanceof RunEvent.RunFailed) {
            clear();
        }
    }

    private static String routingReason(RoutingDecided e) {
        if (e.divergences().isEmpty()) {
            return " (d_0 " + Text.nats(e.baseDivergence()) + ")";
        }
        StringBuilder text = new StringBuilder(" (");
        for (int g = 1; g <= e.divergences().size(); g++) {
            text.append("d_").append(g).append(' ').append(Text.nats(e.divergences().get(g - 1))).append(", ");
        }
        return text + "threshold " + Text.nats(e.threshold()) + ": " + e.rule() + ")";
    }

    private void tick() {
        long now = nanoClock.getAsLong();
        if (now - lastShown >= (terminal ? REDRAW_NANOS : LINE_NANOS)) {
            if (terminal) {
                draw(current());
            } else {
                line(current());
            }
            lastShown = now;
        }
    }

    private String task(int number) {
        return number == 0 ? "untrained model" : "task " + number + "/" + tasks.size() + " "
                + (number <= tasks.size() ? tasks.get(number - 1).name() : "");
    }

    private static String name(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code task 2/5 mail-spam, tune 120/375, loss 0.2310, KL 0.0130, 5,100 tokens/s, 1 min 20 s left}. */
    private String current() {
        if (stage.task() == 0 && stage.stage() == Stage.PREPARE) {
            return "loading model and tasks";
        }
        String text = task(stage.task()) + ", " + name(stage.stage());
        if (stage.stage() == Stage.EVALUATE) {
            return text + " " + evaluated + "/" + tasks.size();
        }
        if (step == null) {
            return text;
        }
        return text + " " + step.step() + "/" + step.plannedSteps() + ", loss " + Text.nats(step.loss()) + ", KL "
                + Text.nats(step.kl()) + ", " + Text.whole(step.tokensPerSecond()) + " tokens/s"
                + (Double.isNaN(step.secondsLeft()) ? "" : ", " + Text.duration(step.secondsLeft()) + " left");
    }

    private String finished(StageFinished e) {
        String text = task(e.task()) + ", " + name(e.stage()) + " done in " + Text.duration(e.seconds());
        if (step != null) {
            text += ", " + Text.plural(e.steps(), "step") + ", loss " + Text.nats(step.loss()) + ", KL "
                    + Text.nats(step.kl())
                    + ", " + Text.whole(step.tokensPerSecond()) + " tokens/s"
                    + (Double.isNaN(step.secondsLeft()) ? "" : ", " + Text.duration(step.secondsLeft()) + " left");
        }
        return text + (e.reason().isEmpty() ? "" : " (" + e.reason() + ")");
    }

    private void line(String text) {
        clear();
        out.println(text);
        lastShown = nanoClock.getAsLong();
    }

    private void draw(String text) {
        int width = Text.width(text);
        out.print("\r" + text + " ".repeat(Math.max(0, drawn - width)));
        out.flush();
        drawn = width;
    }

    private void clear() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            drawn = 0;
        }
    }
}
