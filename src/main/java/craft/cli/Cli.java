package craft.cli;

import craft.error.InvalidInputException;
import craft.error.Messages;
import craft.error.UserPath;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The headless door: reads a command line, runs the command, gives the exit code. */
public final class Cli {
    static final int GOOD = 0;
    static final int FAILURE = 1;
    static final int BAD_INPUT = 2;
    static final int INTERRUPTED = 130;

    /** Warns of a missing graphics card on every start; we compute on the processor. Held, so that its level stays. */
    private static final Logger CUDA = Logger.getLogger("ai.djl.util.cuda.CudaUtils");
    /** Warns on every start that it is not a module. Held, so that its level stays. */
    private static final Logger JAVAFX = Logger.getLogger("javafx");

    private Cli() {
    }

    /**
     * Runs one command with the process's own streams.
     *
     * @return exit code: 0 good, 1 failure, 2 bad input, 130 interrupted
     */
    public static int run(String... args) {
        // Libraries tell of every file they load; a command's error stream is for what its user must know.
        Logger.getLogger("").setLevel(Level.WARNING);
        CUDA.setLevel(Level.SEVERE);
        return run(Console.ofProcess(), args);
    }

    /**
     * Opens the window, or says in a sentence why it cannot be opened here.
     *
     * @param opening returns when the window is closed
     * @return exit code, see {@link #run}
     */
    public static int window(Runnable opening) {
        JAVAFX.setLevel(Level.SEVERE);
        return window(Console.ofProcess(), System.getProperty("os.name", ""), System.getenv(), opening);
    }

    static int window(Console console, String system, Map<String, String> environment, Runnable opening) {
        Optional<String> missing = NoScreen.before(system, environment);
        try {
            if (missing.isEmpty()) {
                opening.run();
                return GOOD;
            }
        } catch (RuntimeException | Error e) {
            missing = NoScreen.after(e, environment);
            if (missing.isEmpty()) {
                return failed(console, e);
            }
        }
        console.err().println(missing.get());
        return BAD_INPUT;
    }

    static int run(Console console, String... args) {
        CommandLine line = new CommandLine(new Root())
                .addSubcommand(new RunCommand(console))
                .addSubcommand(new ResumeCommand(console))
                .addSubcommand(new ExportCommand(console))
                .addSubcommand(new CheckCommand(console))
                .addSubcommand(new CommandLine(new RunsCommand(console)).addSubcommand(new WhatIfCommand(console)))
                .addSubcommand(StudyCommand.line(console))
                .addSubcommand(new BenchCommand(console))
                .addSubcommand(new ModelsCommand(console).line())
                .addSubcommand(new OrdersCommand(console))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, Cli::path)
                .setOut(new PrintWriter(console.out(), true))
                .setErr(new PrintWriter(console.err(), true))
                .setParameterExceptionHandler((e, ignored) -> usage(console, e))
                .setExecutionExceptionHandler((e, command, result) -> failed(console, e));
        try {
            return line.execute(args);
        } catch (Error e) {
            // Out of memory, a native library that does not load: the user is told the same way.
            return failed(console, e);
        }
    }

    private static Path path(String text) {
        try {
            return UserPath.of(text);
        } catch (InvalidInputException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static int usage(Console console, ParameterException e) {
        String message = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            message += near.isEmpty() ? "." : ". Did you mean " + String.join(" or ", near) + "?";
        } else if (!message.endsWith(".")) {
            message += ".";
        }
        console.err().println(message + " See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return BAD_INPUT;
    }

    private static int failed(Console console, Throwable e) {
        if (e instanceof InvalidInputException) {
            console.err().println(Messages.forUser(e));
            return BAD_INPUT;
        }
        console.err().println(Messages.forUser(e) + " " + keep(e));
        return FAILURE;
    }

    /** Diagnostics go to a file: a stack trace on the screen helps nobody who has to act on the message. */
    private static String keep(Throwable e) {
        try {
            Path file = Files.createTempFile("craft-failure-", ".txt");
            Files.writeString(file, Messages.diagnostics(e));
            return "The whole cause is in " + file + ".";
        } catch (IOException second) {
            return "The cause could not be kept in a file: " + Messages.forUser(second);
        }
    }

    /** The program's name and what goes for all commands. */
    @Command(name = "craft-workbench", description = "Continual learning of language models with low-rank "
            + "interventions. Without a command the window opens.",
            mixinStandardHelpOptions = true, versionProvider = Version.class,
            footer = {"", "Exit codes: 0 good, 1 failure, 2 bad input, 130 interrupted."})
    static final class Root implements Runnable {
        @Spec
        private CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "Name a command: "
                    + String.join(", ", spec.subcommands().keySet()) + ".");
        }
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Cli.class.getPackage().getImplementationVersion();
            return new String[] {"CRAFT Workbench " + (version == null ? "(development)" : version)};
        }
    }
}
