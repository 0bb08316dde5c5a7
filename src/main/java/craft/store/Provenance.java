package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.error.JsonWords;
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
        } catch (JacksonException e) {
            throw new InvalidInputException(file + " is damaged: " + JsonWords.of(e)
                    + ". Without it nobody can tell whether model and data are still the same.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e)
                    + ". Without it nobody can tell whether model and data are still the same.", e);
        }
    }

    /**
     * How the files at these places differ from those that are recorded here, a phrase each; empty when they are the same.
     *
     * @param recorded the recipe that this was made of
     * @param places where model and tasks are now
     */
    List<String> differences(Recipe recorded, Places places) {
        Provenance now = of(places.in(recorded));
        List<String> differences = new ArrayList<>();
        differences(now.modelFolder, model, now.model, differences);
        SortedMap<String, String> none = new TreeMap<>();
        for (int i = 0; i < recorded.tasks().size(); i++) {
            String place = places.tasks().get(i);
            differences(place, tasks.getOrDefault(recorded.tasks().get(i), none), now.tasks.get(place), differences);
        }
        return differences;
    }

    private static void differences(String folder, SortedMap<String, String> then, SortedMap<String, String> now,
            List<String> differences) {
        SortedSet<String> names = new TreeSet<>(then.keySet());
        names.addAll(now.keySet());
        for (String name : names) {
            if (!Objects.equals(then.get(name), now.get(name))) {
                differences.add(Path.of(folder).resolve(name) + (!now.containsKey(name) ? " is missing"
                        : then.containsKey(name) ? " has changed (its SHA-256 is another)" : " was not there"));
            }
        }
    }

    /** How a model's files differ from those recorded here, likewise. */
    List<String> modelDifferences(String folder) {
        List<String> differences = new ArrayList<>();
        differences(folder, model, hashes(folder, new ArrayList<>()), differences);
        return differences;
    }

    private static SortedMap<String, String> hashes(String folder, List<String> problems) {
        SortedMap<String, String> hashes = new TreeMap<>();
        List<Path> files = List.of();
        try (Stream<Path> all = Files.list(Path.of(folder))) {
            files = all.filter(f -> Files.isRegularFile(f) && !f.getFileName().toString().startsWith(".")).toList();
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            problems.add(folder + ": " + FileWords.reason(e));
        }
        for (Path file : files) {
            try {
                hashes.put(file.getFileName().toString(), sha256(file));
            } catch (IOException e) {
                problems.add(file + ": " + FileWords.reason(e));
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
