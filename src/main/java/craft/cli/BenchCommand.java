package craft.cli;

import craft.experiment.bench.Bench;
import craft.experiment.bench.BenchOptions;
import craft.experiment.bench.BenchReport;
import craft.experiment.bench.BenchReport.Table;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "bench", description = "Measures the engine on this machine: matrix multiplication, plain pass, cached "
        + "against plain training steps, evaluation, memory.", mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--model", paramLabel = "<model>", defaultValue = "bundled:seedling",
            description = "bundled:<name> or a model's folder (default: ${DEFAULT-VALUE}).")
    private String model;

    @Option(names = "--layers", paramLabel = "<layers>", defaultValue = "all",
            description = "Intervened layers: all, or such as 1,3 or 2-5 (default: ${DEFAULT-VALUE}). The upper half is "
            + "measured besides.")
    private String layers;

    @Option(names = "--prompts", paramLabel = "<tokens>", split = ",",
            description = "Prompt lengths (default: 64,256,1024).")
    private List<Integer> prompts = List.of();

    @Option(names = "--steps", paramLabel = "<number>",
            description = "Training steps over which memory is watched; 0 for none (default: 1000, with --quick 200).")
    private Integer steps;

    @Option(names = "--quick", description = "Fewer sizes and repetitions.")
    private boolean quick;

    @Option(names = "--skip-135m", description = "Leave out the random model of 135 million parameters.")
    private boolean skipLarge;

    @Option(names = "--json", description = "The last line of standard output is one JSON object; tables go to "
            + "standard error.")
    private boolean json;

    @Option(names = "--steps-alone", hidden = true, description = "Measures one pass and one step and prints their seconds as JSON.")
    private boolean stepsAlone;

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        BenchOptions options = new BenchOptions(model, layers, prompts, steps == null ? BenchOptions.usualSteps(quick)
                : steps, quick, !skipLarge);
        Bench bench = new Bench(options, what -> console.err().println("Measuring " + what));
        if (stepsAlone) {
            Bench.Steps steps = bench.steps();
            console.out().println(MatrixModeCost.json(steps.plainPass(), steps.plainStep(), steps.cachedStep()));
            console.out().flush();
            return Cli.GOOD;
        }
        BenchReport report = bench.run();
        PrintStream tables = json ? console.err() : console.out();
        List<Table> all = new ArrayList<>(report.tables());
        if (!quick) {
            Table cost = new MatrixModeCost(what -> console.err().println("Measuring steps " + what)).measure(model);
            if (cost != null) {
                all.add(cost);
            }
        }
        for (Table table : all) {
            tables.println();
            tables.println(table.title());
            tables.print(Text.table(table.head(), table.rows()));
            if (!table.remark().isEmpty()) {
                tables.println(table.remark());
            }
        }
        tables.flush();
        if (json) {
            console.out().println(report.json());
            console.out().flush();
        }
        return Cli.GOOD;
    }
}
