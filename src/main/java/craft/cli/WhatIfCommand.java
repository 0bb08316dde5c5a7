package craft.cli;

import craft.error.InvalidInputException;
import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunEvent.TaskInfo;
import craft.experiment.WhatIf;
import craft.store.RunRecord;
import craft.store.RunStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "what-if", description = "Replays a run's routing decisions under other thresholds, without training.",
        mixinStandardHelpOptions = true)
final class WhatIfCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "<run>", description = "A run's folder, or its name among the runs.")
    private Path run;

    @Option(names = "--rho", paramLabel = "<number>", split = ",", description = "Thresholds rho * d_0 to try.")
    private List<Double> rho = new ArrayList<>();

    @Option(names = "--tau", paramLabel = "<number>", split = ",",
            description = "Absolute thresholds to try, nats per answer token.")
    private List<Double> tau = new ArrayList<>();

    WhatIfCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        RunRecord record = RunStore.open(Runs.find(run));
        List<RoutingDecided> routings = record.state().routings();
        if (routings.isEmpty()) {
            throw new InvalidInputException("The run " + run + " has no routing decisions to replay: its method does not "
                    + "route, or it ended before it did.");
        }
        if (rho.isEmpty() && tau.isEmpty()) {
            throw new InvalidInputException("Name thresholds to try, for example --rho 0.1,0.3,0.5.");
        }
        List<String> head = new ArrayList<>(List.of("Task", "As run"));
        List<WhatIf> tries = new ArrayList<>();
        rho.forEach(value -> add(head, tries, "rho " + value, new WhatIf(true, value)));
        tau.forEach(value -> add(head, tries, "tau " + value, new WhatIf(false, value)));
        List<TaskInfo> tasks = record.state().tasks();
        List<List<String>> rows = new ArrayList<>();
        for (RoutingDecided r : routings) {
            List<String> row = new ArrayList<>(List.of(tasks.get(r.task() - 1).name(), decision(r.opened(), r.group())));
            for (WhatIf whatIf : tries) {
                WhatIf.Outcome o = whatIf.decide(r);
                row.add(decision(o.opens(), o.nearest()) + (o.changed() ? " *" : ""));
            }
            rows.add(row);
        }
        List<String> groups = new ArrayList<>(List.of("Groups opened",
                String.valueOf(routings.stream().filter(RoutingDecided::opened).count())));
        for (WhatIf whatIf : tries) {
            groups.add(String.valueOf(whatIf.decide(routings).stream().filter(WhatIf.Outcome::opens).count()));
        }
        rows.add(groups);
        console.out().print(Text.table(head, rows));
        console.out().println("* differs. Each task is decided anew against the groups that the run had then.");
        return Cli.GOOD;
    }

    private static void add(List<String> head, List<WhatIf> tries, String label, WhatIf whatIf) {
        if (!(whatIf.value() >= 0)) {
            throw new InvalidInputException("A threshold must be at least 0, not " + whatIf.value() + ".");
        }
        head.add(label);
        tries.add(whatIf);
    }

    private static String decision(boolean opens, int group) {
        return opens ? "opens" : "joins " + group;
    }
}
