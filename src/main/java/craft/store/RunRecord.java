package craft.store;

import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.experiment.RunEvent;
import craft.experiment.RunEvent.RunFailed.Fault;
import craft.experiment.RunState;
import craft.intervention.AdapterFiles;
import craft.task.Prediction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A run reopened from disk. What is in its folder when it is opened; a live run is not followed. */
public final class RunRecord {
    private static final String ENDED_EARLY = "The program ended before the run did. Resume the run to go on.";
    private static final String DAMAGED = "The journal is damaged; what came after cannot be told. Resume the run to go on.";
    private static final String UNRECORDED = "The run could not be recorded to its end: the disk was full or could not be written. "
            + "Make room, then resume the run to go on.";

    private final RunFolder folder;
    private final RunFile run;
    private final boolean live;
    private List<RunEvent> events = List.of();
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
            throw new InvalidInputException(path + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }

    private void fold(JournalReader.Reading journal) {
        if (!live || !journal.torn()) { // the last line of a live run is merely not finished yet
            remarks.addAll(journal.remarks());
        }
        boolean damaged = journal.damaged();
        events = journal.events();
        for (int i = 0; i < events.size(); i++) {
            try {
                state.apply(events.get(i));
            } catch (RuntimeException e) {
                damaged = true;
                remarks.add("Event " + (i + 1) + " of " + folder.journal()
                        + " does not fit this run. The events before it are kept; it and all after it are left out.");
                events = events.subList(0, i);
                break;
            }
        }
        if (!live && !ended()) {
            RunEvent end = damaged ? new RunEvent.RunInterrupted(DAMAGED) : Files.exists(folder.unrecorded())
                    ? new RunEvent.RunFailed(UNRECORDED, "", Fault.DISK, null) : new RunEvent.RunInterrupted(ENDED_EARLY);
            state.apply(end);
            events = new ArrayList<>(events);
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
     * Everything in the journal that stands. A run without an end that no program holds any more gets a final
     * {@link RunEvent.RunInterrupted}, or {@link RunEvent.RunFailed} when there was no room for its end.
     */
    public List<RunEvent> events() {
        return Collections.unmodifiableList(events);
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
        return PredictionFiles.read(folder, after, task);
    }

    /** Whether there is something to export. */
    public boolean hasInterventions() {
        return newestInterventions().isPresent();
    }

    /** Why what was trained last cannot be read; empty when it can, or when nothing was trained. */
    public Optional<String> adaptersProblem() {
        try {
            newestInterventions().ifPresent(AdapterFiles::read);
            return Optional.empty();
        } catch (InvalidInputException e) {
            return Optional.of(e.getMessage());
        }
    }

    Optional<Path> newestInterventions() {
        try {
            return folder.newestInterventions();
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException(folder.path() + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }

    /** What was found wrong on reading and how it was met, for the user; usually empty. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }
}
