package craft.store;

import craft.experiment.Checkpoint;
import craft.experiment.RunEvent;
import java.util.List;

/**
 * What a session of a run takes over from the ones before it.
 *
 * @param events what stands of the journal, the resumption's own events included
 * @param checkpoint where to go on, null to start from the beginning
 * @param provenance the hashes recorded when the run began
 */
record Resumption(List<RunEvent> events, Checkpoint checkpoint, Provenance provenance) {
    static final Resumption NONE = new Resumption(List.of(), null, Provenance.UNKNOWN);

    Resumption {
        events = List.copyOf(events);
    }
}
