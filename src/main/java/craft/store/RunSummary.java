package craft.store;

import craft.experiment.RunState;
import java.nio.file.Path;
import java.time.Instant;

/**
 * One line of the list of runs.
 *
 * @param op overall performance, NaN while unknown
 * @param forgetting forgetting F, NaN while unknown
 * @param problem empty, or why the folder cannot be read
 */
public record RunSummary(Path folder, String name, String method, long seed, Instant startedAt,
        RunState.Status status, int tasks, int tasksFinished, double op, double forgetting, String problem) {
}
