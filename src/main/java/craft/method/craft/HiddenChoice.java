package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.method.State;
import craft.method.train.NearestGroup;
import java.util.List;

/** The group whose prompts' mean hidden state at the lowest edited layer is nearest (Euclidean), in the untouched model. */
record HiddenChoice(PrefixCache pass, NearestGroup centres) implements GroupChoice {
    @Override
    public void join(int group, InterventionSet set, List<Sequence> prompts) {
        centres.join(group, pass.meanPromptState(prompts));
    }

    @Override
    public int[] each(List<Sequence> prompts) {
        return pass.promptStates(prompts).stream().mapToInt(centres::of).toArray();
    }

    @Override
    public int together(List<Sequence> prompts) {
        return centres.of(pass.meanPromptState(prompts));
    }

    @Override
    public long storedBytes() {
        return centres.storedBytes();
    }

    @Override
    public void save(State to) {
        centres.save(to);
    }

    @Override
    public void restore(State from) {
        centres.restore(from);
    }
}
