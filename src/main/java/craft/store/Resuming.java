package craft.store;

import craft.error.InvalidInputException;
import craft.experiment.Checkpoint;
import craft.experiment.Json;
import craft.experiment.RunEvent;
import craft.experiment.RunEvent.RunResumed;
import craft.intervention.InterventionFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides from where a run goes on and makes its folder ready for it. Whoever uses it holds the run's lock.
 *
 * @param journal what is in the journal, without its optimiser steps
 * @param notes what the user should know of the decision
 */
record Resuming(RunFolder folder, JournalReader.Reading journal, Checkpoints.Choice choice, Provenance provenance,
        List<String> notes) {

    /** Changes nothing yet. */
    static Resuming plan(RunFolder folder, RunFile file) throws IOException {
        JournalReader.Reading journal = new JournalReader(Json.mapper()).read(folder.journal(), false);
        if (journal.events().stream().anyMatch(RunEvent.RunFinished.class::isInstance)) {
            throw new InvalidInputException("The run " + folder.path() + " is finished; there is nothing to resume.");
        }
        List<String> notes = new ArrayList<>(journal.remarks());
        Optional<Provenance> kept = Provenance.read(folder.provenance());
        if (kept.isPresent()) {
            requireSame(folder, kept.get(), Provenance.of(file.recipe()));
        }
        Checkpoints.Choice choice = new Checkpoints(folder.checkpoints()).newest(c -> fits(c, journal, folder, kept.isPresent()));
        notes.addAll(choice.skipped());
        if (!choice.skipped().isEmpty()) {
            notes.add(choice.checkpoint() == null ? "No checkpoint can be used: the run starts from its beginning."
                    : "The run goes on from the checkpoint before, " + choice.name() + ".");
        }
        notes.addAll(file.environment() == null ? List.of() : file.environment().differences(RunFile.Environment.current()));
        return new Resuming(folder, journal, choice, kept.orElse(Provenance.UNKNOWN), notes);
    }

    private static void requireSame(RunFolder folder, Provenance kept, Provenance now) {
        List<String> differences = kept.differences(now);
        if (!differences.isEmpty()) {
            throw new InvalidInputException("The run " + folder.path() + " cannot be resumed: since it began, "
                    + String.join(", ", differences) + (differences.size() == 1 ? " has" : " have")
                    + " changed or gone. Put back what was there, or begin a new run.");
        }
    }

    private static String fits(Checkpoint checkpoint, JournalReader.Reading journal, RunFolder folder, boolean known) {
        if (checkpoint.events() > journal.lines()) {
            return "it stands on " + checkpoint.events() + " events, but the journal holds only " + journal.lines() + ".";
        }
        if (!known) {
            return "provenance.json is missing, so nobody can tell whether model and data are still the same.";
        }
        if (Files.exists(folder.interventions(checkpoint.tasksLearnt()))) {
            InterventionFiles.read(folder.interventions(checkpoint.tasksLearnt()));
        }
        return "";
    }

    /** Removes what will be done again, and opens the journal after its last good line. */
    Journal open(Clock clock) throws IOException {
        new Checkpoints(folder.checkpoints()).removeNewerThan(choice.name());
        if (journal.damaged()) { // what is cut off may still be of use to somebody
            Files.copy(folder.journal(), folder.damagedJournal(), StandardCopyOption.REPLACE_EXISTING);
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
