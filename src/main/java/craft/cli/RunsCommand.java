package craft.cli;

import craft.store.RunStore;
import craft.store.RunSummary;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "runs", description = "Lists the runs, newest first.", mixinStandardHelpOptions = true)
final class RunsCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
    private final Console console;

    @Option(names = "--in", paramLabel = "<folder>", description = "Folder of the runs (default: ~/craft-runs).")
    private Path root;

    RunsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        RunStore store = root == null ? RunStore.ofUser() : new RunStore(root);
        List<RunSummary> runs = store.list();
        if (runs.isEmpty()) {
            console.out().println("No runs in " + store.root() + ".");
            return Cli.GOOD;
        }
        List<List<String>> rows = new ArrayList<>();
        for (RunSummary run : runs) {
            String folder = run.folder().getFileName().toString();
            rows.add(run.problem().isEmpty()
                    ? List.of(folder, run.name(), run.method(), String.valueOf(run.seed()),
                            TIME.format(run.startedAt().atZone(ZoneId.systemDefault())),
                            run.status().name().toLowerCase(Locale.ROOT), run.tasksFinished() + "/" + run.tasks(),
                            Text.number(run.op()), Text.number(run.forgetting()))
                    : List.of(folder, run.problem(), "", "", "", "unreadable", "", "", ""));
        }
        console.out().print(Text.table(
                List.of("Run", "Name", "Method", "Seed", "Started", "Status", "Tasks", "OP", "Forgetting"), rows, 1, 2,
                4, 5));
        return Cli.GOOD;
    }
}
