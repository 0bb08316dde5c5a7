package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import craft.task.Prediction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A run reopened from disk. What is in its folder when it is opened; a live run is not followed. */
public final class RunRecord {
    private static final String ENDED_EARLY = "The program ended before the run did. Resume the run to go on.";

    private final RunFolder folder;
    private final RunFile run;
    private final boolean live;
    private final List<RunEvent> events = new ArrayList<>();
    private final RunState state = new RunState();
    private final List<String> remarks = new ArrayList<>();

    private RunRecord(RunFolder folder, RunFile run, boolean live) {
        this.folder = folder;
        this.run = run;
        this.live = live;
    }

    /** @param steps false leaves out the optimiser steps, for a list of runs */
    static RunRecord read(Path path, boolean steps) {
        RunFolder folder = new RunFolder(path);
        RunFile run = RunFile.read(folder.runJson());
        try {
            // The lock first: a run that ends in between has then written its end, which we read.
            boolean live = RunLock.isHeld(folder);
            RunRecord record = new RunRecord(folder, run, live);
            record.fold(new JournalReader(Json.mapper()).read(folder.journal(), steps));
            return record;
        } catch (IOException e) {
            throw new InvalidInputException(path + " cannot be read: " + e + ".", e);
        }
    }

    private void fold(JournalReader.Reading journal) {
        if (!live || !journal.torn()) { // the last line of a live run is merely not finished yet
            remarks.addAll(journal.remarks());
        }
        boolean damaged = journal.damaged();
        for (RunEvent event : journal.events()) {
            try {
                state.apply(event);
            } catch (RuntimeException e) {
                damaged = true;
                remarks.add("Event " + (events.size() + 1) + " of " + folder.journal() + " does not fit this run (" + e
                        + "). The events before it are kept; it and all after it are left out.");
                break;
            }
            events.add(event);
        }
        if (!live && !ended()) {
            RunEvent end = new RunEvent.RunInterrupted(damaged
                    ? "The journal is damaged; what came after cannot be told. Resume the run to go on." : ENDED_EARLY);
            state.apply(end);
            events.add(end);
        }
    }

    private boolean ended() {
        return switch (state.status()) {
            case FINISHED, INTERRUPTED, FAILED -> true;
            case NEW, RUNNING, PAUSED -> false;
        };
    }

    public Path folder() {
        return folder.path();
    }

    public Recipe recipe() {
        return run.recipe();
    }

    /** When the run's folder was made. */
    public Instant createdAt() {
        return run.created();
    }

    /**
     * Everything in the journal. A run without an end that no program holds any more gets a final
     * {@link RunEvent.RunInterrupted}.
     */
    public List<RunEvent> events() {
        return List.copyOf(events);
    }

    /** {@link #events()} folded. */
    public RunState state() {
        return state;
    }

    /** The status of {@link #state()}, but RUNNING for a run that a program has begun and not yet reported on. */
    public RunState.Status status() {
        return live && state.status() == RunState.Status.NEW ? RunState.Status.RUNNING : state.status();
    }

    /**
     * Answers after training {@code after} tasks to the rows of {@code task}; empty when none were kept.
     *
     * @throws InvalidInputException when they were kept and cannot be read
     */
    public List<Prediction> predictions(int after, int task) {
        Optional<Path> file = predictionFile(after, task);
        if (file.isEmpty()) {
            return List.of();
        }
        List<Prediction> predictions = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file.get())) {
                predictions.add(Json.mapper().readValue(line, Prediction.class));
            }
        } catch (JacksonException e) {
            throw new InvalidInputException(file.get() + ", row " + (predictions.size() + 1)
                    + ", is damaged: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InvalidInputException(file.get() + " cannot be read: " + e + ".", e);
        }
        return predictions;
    }

    /** By the task's number alone: the rest of the name depends on the system that wrote it. */
    private Optional<Path> predictionFile(int after, int task) {
        Path predictions = folder.predictions(after);
        if (Files.notExists(predictions)) {
            return Optional.empty();
        }
        String number = RunFolder.number(task);
        try (Stream<Path> files = Files.list(predictions)) {
            return files.filter(f -> f.getFileName().toString().startsWith(number)).sorted().findFirst();
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException(predictions + " cannot be read: " + e + ".", e);
        }
    }

    /** Whether there is something to export. */
    public boolean hasInterventions() {
        return newestInterventions().isPresent();
    }

    Optional<Path> newestInterventions() {
        try {
            return folder.newestInterventions();
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException(folder.path() + " cannot be read: " + e + ".", e);
        }
    }

    /** What was found wrong on reading and how it was met, for the user; usually empty. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }
}
