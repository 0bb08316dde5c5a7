package craft.lm;

/** A small change to a frozen model, as native arrays that a pass computes with. Null stands for the untouched model. */
public sealed interface Adaptation permits Edits, LowRankUpdates {
    /**
     * The lowest block whose input or weights this changes: what the blocks before it give is the frozen model's. For an
     * edit of block l's output that is block l + 1.
     */
    int firstChanged();

    /** What holds for generated tokens: null where only the prompt is changed. */
    Adaptation afterPrompt();
}
