package craft.cli;

import craft.experiment.Preflight;
import craft.store.RunQueue.Entry;
import craft.store.RunStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "resume", description = "Goes on with runs that were stopped, killed or failed, each in its folder and from its "
        + "newest checkpoint. The result is that of an uninterrupted run. A checkpoint that cannot be used is named and kept "
        + "aside.", mixinStandardHelpOptions = true)
final class ResumeCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0..*", arity = "1..*", paramLabel = "<run>", description = "A run's folder, or its name among the runs.")
    private List<Path> runs;

    @Option(names = "--set", paramLabel = "<option>=<value>", description = "Where the base model or the tasks are now, if they have "
            + "moved: model=<folder>, or tasks=<folder>,<folder>,... (all of them, in their order). Accepted when every file has the "
            + "SHA-256 it had when the run began, and remembered for later. No other option can be changed. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

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
            Preflight.check(RunStore.recipeInPlace(folder, set));
            return store.resume(folder, set);
        })).toList());
    }
}
