package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.task.Prediction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code predictions/after-<j>/<task>.jsonl}: the answers to the test rows of a task after training j tasks, one a line. */
final class PredictionFiles {
    /** Files of earlier versions lack what was not kept then, those of newer ones may hold more. */
    private static final ObjectReader READER = Json.mapper().readerFor(Prediction.class)
            .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    private PredictionFiles() {
    }

    /** @return the file; it is there when it is whole */
    static Path write(RunFolder folder, int after, int task, Recipe recipe, List<Prediction> predictions) throws IOException {
        Path file = folder.predictions(after, task, recipe);
        makeFolder(file.getParent());
        return AtomicFiles.write(file, out -> {
            for (Prediction prediction : predictions) {
                out.write(Json.mapper().writeValueAsBytes(prediction));
                out.write('\n');
            }
        });
    }

    /** So that it survives a power cut, as its files do. */
    private static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            AtomicFiles.forceFolder(folder.getParent());
            AtomicFiles.forceFolder(folder.getParent().getParent());
        }
    }

    /**
     * Empty when none were kept.
     *
     * @throws InvalidInputException when they were kept and cannot be read
     */
    static List<Prediction> read(RunFolder folder, int after, int task) {
        Optional<Path> file = find(folder.predictions(after), task);
        if (file.isEmpty()) {
            return List.of();
        }
        List<Prediction> predictions = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file.get())) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                predictions.add(READER.readValue(line));
            }
        } catch (JacksonException e) {
            throw new InvalidInputException(file.get() + ", row " + (predictions.size() + 1) + ", is damaged: it is not a row of "
                    + "answers as the program writes them.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file.get() + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
        return predictions;
    }

    /** By the task's number alone: the rest of the name depends on the system that wrote it. */
    private static Optional<Path> find(Path predictions, int task) {
        if (Files.notExists(predictions)) {
            return Optional.empty();
        }
        String number = RunFolder.number(task);
        try (Stream<Path> files = Files.list(predictions)) {
            return files.filter(f -> f.getFileName().toString().startsWith(number)).sorted().findFirst();
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException(predictions + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }
}
