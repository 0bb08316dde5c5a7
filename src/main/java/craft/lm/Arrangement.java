package craft.lm;

import java.util.List;

/** How a kind of model reads a prompt and its continuations: what of them it computes, and how that lies in arrays. */
interface Arrangement {
    /** A causal model's: the text from left to right, each token predicting the next. */
    Arrangement CAUSAL = new Arrangement() {
        @Override
        public Layout layout(List<Sequence> batch, int[] starts) {
            return CausalLayout.of(batch, starts);
        }

        /** The first edited token, at the latest the prompt's last, which predicts. */
        @Override
        public int start(int promptLength, EditPositions edited) {
            return Math.min(edited.start(promptLength), promptLength - 1);
        }
    };

    /** @param starts for each sequence the first token that is computed anew, at most as {@link #start} says */
    Layout layout(List<Sequence> batch, int[] starts);

    /** Everything computed anew. */
    default Layout layout(List<Sequence> batch) {
        return layout(batch, new int[batch.size()]);
    }

    /** The first token of a prompt that edits of some tokens can change: keys and values before it are constants. */
    int start(int promptLength, EditPositions edited);
}
