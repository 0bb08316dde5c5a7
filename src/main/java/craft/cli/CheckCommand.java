package craft.cli;

import craft.error.InvalidInputException;
import craft.error.UserPath;
import craft.experiment.BaseModels;
import craft.experiment.MemoryEstimate;
import craft.experiment.ModelCard;
import craft.experiment.Preflight;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.store.RunRecord;
import craft.store.RunStore;
import craft.task.RowProblem;
import craft.task.Task;
import craft.task.TaskReader;
import craft.task.TaskReading;
import craft.task.TaskSource;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "check", description = "Says what a folder is (model, task, recipe or run) and whether it can be used.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    private static final int SHOWN_PROBLEMS = 20;
    private static final int SHOWN_LABELS = 20;
    private final Console console;

    @Parameters(index = "0", paramLabel = "<folder>",
            description = "A model, task, recipe, sample or run; or bundled:<model>, user:<model>.")
    private String given;

    CheckCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (BaseModels.isName(given)) {
            model(given);
            return Cli.GOOD;
        }
        Path path = UserPath.of(given);
        if (!Files.exists(path)) {
            throw new InvalidInputException("There is nothing at " + path + ".");
        }
        // A run's folder holds a recipe, too, and a model's folder an about.json: the most telling file decides.
        if (Files.isRegularFile(path.resolve("run.json"))) {
            run(path);
        } else if (Files.isRegularFile(path.resolve(RecipeReader.FILE)) || Files.isRegularFile(path)
                && endsWith(path, ".json")) {
            recipe(path);
        } else if (TaskReader.looksLikeTask(path)) {
            task(path);
        } else if (looksLikeModel(path)) {
            model(path.toString());
        } else {
            throw new InvalidInputException(path + " is no model (config.json), task (train.jsonl, test.jsonl), recipe "
                    + "(recipe.json) or run (run.json).");
        }
        return Cli.GOOD;
    }

    private static boolean looksLikeModel(Path path) {
        return Stream.of("config.json", "tokenizer.json", "model.safetensors", "model.safetensors.index.json",
                "pytorch_model.bin", "adapter_config.json", "snapshots")
                .anyMatch(f -> Files.exists(path.resolve(f)) || Files.isSymbolicLink(path.resolve(f)))
                || Stream.of(".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".gguf").anyMatch(end -> endsWith(path, end))
                || holdsWeights(path);
    }

    private static boolean holdsWeights(Path path) {
        try (Stream<Path> all = Files.isDirectory(path) ? Files.list(path) : Stream.empty()) {
            return all.anyMatch(f -> endsWith(f, ".safetensors") || endsWith(f, ".gguf"));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean endsWith(Path path, String end) {
        return path.getFileName() != null && path.getFileName().toString().endsWith(end);
    }

    private void model(String name) {
        ModelCard card = ModelCard.read(name);
        MemoryEstimate memory = MemoryEstimate.ofModel(card.folder());
        card.checkNumbers();
        model(card, memory);
        // As for a bad task: the card is shown, and the exit code says that the model cannot be used here.
        memory.requireFits(MemoryEstimate.machineBytes());
    }

    private void model(ModelCard card, MemoryEstimate memory) {
        PrintStream out = console.out();
        out.println("Model " + card.name() + ": good");
        out.println("  folder      " + card.folder());
        out.println("  family      " + card.family() + ", " + Text.whole(card.parameters()) + " parameters, "
                + card.dtype()
                + ", " + Text.whole(card.bytes() / 1e6) + " MB");
        out.println("  shape       " + card.layers() + " layers, hidden size " + card.hiddenSize() + ", " + card.heads()
                + " heads (" + card.keyValueHeads() + " for keys and values), vocabulary "
                + Text.whole(card.vocabulary()));
        out.println("  context     " + Text.whole(card.context()) + " tokens");
        out.println("  memory      about " + MemoryEstimate.size(memory.total()) + " of this machine's "
                + MemoryEstimate.size(MemoryEstimate.machineBytes()) + ": " + memory.parts());
        card.about().lines().forEach(line -> out.println("  about       " + line));
        card.remarks().forEach(remark -> out.println("  remark      " + remark));
    }

    private void task(Path folder) {
        TaskReading reading = TaskReader.read(folder);
        task(reading);
        // As an exception, so that a bad task ends like every other bad input: one message and exit code 2.
        reading.requireAllGood();
    }

    private void task(TaskReading reading) {
        PrintStream out = console.out();
        Task task = reading.task();
        List<RowProblem> bad = reading.badRows();
        out.println("Task " + task.name() + ": "
                + (bad.isEmpty() ? "good" : Text.plural(bad.size(), "row") + " cannot be used"));
        out.println("  rows        " + Text.whole(task.train().size()) + " train, " + Text.whole(task.eval().size())
                + " eval, "
                + Text.whole(task.test().size()) + " test");
        TaskSource source = reading.source();
        out.println("  layout      " + source.layout() + " (" + String.join(", ", source.files()) + ")");
        out.println("  mapping     " + source.mapping() + (source.unused().isEmpty() ? ""
                : "; not used: " + String.join(", ", source.unused())));
        out.println("  prompt      " + source.prompt());
        out.println("  metric      " + task.metric().name() + " = " + task.metric().formula());
        if (task.classification()) {
            Map<String, Long> counts = task.test().stream()
                    .collect(Collectors.groupingBy(e -> e.answer(), Collectors.counting()));
            double most = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
            out.println("  labels      " + task.labels().size() + ": " + task.labels().stream().limit(SHOWN_LABELS)
                    .collect(Collectors.joining(", ")) + (task.labels().size() > SHOWN_LABELS ? ", ..." : ""));
            out.println("  majority    " + Text.number(most / task.test().size()) + " of the test rows");
        } else {
            out.println("  labels      none: answers are generated");
        }
        task.about().forEach((key, value) -> out.println("  " + key + " ".repeat(Math.max(1, 12 - key.length()))
                + value));
        Stream.concat(bad.stream(), reading.problems().stream().filter(p -> !p.fatal())).limit(SHOWN_PROBLEMS)
                .forEach(p -> out.println("  " + (p.fatal() ? "bad row     " : "remark      ") + p));
        int more = reading.problems().size() - SHOWN_PROBLEMS;
        if (more > 0) {
            out.println("  and " + Text.plural(more, "further remark"));
        }
    }

    private void recipe(Path path) {
        Recipe recipe = RecipeReader.read(path, Map.of());
        Preflight found = Preflight.check(recipe);
        console.out().println("Recipe \"" + recipe.name() + "\": good, " + recipe.methodName() + ", "
                + Text.plural(recipe.tasks().size(), "task") + ", seed " + recipe.seed() + ", scenario "
                + recipe.scenario().name().toLowerCase(Locale.ROOT));
        model(found.model(), found.memory());
        found.tasks().forEach(this::task);
        found.remarks().forEach(remark -> console.out().println("Remark: " + remark));
    }

    private void run(Path path) {
        RunRecord run = RunStore.open(path);
        Optional<String> damaged = run.adaptersProblem();
        console.out().println("Run of \"" + run.recipe().name() + "\": "
                + (run.remarks().isEmpty() && damaged.isEmpty() ? "good" : "readable")
                + (damaged.isPresent() ? ", what it trained cannot be exported" : run.hasInterventions()
                        ? ", its interventions can be exported" : ", no interventions to export"));
        damaged.ifPresent(problem -> console.out().println("  remark      " + problem));
        run.remarks().forEach(remark -> console.out().println("  remark      " + remark));
        console.out().print(new RunReport(run.state(), run.folder()).text());
    }
}
