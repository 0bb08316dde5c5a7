package craft.cli;

import craft.experiment.Preflight;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.store.RunQueue.Entry;
import craft.store.RunSession;
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

@Command(name = "run", description = "Trains the tasks of a recipe one after the other and reports what was learnt "
        + "and forgotten.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0..*", arity = "1..*", paramLabel = "<recipe>", description = "A recipe file, or a folder with a recipe.json. "
            + "Several are run one after the other; one that fails does not stop the others.")
    private List<Path> recipes;

    @Option(names = "--out", paramLabel = "<folder>",
            description = "Folder in which the run's own folder is made (default: ~/craft-runs).")
    private Path root;

    @Option(names = "--seed", paramLabel = "<number>", description = "Seed, instead of the recipe's.")
    private Long seed;

    @Option(names = "--set", paramLabel = "<option>=<value>",
            description = "Changes one option of the recipe, for example training.epochs=3. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Mixin
    private ProgressOptions progress;

    RunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        RunStore store = root == null ? RunStore.ofUser() : new RunStore(root);
        return progress.attended(console).run(recipes.stream()
                .map(file -> new Entry(file.toString(), () -> begin(store, file))).toList());
    }

    private RunSession begin(RunStore store, Path file) {
        Recipe recipe = RecipeReader.read(file, set);
        if (seed != null) {
            recipe = recipe.withSeed(seed);
        }
        Preflight.check(recipe);
        return store.prepare(recipe);
    }
}
