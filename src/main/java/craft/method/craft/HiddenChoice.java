package craft.method.craft;

import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.method.train.NearestGroup;
import java.util.List;

/** The group whose prompts' mean hidden state at the lowest edited layer is nearest (Euclidean), in the untouched model. */
record HiddenChoice(PrefixCache pass, NearestGroup centres) implements GroupChoice {
    @Override
    public int[] each(List<Sequence> prompts) {
        return pass.promptStates(prompts).stream().mapToInt(centres::of).toArray();
    }

    @Override
    public int together(List<Sequence> prompts) {
        return centres.of(pass.meanPromptState(prompts));
    }
}
