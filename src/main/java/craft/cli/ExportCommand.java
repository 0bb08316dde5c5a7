package craft.cli;

import craft.store.ExportFormat;
import craft.store.Exports;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "export", description = "Writes a run's trained adapters for use elsewhere.",
        mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "<run>", description = "A run's folder, or its name among the runs.")
    private Path run;

    @Option(names = "--format", paramLabel = "<format>", defaultValue = "pyreft",
            description = "pyreft: folders that pyreft's ReftModel.load opens; peft: LoRA as PeftModel.from_pretrained opens it; "
                    + "craft: this program's own, adapters of every kind (default: ${DEFAULT-VALUE}).")
    private ExportFormat format;

    @Option(names = "--to", paramLabel = "<folder>",
            description = "Folder to write into (default: exports/<format> in the run's folder).")
    private Path target;

    @Option(names = "--set", paramLabel = "model=<folder>", description = "Where the base model is now, if it has moved: only the format "
            + "peft needs it. Accepted when every file has the SHA-256 it had when the run began. What resume --set model=... was told "
            + "is known here.")
    private Map<String, String> set = new LinkedHashMap<>();

    ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Path folder = Runs.find(run);
        Path to = target != null ? target : folder.resolve("exports").resolve(format.name().toLowerCase(Locale.ROOT));
        List<Path> files = Exports.export(folder, to, format, set);
        files.forEach(f -> console.out().println(f));
        console.err().println(Text.plural(files.size(), "file") + " written to " + to + ".");
        return Cli.GOOD;
    }
}
