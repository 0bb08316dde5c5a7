package craft.experiment;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is shipped beside the program: {@code assets/} and {@code sample-tasks/}. */
public final class Bundled {
    /** What a bundled model's name begins with in a recipe. */
    public static final String PREFIX = "bundled:";
    private static final String FIRST_SAMPLE = "quickstart";

    private Bundled() {
    }

    /**
     * The folder that holds {@code assets} and {@code sample-tasks}: system property {@code craft.home}, else the
     * folder of our jar, else the nearest folder above the class files, else the working directory.
     */
    public static Path home() {
        String property = System.getProperty("craft.home", "");
        if (!property.isBlank()) {
            return Path.of(property).toAbsolutePath().normalize();
        }
        return codeLocation().flatMap(Bundled::nearestAbove).orElseGet(() -> Path.of("").toAbsolutePath());
    }

    /** The nearest folder that holds both folders: {@code place} itself or one above it. */
    static Optional<Path> nearestAbove(Path place) {
        for (Path folder = place.toAbsolutePath().normalize(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("assets")) && Files.isDirectory(folder.resolve("sample-tasks"))) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> codeLocation() {
        CodeSource source = Bundled.class.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
            // Classes that do not come from a file (a custom class loader) have no place to look beside.
            return Optional.empty();
        }
    }

    /**
     * Folder of a bundled model, for {@code bundled:<name>}.
     *
     * @param name with or without {@code bundled:}
     * @throws InvalidInputException when there is no such model, naming those there are
     */
    public static Path model(String name) {
        String plain = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
        Path models = home().resolve("assets").resolve("models");
        List<String> known = subfolders(models, f -> Files.isRegularFile(f.resolve("config.json"))).stream()
                .map(f -> f.getFileName().toString()).toList();
        // Only names that were listed are resolved, so that a name can't lead out of the folder.
        if (!known.contains(plain)) {
            throw new InvalidInputException("There is no bundled model \"" + plain + "\" in " + models + ". "
                    + (known.isEmpty() ? "None is there; set -Dcraft.home to the folder that holds assets/."
                            : "Bundled are: " + known.stream().map(k -> PREFIX + k)
                                    .collect(Collectors.joining(", ")) + "."));
        }
        return models.resolve(plain);
    }

    /** Sample folders, each with a {@code recipe.json}; "quickstart" first, the others by name. */
    public static List<Path> samples() {
        return subfolders(home().resolve("sample-tasks"), f -> Files.isRegularFile(f.resolve(RecipeReader.FILE)));
    }

    private static List<Path> subfolders(Path folder, Predicate<Path> wanted) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        Comparator<Path> order = Comparator
                .comparing((Path f) -> !f.getFileName().toString().equals(FIRST_SAMPLE))
                .thenComparing(f -> f.getFileName().toString());
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isDirectory).filter(wanted).sorted(order).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + folder + " cannot be read", e);
        }
    }
}
