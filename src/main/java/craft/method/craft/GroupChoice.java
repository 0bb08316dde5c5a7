package craft.method.craft;

import craft.lm.Sequence;
import java.util.List;

/** Which group answers prompts of which no task is told. There is at least one group. */
interface GroupChoice {
    /** The group of each prompt alone, 1-based. */
    int[] each(List<Sequence> prompts);

    /** The one group of prompts that belong together. */
    int together(List<Sequence> prompts);
}
