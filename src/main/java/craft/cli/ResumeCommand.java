package craft.cli;

import craft.experiment.Preflight;
import craft.store.RunQueue.Entry;
import craft.store.RunStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "resume", description = "Goes on with runs that were stopped, killed or failed, each in its folder and from its "
        + "newest checkpoint. The result is that of an uninterrupted run.", mixinStandardHelpOptions = true)
final class ResumeCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0..*", arity = "1..*", paramLabel = "<run>", description = "A run's folder, or its name among the runs.")
    private List<Path> runs;

    @Mixin
    private ProgressOptions progress;

    ResumeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        RunStore store = RunStore.ofUser();
        return progress.attended(console).run(runs.stream().map(run -> new Entry(run.toString(), () -> {
            Path folder = Runs.find(run);
            Preflight.check(RunStore.open(folder).recipe());
            return store.resume(folder);
        })).toList());
    }
}
