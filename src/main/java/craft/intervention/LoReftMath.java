package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.lm.FloatTensor;
import craft.lm.ScriptModule;
import craft.lm.TorchThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Linear algebra on interventions: retraction and merging. Confined to one thread. */
public final class LoReftMath implements AutoCloseable {
    private final NDManager manager = TorchThread.manager();
    private final ScriptModule script = ScriptModule.load(manager, "/craft/intervention/loreft.py", Map.of());

    /**
     * Makes the rows of every R orthonormal again: QR of R^T with a positive diagonal.
     *
     * @param rotations {@code [n, r, d]}; the result belongs to its manager
     */
    public NDArray retract(NDArray rotations) {
        return script.call("retract", rotations).singletonOrThrow();
    }

    /** A form's arrays after a step: the first one retracted if it is an R, the others as they are. */
    public List<NDArray> retract(ReftForm form, List<NDArray> arrays) {
        if (!form.orthonormal()) {
            return arrays;
        }
        List<NDArray> retracted = new ArrayList<>(arrays);
        retracted.set(0, retract(arrays.get(0)));
        return retracted;
    }

    /**
     * The mean {@code (1 - alpha) first + alpha second} of the two edits as functions, in its best form of the same rank
     * (what that is for each form: {@link LearnedForm}, {@link SubspaceForm}). Alpha 0 and 1 give the two themselves.
     *
     * @throws IllegalArgumentException when the two have other sites, positions or forms
     */
    public InterventionSet mergeFunctions(InterventionSet first, InterventionSet second, double alpha) {
        sameSites(first, second);
        if (alpha == 0 || alpha == 1) {
            return alpha == 0 ? first : second;
        }
        try (NDManager step = manager.newSubManager()) {
            LoReftTensors a = LoReftTensors.of(step, first);
            LoReftTensors b = LoReftTensors.of(step, second);
            return new LoReftTensors(a.placement(), first.form().form().merge(script, step, alpha, a.arrays(), b.arrays())).toSet();
        }
    }

    /** The weighted mean of the parameters, R made orthonormal again. */
    public InterventionSet mergeParameters(InterventionSet first, InterventionSet second, double alpha) {
        sameSites(first, second);
        if (alpha == 0 || alpha == 1) {
            return alpha == 0 ? first : second;
        }
        List<FloatTensor> a = first.stacked();
        List<FloatTensor> b = second.stacked();
        List<FloatTensor> mean = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            mean.add(new FloatTensor(a.get(i).shape(), mean(a.get(i).data(), b.get(i).data(), alpha)));
        }
        try (NDManager step = manager.newSubManager()) {
            LoReftTensors merged = LoReftTensors.of(step, InterventionSet.of(first.placement(), mean));
            return new LoReftTensors(merged.placement(), retract(first.form(), merged.arrays())).toSet();
        }
    }

    private static float[] mean(float[] a, float[] b, double alpha) {
        float[] mean = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            mean[i] = (float) ((1 - alpha) * a[i] + alpha * b[i]);
        }
        return mean;
    }

    private static void sameSites(InterventionSet first, InterventionSet second) {
        Intervention a = first.sites().get(0);
        Intervention b = second.sites().get(0);
        if (!first.placement().equals(second.placement()) || a.rank() != b.rank() || a.width() != b.width()) {
            throw new IllegalArgumentException("interventions of different sites cannot be merged");
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
