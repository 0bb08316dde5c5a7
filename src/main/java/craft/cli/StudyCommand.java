package craft.cli;

import craft.error.InvalidInputException;
import craft.experiment.study.StudyReader;
import craft.experiment.study.StudyResults;
import craft.experiment.study.StudyRun;
import craft.experiment.study.StudyTable;
import craft.store.RunSession;
import craft.store.StudyCollector;
import craft.store.StudyFolder;
import craft.store.StudyQueue;
import craft.store.StudyQueue.Outcome;
import craft.store.StudyQueue.Outcome.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code study} and the commands below it. */
@Command(name = "study", description = "Compares methods over several seeds and task orders.",
        mixinStandardHelpOptions = true)
final class StudyCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    static CommandLine line(Console console) {
        return new CommandLine(new StudyCommand()).addSubcommand(new Run(console)).addSubcommand(new ListThem(console))
                .addSubcommand(new Export(console)).addSubcommand(new Collect(console)).addSubcommand(new Table(console));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name what to do with studies: "
                + String.join(", ", spec.subcommands().keySet()) + ".");
    }

    @Command(name = "run", description = "Makes the runs of a study that have not finished, one after the other, and its tables. "
            + "May be started in several terminals at once.", mixinStandardHelpOptions = true)
    static final class Run implements Callable<Integer> {
        private final Console console;

        @Parameters(index = "0", paramLabel = "<study>", description = "A study file, or a study's folder.")
        private Path given;

        @Option(names = "--out", paramLabel = "<folder>", description = "Folder in which the study is kept (default: a study's "
                + "folder itself; for a file, a folder of its name in ~/craft-runs/studies).")
        private Path out;

        @Option(names = "--only", paramLabel = "<id>", split = ",", description = "Only these runs. May be repeated.")
        private List<String> only = new ArrayList<>();

        @Option(names = "--quiet", description = "No progress.")
        private boolean quiet;

        Run(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws InterruptedException {
            StudyFolder folder = Studies.folder(given, out);
            List<StudyRun> runs = only.isEmpty() ? folder.study().runs()
                    : only.stream().map(folder.study()::run).toList();
            StudyQueue queue = new StudyQueue(folder);
            StopOnSignal signal = new StopOnSignal(queue::stop, queue::stopNow, console.err());
            try {
                List<Outcome> outcomes = queue.run(runs, new Progress(runs.size()));
                StudyResults results = folder.writeTables();
                console.out().print(Studies.text(new StudyTable(results)));
                console.out().println("\nStudy folder: " + folder.root());
                console.out().flush();
                return closing(outcomes, runs.size(), signal.asked());
            } finally {
                signal.withdraw();
            }
        }

        /** @param asked whether somebody asked for an end */
        private int closing(List<Outcome> outcomes, int planned, boolean asked) {
            List<String> parts = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                long count = outcomes.stream().filter(o -> o.kind() == kind).count();
                if (count > 0) {
                    parts.add(count + " " + words(kind));
                }
            }
            if (outcomes.size() < planned) {
                parts.add((planned - outcomes.size()) + " not begun");
            }
            console.err().println(Text.plural(planned, "run") + ": " + String.join(", ", parts) + ".");
            outcomes.stream().filter(o -> o.kind() == Kind.FAILED || o.kind() == Kind.REFUSED || o.kind() == Kind.INTERRUPTED && !asked)
                    .forEach(o -> console.err().println("  " + o.run().id() + " " + words(o.kind()) + ": " + o.reason()));
            if (outcomes.size() < planned || outcomes.stream().anyMatch(o -> o.kind() == Kind.INTERRUPTED)) {
                return asked ? Cli.INTERRUPTED : Cli.FAILURE;
            }
            return outcomes.stream().anyMatch(o -> o.kind() == Kind.FAILED || o.kind() == Kind.REFUSED) ? Cli.FAILURE : Cli.GOOD;
        }

        private static String words(Kind kind) {
            return switch (kind) {
                case FINISHED -> "finished";
                case FINISHED_BEFORE -> "finished before";
                case FAILED -> "failed";
                case INTERRUPTED -> "interrupted";
                case ELSEWHERE -> "left to another program";
                case REFUSED -> "refused";
            };
        }

        private final class Progress implements StudyQueue.Watcher {
            private final int all;
            private int done;

            Progress(int all) {
                this.all = all;
            }

            @Override
            public void starts(StudyRun run, RunSession session) {
                if (!quiet) {
                    console.err().println("[" + (done + 1) + "/" + all + "] " + run.id());
                    session.addListener(new ProgressLine(console.err(), console.terminal(), System::nanoTime));
                }
            }

            @Override
            public void ended(Outcome outcome) {
                done++;
                if (!quiet) {
                    console.err().println("[" + done + "/" + all + "] " + outcome.run().id() + ": " + words(outcome.kind())
                            + (outcome.reason().isEmpty() ? "" : ": " + outcome.reason()));
                }
            }
        }
    }

    @Command(name = "list", description = "Lists the studies, or the runs of one.", mixinStandardHelpOptions = true)
    static final class ListThem implements Callable<Integer> {
        private final Console console;

        @Parameters(index = "0", arity = "0..1", paramLabel = "<study>", description = "A study's folder.")
        private Path given;

        @Option(names = "--in", paramLabel = "<folder>", description = "Folder of the studies (default: ~/craft-runs/studies).")
        private Path in;

        ListThem(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            if (given == null) {
                studies(in != null ? in : StudyFolder.studiesOfUser());
            } else {
                runs(Studies.open(given));
            }
            return Cli.GOOD;
        }

        private void studies(Path place) {
            List<List<String>> rows = new ArrayList<>();
            for (Path path : StudyFolder.list(place)) {
                rows.add(row(path));
            }
            console.out().print(rows.isEmpty() ? "No studies in " + place + ".\n"
                    : Text.table(List.of("Study", "Name", "Methods", "Orders", "Seeds", "Finished"), rows, 1));
        }

        private static List<String> row(Path path) {
            String name = path.getFileName().toString();
            try {
                StudyFolder folder = StudyFolder.open(path);
                StudyResults results = folder.results();
                int all = results.runs().size();
                return List.of(name, folder.study().name(), String.valueOf(folder.study().configurations().size()),
                        String.valueOf(folder.study().orders().size()), String.valueOf(folder.study().seeds().size()),
                        (all - results.missing().size()) + "/" + all);
            } catch (InvalidInputException e) { // one broken study must not hide the others
                return List.of(name, e.getMessage(), "", "", "", "unreadable");
            }
        }

        private void runs(StudyFolder folder) {
            List<List<String>> rows = folder.results().runs().stream().map(r -> List.of(r.run().id(), r.run().configuration(),
                    String.valueOf(r.run().order()), String.valueOf(r.run().seed()),
                    r.status().name().toLowerCase(Locale.ROOT).replace('_', ' '), r.reason())).toList();
            console.out().print(Text.table(List.of("Run", "Method", "Order", "Seed", "Status", "Why"), rows, 1, 4, 5));
        }
    }

    @Command(name = "export", description = "Writes a study's unfinished runs for a scheduler of your own, one line a run.",
            mixinStandardHelpOptions = true)
    static final class Export implements Callable<Integer> {
        private final Console console;

        @Parameters(index = "0", paramLabel = "<study>", description = "A study file, or a study's folder.")
        private Path given;

        @Option(names = "--out", paramLabel = "<folder>", description = "Folder in which the study is kept, as with study run.")
        private Path out;

        @Option(names = "--slurm", paramLabel = "<file>", description = "A job array script for sbatch.")
        private Path slurm;

        @Option(names = "--commands", paramLabel = "<file>", description = "One shell command a line.")
        private Path commands;

        @Option(names = "--program", paramLabel = "<command>", description = "How the program is started there (default: as it "
                + "was started here).")
        private String program;

        Export(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws IOException {
            if (slurm == null && commands == null) {
                throw new InvalidInputException("Name a file to write: --slurm FILE, --commands FILE, or both.");
            }
            StudyFolder folder = Studies.folder(given, out);
            List<String> ids = folder.results().missing().stream().map(r -> r.run().id()).toList();
            if (ids.isEmpty()) {
                throw new InvalidInputException("All runs of the study in " + folder.root() + " have finished; there is nothing "
                        + "to export.");
            }
            StudyScripts scripts = new StudyScripts(program != null ? program : StudyScripts.thisProgram(), folder.root(), ids);
            if (slurm != null) {
                write(slurm, scripts.slurm(folder.study().name()));
            }
            if (commands != null) {
                write(commands, scripts.commands());
            }
            console.err().println("When they have finished: study table " + folder.root()
                    + ", or study collect if they were made elsewhere.");
            return Cli.GOOD;
        }

        private void write(Path file, String text) throws IOException {
            Files.writeString(file, text);
            console.out().println(file);
        }
    }

    @Command(name = "collect", description = "Gathers a study's finished runs from other folders and computes its tables.",
            mixinStandardHelpOptions = true)
    static final class Collect implements Callable<Integer> {
        private final Console console;

        @Parameters(index = "0..*", arity = "1..*", paramLabel = "<folder>",
                description = "Folders in which, or below which, run folders are.")
        private List<Path> places = new ArrayList<>();

        @Option(names = "--to", paramLabel = "<study folder>", description = "The study that they belong to; made from the first "
                + "folder that holds a study when it is not there (default: that folder itself).")
        private Path to;

        Collect(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            StudyFolder folder = target();
            StudyCollector.Collected found = new StudyCollector(folder).collect(places);
            StudyResults results = folder.writeTables();
            console.out().print(Studies.text(new StudyTable(results)));
            console.out().println("\nStudy folder: " + folder.root());
            PrintStream err = console.err();
            err.println(Text.plural(found.taken().size(), "run") + " gathered, " + found.alreadyThere().size()
                    + " there already, " + found.leftOut().size() + " left out.");
            found.leftOut().forEach(why -> err.println("  " + why));
            return Cli.GOOD;
        }

        private StudyFolder target() {
            if (to != null && Files.isRegularFile(to.resolve(StudyReader.FILE))) {
                return StudyFolder.open(to);
            }
            Path source = places.stream()
                    .filter(p -> Files.isRegularFile(p.resolve(StudyReader.FILE))).findFirst()
                    .orElseThrow(() -> new InvalidInputException("None of the folders holds a study. Name the study's folder "
                            + "with --to."));
            return Studies.folder(source, to);
        }
    }

    @Command(name = "table", description = "Prints a study's result tables from its run folders.",
            mixinStandardHelpOptions = true)
    static final class Table implements Callable<Integer> {
        private final Console console;

        @Parameters(index = "0", paramLabel = "<study>", description = "A study's folder.")
        private Path given;

        @CommandLine.ArgGroup
        private Form form = new Form();

        /** At most one of them. */
        static final class Form {
            @Option(names = "--json", description = "All numbers and every run's scores as JSON.")
            private boolean json;

            @Option(names = "--csv", description = "One line a method, numbers in full.")
            private boolean csv;

            @Option(names = "--markdown", description = "The tables as Markdown.")
            private boolean markdown;

            String of(StudyTable table) {
                return json ? table.json() : csv ? table.csv() : markdown ? table.markdown() : Studies.text(table);
            }
        }

        Table(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() {
            console.out().print(form.of(new StudyTable(Studies.open(given).results())));
            console.out().flush();
            return Cli.GOOD;
        }
    }
}
