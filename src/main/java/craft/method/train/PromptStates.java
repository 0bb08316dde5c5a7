package craft.method.train;

import craft.intervention.Positions;
import craft.lm.EditPositions;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.method.MethodSetup;
import java.util.List;

/** Where prompts lie in the untouched model's hidden space, for methods that edit none of it: as at the recipe's sites. */
public final class PromptStates implements AutoCloseable {
    private final PrefixCache pass;

    public PromptStates(MethodSetup setup) {
        int lowest = setup.sites().layersOf(setup.model().config().layers())[0];
        this.pass = new PrefixCache(setup.model(), new PromptEnd(Positions.parse(setup.sites().positions())), lowest, 0);
    }

    /** The last tokens that interventions would edit; the first one, too, so that a prompt is computed at once. */
    private record PromptEnd(Positions sites) implements EditPositions {
        @Override
        public int firstOf(int length) {
            return 1;
        }

        @Override
        public int lastOf(int length) {
            return sites.lastOf(length);
        }
    }

    /** See {@link PrefixCache#meanPromptState}. */
    public float[] mean(List<Sequence> prompts) {
        return pass.meanPromptState(prompts);
    }

    @Override
    public void close() {
        pass.close();
    }
}
