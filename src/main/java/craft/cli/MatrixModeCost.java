package craft.cli;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import craft.experiment.EngineOptions;
import craft.experiment.Json;
import craft.experiment.bench.BenchReport.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What equal bits cost: the same passes and steps with the matrix library's reproducible mode and without, in processes of their
 * own, since the mode is chosen once a process, one after the other in turn.
 */
final class MatrixModeCost {
    private static final String VARIABLE = "MKL_CBWR";
    private static final List<String> MEASURED = List.of("plain pass", "plain step", "cached step");
    private static final int ROUNDS = 2;

    private final Consumer<String> progress;

    MatrixModeCost(Consumer<String> progress) {
        this.progress = progress;
    }

    /** @param model as {@code bench --model} names it; @return null where this machine has no such mode */
    Table measure(String model) {
        String mode = EngineOptions.matrixLibraryMode();
        if (mode.isEmpty()) {
            return null;
        }
        List<String> modes = List.of(mode, "");
        double[][] least = new double[2][MEASURED.size()];
        for (double[] row : least) {
            Arrays.fill(row, Double.POSITIVE_INFINITY);
        }
        for (int round = 1; round <= ROUNDS; round++) {
            for (int m = 0; m < 2; m++) {
                progress.accept("with " + VARIABLE + "=" + (m == 0 ? mode : "(nothing)") + ", " + round + " of " + ROUNDS);
                double[] seconds = child(model, modes.get(m));
                for (int i = 0; i < seconds.length; i++) {
                    least[m][i] = Math.min(least[m][i], seconds[i]);
                }
            }
        }
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < MEASURED.size(); i++) {
            rows.add(List.of(MEASURED.get(i), milliseconds(least[0][i]), milliseconds(least[1][i]),
                    String.format(Locale.ROOT, "%.2f", least[0][i] / least[1][i])));
        }
        return new Table("Equal bits: " + VARIABLE + "=" + mode + " against nothing set", List.of("Work", "With, ms", "Without, ms", "Ratio"),
                rows, "Prompts of 256 tokens, all layers; the lesser of " + ROUNDS + " processes each, in turn.");
    }

    private static String milliseconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", 1000 * seconds);
    }

    /** An empty value is one that the user has set, so nothing is chosen, and the library takes it for none. */
    private static double[] child(String model, String mode) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder = new ProcessBuilder(java.toString(), "-cp", System.getProperty("java.class.path"), "craft.Main", "bench",
                "--steps-alone", "--model", model).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put(VARIABLE, mode);
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new InvalidInputException("The measurement with " + VARIABLE + "=" + mode + " ended with exit code " + process.exitValue() + ".");
            }
            JsonNode seconds = Json.mapper().readTree(output.strip().lines().reduce("", (first, last) -> last));
            return MEASURED.stream().mapToDouble(name -> seconds.path(name).asDouble()).toArray();
        } catch (IOException e) {
            throw new InvalidInputException("No second process could be started to measure " + VARIABLE + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InvalidInputException("The measurement was interrupted.", e);
        }
    }

    /** What a child prints: seconds of each kind of work, one JSON object. */
    static String json(double plainPass, double plainStep, double cachedStep) {
        double[] seconds = {plainPass, plainStep, cachedStep};
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < seconds.length; i++) {
            json.append(i == 0 ? "" : ",").append('"').append(MEASURED.get(i)).append("\":").append(seconds[i]);
        }
        return json.append('}').toString();
    }
}
