package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import craft.error.InvalidInputException;
import craft.experiment.Checkpoint;
import craft.experiment.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A run's checkpoints, {@code checkpoints/<number>-step-<run step>}, each with a {@code manifest.json} of size and SHA-256 of
 * its files. Written beside, forced to disk, renamed; only then are older ones removed. One that a run cannot go on from is kept
 * in {@value #ASIDE}: it may still be of use to a person, or to another version of the program.
 */
final class Checkpoints {
    private static final String MANIFEST = "manifest.json";
    private static final String ASIDE = "unusable";
    private static final String FORMAT = "craft-checkpoint";
    private static final Pattern NAME = Pattern.compile("(\\d{6,9})-step-\\d{1,10}");

    private final Path folder;

    Checkpoints(Path folder) {
        this.folder = folder;
    }

    /** @param files file name to what it was when it was written */
    private record Manifest(String format, int version, SortedMap<String, Kept> files) {
    }

    private record Kept(long bytes, String sha256) {
    }

    /**
     * @param checkpoint null when none could be used
     * @param name its folder's name, empty without one
     * @param skipped why newer ones could not be used, a sentence each
     */
    record Choice(Checkpoint checkpoint, String name, List<String> skipped) {
    }

    /** @param keep newest ones that stay */
    String write(Checkpoint checkpoint, int keep) throws IOException {
        Files.createDirectories(folder);
        List<Path> before = newestFirst(folder);
        long number = 1 + Stream.concat(before.stream(), newestFirst(folder.resolve(ASIDE)).stream())
                .mapToLong(Checkpoints::number).max().orElse(0); // no name twice
        String name = String.format(java.util.Locale.ROOT, "%06d-step-%d", number, checkpoint.runStep());
        AtomicFiles.writeFolder(folder.resolve(name), beside -> {
            checkpoint.write(beside);
            SortedMap<String, Kept> files = new TreeMap<>();
            for (String file : List.of(Checkpoint.STATE, Checkpoint.TENSORS)) {
                Path written = beside.resolve(file);
                files.put(file, new Kept(Files.size(written), Provenance.sha256(written)));
            }
            Files.write(beside.resolve(MANIFEST), Json.mapper().writerWithDefaultPrettyPrinter()
                    .writeValueAsBytes(new Manifest(FORMAT, 1, files)));
        });
        for (Path old : before.subList(Math.min(before.size(), keep - 1), before.size())) {
            AtomicFiles.deleteTree(old);
        }
        return name;
    }

    /**
     * The newest one whose checksums hold and that {@code fits}.
     *
     * @param fits empty, or why the run cannot go on from it
     */
    Choice newest(Function<Checkpoint, String> fits) {
        List<String> skipped = new ArrayList<>();
        for (Path path : newestFirst(folder)) {
            try {
                verify(path);
                Checkpoint checkpoint = Checkpoint.read(path);
                String problem = fits.apply(checkpoint);
                if (problem.isEmpty()) {
                    return new Choice(checkpoint, path.getFileName().toString(), skipped);
                }
                skipped.add("Checkpoint " + path.getFileName() + " cannot be used: " + problem);
            } catch (InvalidInputException e) {
                skipped.add("Checkpoint " + path.getFileName() + " cannot be used: " + e.getMessage());
            }
        }
        return new Choice(null, "", skipped);
    }

    /**
     * Moves aside all that are newer than the one of that name, or all for an empty name: they could not be used, or tell of
     * steps that will be made again.
     *
     * @return where they are now
     */
    List<Path> setAsideNewerThan(String name) throws IOException {
        List<Path> moved = new ArrayList<>();
        for (Path path : newestFirst(folder)) {
            if (path.getFileName().toString().equals(name)) {
                break;
            }
            Path aside = Files.createDirectories(folder.resolve(ASIDE)).resolve(path.getFileName());
            for (int n = 2; Files.exists(aside); n++) {
                aside = aside.resolveSibling(path.getFileName() + "-" + n);
            }
            AtomicFiles.move(path, aside);
            moved.add(aside);
        }
        if (!moved.isEmpty()) {
            AtomicFiles.forceFolder(folder.resolve(ASIDE));
            AtomicFiles.forceFolder(folder);
        }
        return moved;
    }

    private static void verify(Path checkpoint) {
        Path file = checkpoint.resolve(MANIFEST);
        Manifest manifest;
        try {
            manifest = Json.mapper().readValue(Files.readAllBytes(file), Manifest.class);
        } catch (JacksonException e) {
            throw new InvalidInputException(MANIFEST + " is damaged.", e);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(MANIFEST + " is missing.", e);
        } catch (IOException e) {
            throw new InvalidInputException(MANIFEST + " cannot be read.", e);
        }
        if (manifest == null || !FORMAT.equals(manifest.format) || manifest.version != 1 || manifest.files == null
                || !manifest.files.keySet().containsAll(List.of(Checkpoint.STATE, Checkpoint.TENSORS))) {
            throw new InvalidInputException(MANIFEST + " is damaged.");
        }
        for (Map.Entry<String, Kept> entry : manifest.files.entrySet()) {
            String name = entry.getKey();
            try {
                if (Files.size(checkpoint.resolve(name)) != entry.getValue().bytes
                        || !Provenance.sha256(checkpoint.resolve(name)).equals(entry.getValue().sha256)) {
                    throw new InvalidInputException(name + " is not as it was written (its SHA-256 differs).");
                }
            } catch (NoSuchFileException e) {
                throw new InvalidInputException(name + " is missing.", e);
            } catch (IOException e) {
                throw new InvalidInputException(name + " cannot be read.", e);
            }
        }
    }

    private static List<Path> newestFirst(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> number(f) >= 0).sorted(Comparator.comparingLong(Checkpoints::number).reversed()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Path path) {
        return Optional.of(NAME.matcher(path.getFileName().toString())).filter(Matcher::matches)
                .map(m -> Long.parseLong(m.group(1))).orElse(-1L);
    }
}
