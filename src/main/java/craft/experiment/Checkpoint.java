package craft.experiment;

import com.fasterxml.jackson.core.JacksonException;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.error.JsonWords;
import craft.lm.FloatTensor;
import craft.lm.SafeTensors;
import craft.method.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that is needed to go on with a run exactly where it stood: the method's arrays and values, the place in the sequence of
 * tasks, the clock, and how much of the journal belongs to it. Batches and starts need no state of chance: they derive from
 * seed, use and number ({@link craft.method.Seeds}). Kept as {@code tensors.safetensors} and {@code state.json}.
 */
public final class Checkpoint {
    /** The file of the method's arrays. */
    public static final String TENSORS = "tensors.safetensors";
    /** The file of everything else. */
    public static final String STATE = "state.json";
    private static final String FORMAT = "craft-checkpoint";
    private static final int VERSION = 1;

    /**
     * How far the task under way has come.
     *
     * @param runStep optimiser steps of the whole run
     * @param stepsLeftOfTask planned steps that are left of the task
     * @param taskBegin seconds of the run's clock when the task (or its evaluation) began; @param stageBegin of the stage
     */
    record Progress(int runStep, int stepsLeftOfTask, double taskBegin, double stageBegin) {
    }

    private record Kept(String format, int version, long events, Place place, Progress progress, Clock.Reading clock,
            Map<String, String> method) {
    }

    private final long events;
    private final Place place;
    private final Progress progress;
    private final Clock.Reading clock;
    private final State method;

    /** @param events events recorded when it was taken: those it stands on */
    Checkpoint(long events, Place place, Progress progress, Clock.Reading clock, State method) {
        this.events = events;
        this.place = place;
        this.progress = progress;
        this.clock = clock;
        this.method = method;
    }

    /** Lines of the journal that had been written when this was taken: what came later is done again. */
    public long events() {
        return events;
    }

    /** Optimiser steps of the run that it holds. */
    public int runStep() {
        return progress.runStep;
    }

    /** Tasks learnt to their end. */
    public int tasksLearnt() {
        return place.learnt();
    }

    Place place() {
        return place;
    }

    Progress progress() {
        return progress;
    }

    Clock.Reading clock() {
        return clock;
    }

    State method() {
        return method;
    }

    /** Writes both files into a folder that exists. */
    public void write(Path folder) throws IOException {
        SafeTensors.write(folder.resolve(TENSORS), new TreeMap<>(method.arrays()), Map.of("format", FORMAT));
        Files.write(folder.resolve(STATE), Json.mapper().writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(new Kept(FORMAT, VERSION, events, place, progress, clock, method.values())));
    }

    /** @throws InvalidInputException when a file is missing, damaged or of a newer kind */
    public static Checkpoint read(Path folder) {
        Path file = folder.resolve(STATE);
        Kept kept;
        try {
            kept = Json.mapper().readValue(Files.readAllBytes(file), Kept.class);
        } catch (JacksonException e) {
            throw new InvalidInputException(file + " is damaged or was written by another version of the program: "
                    + JsonWords.of(e) + ".", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
        if (kept == null || !FORMAT.equals(kept.format) || kept.version > VERSION || kept.place == null || kept.progress == null
                || kept.clock == null || kept.method == null) {
            throw new InvalidInputException(file + " is not of format \"" + FORMAT + "\", version " + VERSION + ".");
        }
        Map<String, FloatTensor> arrays = new LinkedHashMap<>();
        try (SafeTensors tensors = SafeTensors.open(folder.resolve(TENSORS))) {
            for (String name : tensors.names()) {
                arrays.put(name, new FloatTensor(tensors.entry(name).shape(), tensors.floats(name)));
            }
        }
        return new Checkpoint(kept.events, kept.place, kept.progress, kept.clock, new State(arrays, kept.method));
    }
}
