package craft.cli;

import craft.error.InvalidInputException;
import craft.error.Messages;
import craft.experiment.Preflight;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.experiment.RunState;
import craft.store.RunSession;
import craft.store.RunStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Trains the tasks of a recipe one after the other and reports what was learnt "
        + "and forgotten. Several recipes are a queue, which goes on after a failure.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0..*", arity = "1..*", paramLabel = "<recipe>",
            description = "A recipe file, or a folder with a recipe.json.")
    private List<Path> recipes = new ArrayList<>();

    @Option(names = "--out", paramLabel = "<folder>",
            description = "Folder in which the run's own folder is made (default: ~/craft-runs).")
    private Path root;

    @Option(names = "--seed", paramLabel = "<number>", description = "Seed, instead of the recipe's.")
    private Long seed;

    @Option(names = "--set", paramLabel = "<option>=<value>",
            description = "Changes one option of the recipe, for example training.epochs=3. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--json", description = "The last line of standard output (of each run) is one JSON object; tables go to "
            + "standard error.")
    private boolean json;

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    RunCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        return recipes.size() == 1 ? one(recipes.get(0)) : queue();
    }

    /** One after the other; what goes wrong with one does not stop the others. */
    private int queue() throws InterruptedException {
        List<String> failures = new ArrayList<>();
        for (Path recipe : recipes) {
            try {
                int code = one(recipe);
                if (code == Cli.INTERRUPTED) {
                    return code;
                }
                if (code != Cli.GOOD) {
                    failures.add(recipe + ": see above.");
                }
            } catch (InvalidInputException e) {
                console.err().println(recipe + " failed: " + Messages.forUser(e));
                failures.add(recipe + ": " + Messages.forUser(e));
            }
        }
        if (!failures.isEmpty()) {
            console.err().println(failures.size() + " of " + Text.plural(recipes.size(), "recipe") + " failed:");
            failures.forEach(failure -> console.err().println("  " + failure));
        }
        return failures.isEmpty() ? Cli.GOOD : Cli.FAILURE;
    }

    private int one(Path recipeFile) throws InterruptedException {
        Recipe recipe = RecipeReader.read(recipeFile, set);
        if (seed != null) {
            recipe = recipe.withSeed(seed);
        }
        Preflight.check(recipe);
        RunStore store = root == null ? RunStore.ofUser() : new RunStore(root);
        RunSession session = store.prepare(recipe);
        RunState state = new RunState();
        // The state is written on the service thread and read here only after await().
        session.addListener(state::apply);
        if (!quiet) {
            session.addListener(new ProgressLine(console.err(), console.terminal(), System::nanoTime));
        }
        StopOnSignal signal = new StopOnSignal(session.control()::stop);
        try {
            session.control().start();
            session.control().await();
            return report(state, session.folder());
        } finally {
            signal.withdraw();
        }
    }

    private int report(RunState state, Path folder) {
        switch (state.status()) {
            case FINISHED, INTERRUPTED -> {
                RunReport report = new RunReport(state, folder);
                if (json) {
                    console.err().print(report.text());
                    console.err().flush();
                    console.out().println(report.json());
                } else {
                    console.out().print(report.text());
                }
                console.out().flush();
                return state.status() == RunState.Status.FINISHED ? Cli.GOOD : Cli.INTERRUPTED;
            }
            case FAILED -> {
                if (Messages.invalidInput(state.diagnostics())) {
                    throw new InvalidInputException(state.endReason());
                }
                console.err().println("The run failed: " + state.endReason() + " The whole cause is at the end of "
                        + folder.resolve("events.jsonl") + ".");
                return Cli.FAILURE;
            }
            default -> {
                console.err().println("The run ended without saying how. What it had is in " + folder + ".");
                return Cli.FAILURE;
            }
        }
    }
}
