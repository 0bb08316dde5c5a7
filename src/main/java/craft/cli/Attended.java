package craft.cli;

import craft.error.InvalidInputException;
import craft.error.Messages;
import craft.experiment.Metrics;
import craft.experiment.RunState;
import craft.store.RunQueue;
import craft.store.RunQueue.Entry;
import craft.store.RunQueue.Outcome;
import craft.store.RunSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs made in front of a person: progress while they go, Ctrl+C to stop, a report of each at its end. */
final class Attended {
    private final Console console;
    private final boolean json;
    private final boolean quiet;

    /** @param json reports are JSON objects on standard output, a line each; tables go to standard error */
    Attended(Console console, boolean json, boolean quiet) {
        this.console = console;
        this.json = json;
        this.quiet = quiet;
    }

    /** @return the exit code */
    int run(List<Entry> entries) throws InterruptedException {
        RunQueue queue = new RunQueue();
        StopOnSignal signal = new StopOnSignal(queue::stop, queue::stopNow, console.err());
        try {
            List<Integer> codes = new ArrayList<>();
            List<Outcome> outcomes = queue.run(entries, new RunQueue.Watcher() {
                @Override
                public void starts(Entry entry, RunSession session) {
                    if (!quiet) {
                        session.addListener(new ProgressLine(console.err(), console.terminal(), System::nanoTime));
                    }
                }

                @Override
                public void ended(Outcome outcome) {
                    codes.add(entries.size() == 1 ? report(outcome, signal) : reportAndGoOn(outcome, signal));
                }
            });
            if (entries.size() > 1) {
                console.err().print(closing(outcomes, entries));
            }
            return codes.contains(Cli.INTERRUPTED) ? Cli.INTERRUPTED
                    : codes.stream().filter(code -> code != Cli.GOOD).findFirst().orElse(Cli.GOOD);
        } finally {
            signal.withdraw();
        }
    }

    private int reportAndGoOn(Outcome outcome, StopOnSignal signal) {
        try {
            return report(outcome, signal);
        } catch (InvalidInputException e) {
            console.err().println(outcome.name() + ": " + Messages.forUser(e));
            return Cli.BAD_INPUT;
        }
    }

    private int report(Outcome outcome, StopOnSignal signal) {
        if (outcome.problem() != null) {
            throw outcome.problem();
        }
        RunState state = outcome.state();
        switch (state.status()) {
            case FINISHED, INTERRUPTED -> {
                RunReport report = new RunReport(state, outcome.folder());
                if (json) {
                    console.err().print(report.text());
                    console.err().flush();
                    console.out().println(report.json());
                } else {
                    console.out().print(report.text());
                }
                console.out().flush();
                if (state.status() == RunState.Status.FINISHED) {
                    return Cli.GOOD;
                }
                if (signal.asked()) {
                    return Cli.INTERRUPTED;
                }
                console.err().println("The run did not come to its end: " + state.endReason());
                return Cli.FAILURE;
            }
            case FAILED -> {
                if (Messages.invalidInput(state.diagnostics())) {
                    throw new InvalidInputException(state.endReason());
                }
                console.err().println("The run failed: " + state.endReason() + (state.divergence().isPresent() || state.diagnostics().isEmpty()
                        ? " What it had is in " + outcome.folder() + "."
                        : " The whole cause is at the end of " + outcome.folder().resolve("events.jsonl") + "."));
                return Cli.FAILURE;
            }
            default -> {
                console.err().println("The run ended without saying how. What it had is in " + outcome.folder() + ".");
                return Cli.FAILURE;
            }
        }
    }

    /** What came of all of them, a line each. */
    private static String closing(List<Outcome> outcomes, List<Entry> entries) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            if (i >= outcomes.size()) {
                rows.add(List.of(entries.get(i).name(), "not begun", "-", ""));
            } else {
                Outcome o = outcomes.get(i);
                rows.add(List.of(o.name(), o.problem() != null ? "refused" : o.state().status().name().toLowerCase(Locale.ROOT),
                        Text.number(Metrics.overallPerformance(o.state().matrix())),
                        o.finished() ? String.valueOf(o.folder()) : o.reason()));
            }
        }
        return "\n" + Text.table(List.of("Run", "Status", "OP", "Folder or reason"), rows, 1, 3);
    }
}
