package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.error.JsonWords;
import craft.experiment.Json;
import craft.experiment.RunState;
import craft.experiment.study.RecipeContent;
import craft.experiment.study.RunResult;
import craft.experiment.study.StudyRun;
import craft.intervention.AdapterFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Gathers a study's finished runs from anywhere. A run is known by its recipe's content, not by where it was made or what its
 * folder is called, and is taken only when it was trained on the same files.
 */
public final class StudyCollector {

    /**
     * @param taken runs copied into the study
     * @param alreadyThere finished runs found that the study has
     * @param leftOut what was found and not taken, each with the reason
     */
    public record Collected(List<StudyRun> taken, List<StudyRun> alreadyThere, List<String> leftOut) {
    }

    private final StudyFolder folder;
    private final Map<RecipeContent, StudyRun> wanted = new HashMap<>();
    private final Collected collected = new Collected(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());

    public StudyCollector(StudyFolder folder) {
        this.folder = folder;
        folder.study().runs().forEach(run -> wanted.put(RecipeContent.of(run.recipe()), run));
    }

    /**
     * Looks for run folders in these folders and below them.
     *
     * @throws InvalidInputException when one cannot be read, or the study not be written
     */
    public Collected collect(List<Path> places) {
        for (Path place : places) {
            if (!Files.isDirectory(place)) {
                throw new InvalidInputException("There is no folder " + place + " to gather runs from.");
            }
            for (Path found : runsIn(place.toAbsolutePath().normalize())) {
                try {
                    take(found);
                } catch (IOException e) {
                    throw folder.unwritable(e);
                }
            }
        }
        return collected;
    }

    /** By path, so that the same places give the same answer. */
    private static List<Path> runsIn(Path place) {
        List<Path> runs = new ArrayList<>();
        try {
            Files.walkFileTree(place, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
                    if (new RunFolder(found).isRun()) {
                        runs.add(found);
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    boolean hidden = !found.equals(place) && found.getFileName().toString().startsWith(".");
                    return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new InvalidInputException("The folder " + place + " cannot be searched: " + FileWords.reason(e) + ".", e);
        }
        runs.sort(null);
        return runs;
    }

    private void take(Path found) throws IOException {
        RunRecord record;
        try {
            record = RunRecord.read(found, false);
        } catch (InvalidInputException e) {
            collected.leftOut().add(e.getMessage());
            return;
        }
        StudyRun run = wanted.get(RecipeContent.of(record.recipe()));
        if (run == null) {
            collected.leftOut().add(found + ": its recipe is not one of this study's.");
            return;
        }
        RunResult here = folder.result(run);
        if (here.finished()) {
            if (record.status() == RunState.Status.FINISHED) {
                collected.alreadyThere().add(run);
            }
            return;
        }
        if (record.status() != RunState.Status.FINISHED) {
            collected.leftOut().add(found + " (" + run.id() + "): it has not finished.");
            return;
        }
        try {
            record.newestInterventions().ifPresent(AdapterFiles::read);
        } catch (InvalidInputException e) {
            collected.leftOut().add(found + " (" + run.id() + "): " + e.getMessage());
            return;
        }
        Optional<String> other = otherFiles(found);
        if (other.isPresent()) {
            collected.leftOut().add(found + " (" + run.id() + "): " + other.get());
            return;
        }
        Optional<RunLock> claim = here.status() == RunResult.Status.RUNNING ? Optional.empty() : folder.claim(run);
        if (claim.isEmpty()) {
            collected.leftOut().add(found + " (" + run.id() + "): a program is working on this run here.");
            return;
        }
        try {
            if (Files.exists(folder.folderOf(run))) {
                folder.setAside(run);
            }
            AtomicFiles.copyTree(found, folder.folderOf(run));
            collected.taken().add(run);
        } finally {
            claim.get().close();
        }
    }

    /** Why the run cannot be compared with those that are here; empty when it can, or when nothing is known. */
    private Optional<String> otherFiles(Path found) {
        Optional<SortedMap<String, SortedMap<String, String>>> theirs = files(found);
        return folder.study().runs().stream().filter(run -> folder.result(run).finished()).findFirst()
                .flatMap(run -> files(folder.folderOf(run))).flatMap(ours -> theirs.flatMap(other -> other.keySet().stream()
                        .filter(name -> !other.get(name).equals(ours.getOrDefault(name, other.get(name)))).findFirst()))
                .map(name -> "it was trained on other files than the runs that are here: " + name + " differs.");
    }

    /** Hashes of the model's and each task's files, by folder name. */
    private static Optional<SortedMap<String, SortedMap<String, String>>> files(Path run) {
        Path file = new RunFolder(run).provenance();
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Provenance provenance = Json.mapper().readValue(Files.readAllBytes(file), Provenance.class);
            SortedMap<String, SortedMap<String, String>> files = new TreeMap<>();
            files.put("the model", provenance.model());
            provenance.tasks().forEach((task, hashes) -> files.put("task " + RecipeContent.lastName(task), hashes));
            return Optional.of(files);
        } catch (JacksonException e) {
            throw new InvalidInputException(file + " is damaged: " + JsonWords.of(e) + ".", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }
}
