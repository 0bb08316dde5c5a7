package craft.intervention;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Random;

/**
 * The forms of intervention of Wu et al. 2024 ("ReFT: Representation Finetuning for Language Models", section 3 and its
 * ablations) as their library pyreft has them. All are affine edits {@code h + up^T (down h + b)} of rank at most r; R has
 * orthonormal rows, W2 has not.
 */
public enum ReftForm {
    /** {@code h + R^T (W h + b - R h)}. */
    LOREFT(new LearnedForm(true, true), "LoreftIntervention"),
    /** LoReFT without the constraint: {@code h + W2^T (W1 h + b - W2 h)}. */
    NOREFT(new LearnedForm(false, true), "NoreftIntervention"),
    /** LoReFT without taking away what is there: {@code h + R^T (W h + b)}. */
    DIREFT(new LearnedForm(true, false), "DireftIntervention"),
    /** Neither of both, a LoRA on hidden states: {@code h + W2^T (W1 h + b)}. */
    NODIREFT(new LearnedForm(false, false), "NodireftIntervention"),
    /** A constant in a learned subspace: {@code h + R^T (b - R h)}. */
    CONSREFT(new SubspaceForm(true), "ConsreftIntervention"),
    /** A learned bias: {@code h + R^T b}. */
    LOBIREFT(new SubspaceForm(false), "LobireftIntervention");

    private final Form form;
    private final String pyreftType;

    ReftForm(Form form, String pyreftType) {
        this.form = form;
        this.pyreftType = pyreftType;
    }

    /** Name of the class in {@code pyreft.interventions}. */
    public String pyreftType() {
        return pyreftType;
    }

    /**
     * Names of a site's arrays, in their order everywhere: first what writes into the hidden state ({@code rotation} R or
     * {@code projection} W2), last {@code bias}.
     */
    public List<String> arrays() {
        return form.arrays();
    }

    /** {@code [r]} for the bias, {@code [r, d]} for everything else. */
    public long[] shape(String array, int rank, int width) {
        return array.equals(Form.BIAS) ? new long[] {rank} : new long[] {rank, width};
    }

    /** Trained numbers of one site, R counted as r d. */
    public long parameters(int rank, int width) {
        return (arrays().size() - 1L) * rank * width + rank;
    }

    /** Whether the first array is an R whose rows have to stay orthonormal. */
    public boolean orthonormal() {
        return form.orthonormal();
    }

    /** Whether it can start as one that changes nothing. */
    public boolean canBeIdentity() {
        return form.canBeIdentity();
    }

    List<float[]> start(int rank, int width, boolean identity, Random random) {
        return form.start(rank, width, identity, random);
    }

    /** What reads the hidden state, {@code [n, r, d]}, from a form's stacked arrays; differentiable. */
    NDArray down(List<NDArray> arrays) {
        return form.down(arrays);
    }

    Form form() {
        return form;
    }
}
