package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.experiment.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Properties;

/**
 * {@code run.json}: the whole recipe and where it was run.
 *
 * @param createdAt ISO-8601 instant
 */
record RunFile(String format, int version, String createdAt, Environment environment, Recipe recipe) {
    private static final String FORMAT = "craft-run";
    private static final int VERSION = 1;

    /** @param processors logical processors the program may use; @param maxMemoryBytes largest Java heap */
    record Environment(String program, String java, String javaVm, String os, String architecture, int processors,
            long maxMemoryBytes, String djl, String pytorch) {

        static Environment current() {
            String program = RunFile.class.getPackage().getImplementationVersion();
            return new Environment(program == null ? "development" : program, System.getProperty("java.version"),
                    System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                    System.getProperty("os.name") + " " + System.getProperty("os.version"),
                    System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
                    Runtime.getRuntime().maxMemory(), property("ai/djl/engine/api.properties", "djl_version"),
                    property("native/lib/pytorch.properties", "version"));
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

    /** @throws InvalidInputException when it is missing, damaged or of a newer kind */
    static RunFile read(Path file) {
        RunFile run;
        try {
            run = Json.mapper().readerFor(RunFile.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(Files.readAllBytes(file));
            if (run != null && run.createdAt != null && run.recipe != null && FORMAT.equals(run.format)
                    && run.version <= VERSION && run.created() != null) {
                return run;
            }
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(file.toAbsolutePath().getParent()
                    + " is not the folder of a run: it has no " + file.getFileName() + ".", e);
        } catch (JacksonException e) {
            throw new InvalidInputException(file + " is damaged or was written by another version of the program: "
                    + e.getOriginalMessage(), e);
        } catch (DateTimeException e) {
            throw new InvalidInputException(file + " has a \"createdAt\" that is not a time: " + e.getMessage() + ".",
                    e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e + ".", e);
        }
        throw new InvalidInputException(file + " is not of format \"" + FORMAT + "\", version " + VERSION
                + ". It may have been written by a newer version of the program.");
    }
}
