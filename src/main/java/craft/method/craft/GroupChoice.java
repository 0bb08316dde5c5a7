package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.lm.Sequence;
import craft.method.State;
import java.util.List;

/** Which group answers prompts of which no task is told, and what has to be known of the groups for that. */
interface GroupChoice {
    /**
     * A task has joined a group, or opened the next one.
     *
     * @param group 1-based
     * @param set the group's interventions from now on
     * @param prompts of the task
     */
    void join(int group, InterventionSet set, List<Sequence> prompts);

    /** The group of each prompt alone, 1-based. There is at least one. */
    int[] each(List<Sequence> prompts);

    /** The one group of prompts that belong together. */
    int together(List<Sequence> prompts);

    long storedBytes();

    void save(State to);

    void restore(State from);
}
