package craft.store;

import craft.error.FileWords;
import craft.experiment.NotRecordedException;
import craft.experiment.Recipe;
import craft.experiment.RunArtifacts;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import craft.experiment.RunListener;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A run being made: its folder, its runner, and whoever listens. */
public final class RunSession {
    private static final Logger LOG = System.getLogger(RunSession.class.getName());

    /** Makes what runs a recipe; tests put something quicker in its place. */
    @FunctionalInterface
    interface Runners {
        RunControl make(Recipe recipe, RunListener listener, RunArtifacts artifacts);
    }

    private final RunFolder folder;
    private final Recipe recipe;
    private final RunLock lock;
    private final Journal journal;
    private final RunControl control;
    private final List<RunListener> listeners = new CopyOnWriteArrayList<>();
    private Provenance provenance; // from here on service thread only
    private List<RunEvent> untold; // service thread only

    /** A run that begins. */
    RunSession(RunFolder folder, Recipe recipe, RunLock lock, Journal journal, Runners runners) {
        this(folder, recipe, lock, journal, runners, Resumption.NONE);
    }

    RunSession(RunFolder folder, Recipe recipe, RunLock lock, Journal journal, Runners runners, Resumption resumption) {
        this.folder = folder;
        this.recipe = recipe;
        this.lock = lock;
        this.journal = journal;
        this.provenance = resumption.provenance();
        this.untold = resumption.events();
        this.control = runners.make(recipe, this::onEvent, new FolderArtifacts(folder, recipe, () -> provenance, journal,
                resumption.checkpoint()));
    }

    public Path folder() {
        return folder.path();
    }

    public Recipe recipe() {
        return recipe;
    }

    /** Commands. The journal is closed when the run has ended. */
    public RunControl control() {
        return control;
    }

    /**
     * Adds a listener; call before {@code control().start()}. It gets each event after the journal has it, and, of a run that
     * goes on, first those that were there before. What it throws is logged and does not disturb the run.
     */
    public void addListener(RunListener listener) {
        listeners.add(listener);
    }

    /** On the service thread. Throws when the event cannot be recorded, so that no run goes on unrecorded. */
    private void onEvent(RunEvent event) {
        try {
            journal.append(event);
        } catch (IOException e) {
            NotRecordedException problem = Trouble.notRecorded("what happens in it", folder.journal(), e);
            if (!(event instanceof RunEvent.RunFailed || event instanceof RunEvent.RunInterrupted)) {
                throw problem;
            }
            // The run is over in any case; whoever listens must learn of it.
            LOG.log(Level.DEBUG, problem.getMessage()); // its words are in the end that listeners hear
            markUnrecorded();
        }
        if (Journal.ends(event)) {
            close();
        }
        untold.forEach(this::tell);
        untold = List.of();
        tell(event);
        if (event instanceof RunEvent.RunStarted) {
            recordProvenance();
        }
    }

    /** So that whoever reopens the run learns why its journal has no end. */
    private void markUnrecorded() {
        try {
            Files.createFile(folder.unrecorded());
        } catch (IOException e) { // then it is found as one that ended early, which is true as well
            LOG.log(Level.DEBUG, "Nor can " + folder.unrecorded() + " be made (" + FileWords.reason(e) + ").");
        }
    }

    private void tell(RunEvent event) {
        for (RunListener listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (RuntimeException | Error e) { // an assertion, a class that is missing: the others are told all the same
                LOG.log(Level.WARNING, "A listener of the run failed on " + event + "; the run goes on", e);
            }
        }
    }

    /** After the listeners have the event: hashing a large model takes a while. */
    private void recordProvenance() {
        if (!provenance.equals(Provenance.UNKNOWN)) {
            return; // it goes on from its beginning with what it began with, perhaps from another place
        }
        try {
            provenance = Provenance.of(recipe);
            provenance.write(folder.provenance());
        } catch (IOException e) {
            throw Trouble.notRecorded("where its model and data came from", folder.provenance(), e);
        }
    }

    private void close() {
        try (lock; journal) {
            LOG.log(Level.DEBUG, "Run {0} has ended", folder.path());
        } catch (IOException e) {
            LOG.log(Level.ERROR, "The journal or the lock of " + folder.path() + " could not be closed", e);
        }
    }
}
