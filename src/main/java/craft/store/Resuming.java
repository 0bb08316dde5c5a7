package craft.store;

import craft.error.InvalidInputException;
import craft.experiment.Checkpoint;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.experiment.RunEvent;
import craft.experiment.RunEvent.RunResumed;
import craft.intervention.AdapterFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides from where a run goes on and makes its folder ready for it. Whoever uses it holds the run's lock.
 *
 * @param journal what is in the journal, without its optimiser steps
 * @param places where model and tasks are now; @param moved whether they were somewhere else at the session before
 * @param notes what the user should know of the decision
 */
record Resuming(RunFolder folder, JournalReader.Reading journal, Checkpoints.Choice choice, Provenance provenance,
        Places places, boolean moved, List<String> notes) {

    /**
     * Changes nothing yet, but that a folder which was being replaced when the program was killed is put back.
     *
     * @param set where model and tasks are now, if they have moved
     */
    static Resuming plan(RunFolder folder, RunFile file, Map<String, String> set) throws IOException {
        AtomicFiles.settleAll(folder.checkpoints());
        AtomicFiles.settleAll(folder.interventions(0).getParent());
        JournalReader.Reading journal = new JournalReader(Json.mapper()).read(folder.journal(), false);
        if (journal.events().stream().anyMatch(RunEvent.RunFinished.class::isInstance)) {
            throw new InvalidInputException("The run " + folder.path() + " is finished; there is nothing to resume.");
        }
        List<String> notes = new ArrayList<>(journal.remarks());
        Optional<Provenance> kept = Provenance.read(folder.provenance());
        Places before = Places.read(folder, file.recipe());
        Places places = before.with(set, file.recipe());
        requireSame(folder, file.recipe(), kept, places);
        notes.addAll(places.changesFrom(before));
        Checkpoints.Choice choice = new Checkpoints(folder.checkpoints()).newest(c -> fits(c, journal, folder, kept.isPresent()));
        notes.addAll(choice.skipped());
        if (!choice.skipped().isEmpty()) {
            notes.add(choice.checkpoint() == null ? "No checkpoint can be used: the run starts from its beginning."
                    : "The run goes on from the checkpoint before, " + choice.name() + ".");
        }
        notes.addAll(file.environment() == null ? List.of() : file.environment().differences(RunFile.Environment.current()));
        return new Resuming(folder, journal, choice, kept.orElse(Provenance.UNKNOWN), places, !places.equals(before), notes);
    }

    /** Refuses to go on with anything but the files that the run began with, wherever they are. */
    static void requireSame(RunFolder folder, Recipe recorded, Optional<Provenance> kept, Places places) {
        if (kept.isEmpty() && !places.equals(Places.of(recorded))) {
            throw new InvalidInputException("The run " + folder.path() + " has no provenance.json, so nobody can tell whether what is at "
                    + "the new place is what it began with. Put model and tasks back where they were, or begin a new run.");
        }
        if (kept.isEmpty()) {
            return; // it starts from its beginning
        }
        places.requireThere(folder.path());
        List<String> differences = kept.get().differences(recorded, places);
        if (!differences.isEmpty()) {
            throw new InvalidInputException("The run " + folder.path() + " cannot be resumed, since model and tasks are not those it "
                    + "began with: " + String.join(", ", differences) + ". Put back what was there, say where it is now (--set model=... "
                    + "or --set tasks=...), or begin a new run.");
        }
    }

    private static String fits(Checkpoint checkpoint, JournalReader.Reading journal, RunFolder folder, boolean known) {
        if (checkpoint.events() > journal.lines()) {
            return "it stands on " + checkpoint.events() + " events, but the journal holds only " + journal.lines() + ".";
        }
        if (!known) {
            return "provenance.json is missing, so nobody can tell whether model and data are still the same.";
        }
        Path adapters = folder.interventions(checkpoint.tasksLearnt());
        if (Files.exists(adapters)) {
            AdapterFiles.read(adapters);
        } else if (trained(journal, checkpoint.tasksLearnt())) {
            return "the adapters trained until then are missing: there is no folder " + adapters + ".";
        }
        return "";
    }

    /** Whether anything was trained in the first so many tasks: then adapters were kept. */
    private static boolean trained(JournalReader.Reading journal, int tasks) {
        return journal.events().stream().anyMatch(event -> event instanceof RunEvent.StageFinished stage && stage.task() <= tasks
                && stage.steps() > 0);
    }

    /** Moves aside what will be done again or cannot be used, and opens the journal after its last good line. */
    Journal open(Clock clock) throws IOException {
        List<Path> aside = new Checkpoints(folder.checkpoints()).setAsideNewerThan(choice.name());
        if (!aside.isEmpty()) {
            notes.add("Nothing was deleted: " + String.join(", ", aside.stream().map(Path::toString).toList())
                    + (aside.size() == 1 ? " is" : " are") + " kept aside.");
        }
        if (moved) {
            places.write(folder);
        }
        if (journal.damaged()) { // what is cut off may still be of use to somebody
            Path copy = folder.damagedJournal();
            for (int n = 2; Files.exists(copy); n++) {
                copy = folder.damagedJournal().resolveSibling("events-damaged-" + n + ".jsonl");
            }
            Files.copy(folder.journal(), copy);
        }
        return Journal.reopen(folder.journal(), journal.lines(), journal.bytes(), Json.mapper(), clock);
    }

    /** Tells the journal, and gives what listeners are to hear first. */
    Resumption resumption(Journal open) throws IOException {
        RunResumed resumed = new RunResumed(choice.checkpoint() == null ? 0 : choice.checkpoint().events(), choice.name());
        open.append(resumed);
        for (String note : notes) {
            open.append(new RunEvent.Note(note));
        }
        List<RunEvent> events = new JournalReader(Json.mapper()).read(folder.journal(), true).events();
        return new Resumption(events, choice.checkpoint(), provenance);
    }
}
