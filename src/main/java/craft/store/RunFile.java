package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.experiment.EngineOptions;
import craft.error.JsonWords;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * {@code run.json}: the whole recipe and where it was run.
 *
 * @param createdAt ISO-8601 instant
 */
record RunFile(String format, int version, String createdAt, Environment environment, Recipe recipe) {
    private static final String FORMAT = "craft-run";
    private static final int VERSION = 1;

    /**
     * @param processors logical processors the program may use
     * @param maxMemoryBytes largest Java heap
     * @param mkl what equal bits need of the matrix library, see {@link EngineOptions#matrixLibraryMode()}; empty for none, null in runs of a
     *     version that did not set it
     * @param threads that PyTorch was told to compute with ({@code OMP_NUM_THREADS}); empty: as many as there are processors
     */
    record Environment(String program, String java, String javaVm, String os, String architecture, int processors,
            long maxMemoryBytes, String djl, String pytorch, String mkl, String threads) {

        static Environment current() {
            String program = RunFile.class.getPackage().getImplementationVersion();
            return new Environment(program == null ? "development" : program, System.getProperty("java.version"),
                    System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                    System.getProperty("os.name") + " " + System.getProperty("os.version"),
                    System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
                    Runtime.getRuntime().maxMemory(), property("ai/djl/engine/api.properties", "djl_version"),
                    property("native/lib/pytorch.properties", "version"), EngineOptions.matrixLibraryMode(),
                    System.getenv().getOrDefault("OMP_NUM_THREADS", ""));
        }

        /** In what the machine now differs so that results may not be the same to the last bit; sentences for the user. */
        List<String> differences(Environment now) {
            List<String> differences = new ArrayList<>();
            differ("PyTorch", pytorch, now.pytorch, differences);
            differ("DJL", djl, now.djl, differences);
            differ("the matrix library's code (MKL_CBWR)", said(mkl), said(now.mkl), differences);
            differ("the number of threads (OMP_NUM_THREADS)", said(threads), said(now.threads), differences);
            differ("the processor's architecture", architecture, now.architecture, differences);
            differ("the number of processors", Integer.toString(processors), Integer.toString(now.processors), differences);
            return differences;
        }

        private static String said(String mode) {
            return mode == null || mode.isEmpty() ? "not set" : mode;
        }

        private static void differ(String what, String then, String now, List<String> to) {
            if (!now.equals(then)) {
                to.add("When the run began, " + what + " was " + then + "; now it is " + now
                        + ". Numbers may differ in their last digits from those of an uninterrupted run.");
            }
        }

        /** A version from a properties file on the class path: this package may not see the library itself. */
        private static String property(String resource, String key) {
            try (InputStream in = RunFile.class.getClassLoader().getResourceAsStream(resource)) {
                if (in == null) {
                    return "unknown";
                }
                Properties properties = new Properties();
                properties.load(in);
                return properties.getProperty(key, "unknown");
            } catch (IOException e) {
                return "unknown (" + e.getMessage() + ")";
            }
        }
    }

    static RunFile of(Recipe recipe, Instant now) {
        return new RunFile(FORMAT, VERSION, now.toString(), Environment.current(), recipe);
    }

    void write(Path file) throws IOException {
        AtomicFiles.write(file, Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }

    Instant created() {
        return Instant.parse(createdAt);
    }

    /** With what the recipe and the environment lack because they were kept by an earlier version. */
    private static JsonNode completed(JsonNode run, Path file) {
        if (run.get("environment") instanceof ObjectNode environment) {
            for (String later : List.of("mkl", "threads")) {
                if (!environment.has(later)) {
                    environment.putNull(later);
                }
            }
        }
        if (run.get("recipe") instanceof ObjectNode recipe) {
            ((ObjectNode) run).set("recipe", RecipeReader.completed(recipe, file + ": "));
        }
        return run;
    }

    /** @throws InvalidInputException when it is missing, damaged or of a newer kind */
    static RunFile read(Path file) {
        RunFile run;
        try {
            run = Json.mapper().readerFor(RunFile.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(completed(Json.mapper().readTree(Files.readAllBytes(file)), file));
            if (run != null && run.createdAt != null && run.recipe != null && FORMAT.equals(run.format)
                    && run.version <= VERSION && run.created() != null) {
                return run;
            }
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(file.toAbsolutePath().getParent()
                    + " is not the folder of a run: it has no " + file.getFileName() + ".", e);
        } catch (JacksonException e) {
            throw new InvalidInputException(file + " is damaged or was written by another version of the program: "
                    + JsonWords.of(e) + ".", e);
        } catch (DateTimeException e) {
            throw new InvalidInputException(file + " has a \"createdAt\" that is not a time.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
        throw new InvalidInputException(file + " is not of format \"" + FORMAT + "\", version " + VERSION
                + ". It may have been written by a newer version of the program.");
    }
}
