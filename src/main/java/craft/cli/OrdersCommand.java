package craft.cli;

import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.task.PublishedOrder;
import craft.task.PublishedOrder.DataSet;
import craft.task.PublishedOrder.Found;
import craft.task.TaskReader;
import craft.task.TaskReading;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "orders", description = "Lists the published orders of data sets; says which of an order's are there, and "
        + "writes a recipe for them.", mixinStandardHelpOptions = true)
final class OrdersCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", arity = "0..1", paramLabel = "<order>", description = "An order; all are listed without one.")
    private String name;

    @Option(names = "--data", paramLabel = "DIR", description = "The folder with the data sets, laid out as the benchmark's "
            + "authors publish them.")
    private Path data;

    @Option(names = "--write", paramLabel = "FILE", description = "Write a recipe for the data sets found.")
    private Path file;

    @Option(names = "--partial", description = "Write it also when some are missing.")
    private boolean partial;

    @Option(names = "--model", paramLabel = "MODEL", defaultValue = RecipeReader.DEFAULT_MODEL,
            description = "The recipe's model (default: ${DEFAULT-VALUE}).")
    private String model;

    OrdersCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (name == null) {
            if (data != null || file != null) {
                throw new InvalidInputException("Name an order before --data and --write: "
                        + PublishedOrder.all().stream().map(PublishedOrder::name).collect(Collectors.joining(", ")) + ".");
            }
            list();
            return Cli.GOOD;
        }
        PublishedOrder order = PublishedOrder.named(name);
        if (data == null) {
            if (file != null) {
                throw new InvalidInputException("--write needs --data: the folder with the data sets.");
            }
            show(order, null);
            return Cli.GOOD;
        }
        Found found = order.find(data);
        show(order, found);
        if (file != null) {
            write(order, found);
        }
        return Cli.GOOD;
    }

    private void list() {
        console.out().print(Text.table(List.of("Order", "Tasks", "Source", "Data sets"), PublishedOrder.all().stream()
                .map(o -> List.of(o.name(), String.valueOf(o.sets().size()), o.source(),
                        o.sets().stream().map(DataSet::name).collect(Collectors.joining(", ")))).toList(), 2, 3));
    }

    /** @param found null when no folder was given */
    private void show(PublishedOrder order, Found found) {
        PrintStream out = console.out();
        out.println("Order " + order.name() + ": " + order.source());
        boolean epochs = order.sets().stream().anyMatch(s -> s.epochs() > 0);
        List<String> head = new ArrayList<>(List.of("Data set", "Metric"));
        if (epochs) {
            head.add("Epochs");
        }
        if (found != null) {
            head.add("Found");
        }
        List<List<String>> rows = new ArrayList<>();
        for (DataSet set : order.sets()) {
            List<String> row = new ArrayList<>(List.of(set.name(), set.metric().name()));
            if (epochs) {
                row.add(String.valueOf(set.epochs()));
            }
            if (found != null) {
                Path folder = found.folders().get(set);
                row.add(folder == null ? "missing" : rows(folder));
            }
            rows.add(row);
        }
        out.print(Text.table(head, rows, 1, head.size() - (found == null ? 0 : 1)));
        if (order.maxPromptTokens() > 0) {
            out.println("Its authors cut prompts to " + order.maxPromptTokens() + " tokens and answers to "
                    + order.maxAnswerTokens() + "; a recipe written here has their numbers of epochs, by task.");
        }
        if (found != null) {
            List<DataSet> missing = found.missing();
            out.println(missing.isEmpty() ? "All " + order.sets().size() + " are there."
                    : missing.size() + " of " + order.sets().size() + " are missing: " + names(missing) + ".");
        }
    }

    /** A data set that is there but cannot be read is told like one, not as missing. */
    private static String rows(Path folder) {
        try {
            TaskReading reading = TaskReader.read(folder);
            int bad = reading.badRows().size();
            return folder + ": " + Text.whole(reading.task().train().size()) + " train, "
                    + Text.whole(reading.task().test().size()) + " test rows, " + reading.source().layout()
                    + (bad > 0 ? ", " + Text.plural(bad, "bad row") : "");
        } catch (InvalidInputException e) {
            return "cannot be used: " + e.getMessage();
        }
    }

    private static String names(List<DataSet> sets) {
        return sets.stream().map(DataSet::name).collect(Collectors.joining(", "));
    }

    private void write(PublishedOrder order, Found found) {
        List<DataSet> missing = found.missing();
        if (found.present().isEmpty()) {
            throw new InvalidInputException("None of the data sets of " + order.name() + " is below " + data
                    + ", so there is no recipe to write.");
        }
        if (!missing.isEmpty() && !partial) {
            throw new InvalidInputException("No recipe was written: " + missing.size() + " of " + order.sets().size()
                    + " data sets are missing below " + data + ": " + names(missing)
                    + ". Add them, or write a recipe for those found with --partial.");
        }
        Recipe recipe = RecipeReader.of(order.name() + (missing.isEmpty() ? "" : " (partial)"), model,
                found.present().stream().map(p -> p.toAbsolutePath().normalize().toString()).toList());
        if (order.maxPromptTokens() > 0) {
            recipe = RecipeReader.with(recipe, Map.of("data.maxPromptTokens", String.valueOf(order.maxPromptTokens())));
        }
        String epochs = found.folders().entrySet().stream().filter(set -> set.getKey().epochs() > 0 && set.getValue() != null)
                .map(set -> set.getValue().getFileName() + " = " + set.getKey().epochs()).collect(Collectors.joining(", "));
        recipe = RecipeReader.with(recipe, Map.of("training.epochsByTask", epochs));
        try {
            Files.writeString(file, RecipeReader.write(recipe), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new InvalidInputException(file + " is there already. Give another name, or remove it first.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be written: " + FileWords.reason(e) + ".", e);
        }
        console.out().println("Wrote " + file + " with " + Text.plural(recipe.tasks().size(), "task") + ".");
    }
}
