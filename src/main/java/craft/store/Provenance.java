package craft.store;

import craft.error.InvalidInputException;
import craft.experiment.BaseModels;
import craft.experiment.Json;
import craft.experiment.Recipe;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * {@code provenance.json}: SHA-256 of every file of the base model and of each task, as they were when the run began.
 *
 * @param modelFolder where the base model was read
 * @param model file name to SHA-256
 * @param tasks task folder to file name to SHA-256
 * @param problems files that could not be read, usually empty
 */
record Provenance(String modelFolder, SortedMap<String, String> model,
        SortedMap<String, SortedMap<String, String>> tasks, List<String> problems) {
    static final Provenance UNKNOWN = new Provenance("", new TreeMap<>(), new TreeMap<>(), List.of());

    /** Reads every file once; a gigabyte takes seconds. */
    static Provenance of(Recipe recipe) {
        List<String> problems = new ArrayList<>();
        String folder = BaseModels.folder(recipe.model()).toString();
        SortedMap<String, String> model = hashes(folder, problems);
        SortedMap<String, SortedMap<String, String>> tasks = new TreeMap<>();
        for (String task : recipe.tasks()) {
            tasks.put(task, hashes(task, problems));
        }
        return new Provenance(folder, model, tasks, problems);
    }

    void write(Path file) throws IOException {
        AtomicFiles.write(file, Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }

    /** Empty when there is none, as when the run ended before its model was loaded. */
    static Optional<Provenance> read(Path file) {
        try {
            return Optional.of(Json.mapper().readValue(Files.readAllBytes(file), Provenance.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e.getMessage()
                    + ". Without it nobody can tell whether model and data are still the same.", e);
        }
    }

    /** The files of model and tasks that are not as they are in {@code other}, by name. */
    List<String> differences(Provenance other) {
        List<String> differences = new ArrayList<>();
        differences(modelFolder, model, other.model, differences);
        SortedMap<String, String> none = new TreeMap<>();
        for (String task : tasks.keySet()) {
            differences(task, tasks.get(task), other.tasks.getOrDefault(task, none), differences);
        }
        return differences;
    }

    private static void differences(String folder, SortedMap<String, String> one, SortedMap<String, String> other,
            List<String> differences) {
        SortedSet<String> names = new TreeSet<>(one.keySet());
        names.addAll(other.keySet());
        for (String name : names) {
            if (!Objects.equals(one.get(name), other.get(name))) {
                differences.add(Path.of(folder).resolve(name).toString());
            }
        }
    }

    private static SortedMap<String, String> hashes(String folder, List<String> problems) {
        SortedMap<String, String> hashes = new TreeMap<>();
        List<Path> files = List.of();
        try (Stream<Path> all = Files.list(Path.of(folder))) {
            files = all.filter(f -> Files.isRegularFile(f) && !f.getFileName().toString().startsWith(".")).toList();
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            problems.add(folder + ": " + e);
        }
        for (Path file : files) {
            try {
                hashes.put(file.getFileName().toString(), sha256(file));
            } catch (IOException e) {
                problems.add(file + ": " + e);
            }
        }
        return hashes;
    }

    static String sha256(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = new FileInputStream(file.toFile())) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
