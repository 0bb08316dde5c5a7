package craft.intervention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
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

    /**
     * The mean {@code (1 - alpha) first + alpha second} of the two edits as functions, in its best form of the same rank.
     * Alpha 0 and 1 give the two themselves.
     *
     * @throws IllegalArgumentException when the two have other sites or positions
     */
    public InterventionSet mergeFunctions(InterventionSet first, InterventionSet second, double alpha) {
        sameSites(first, second);
        if (alpha == 0 || alpha == 1) {
            return alpha == 0 ? first : second;
        }
        try (NDManager step = manager.newSubManager()) {
            LoReftTensors a = LoReftTensors.of(step, first);
            LoReftTensors b = LoReftTensors.of(step, second);
            NDList merged = script.call("merge", step.create(alpha), a.rotation(), a.weight(), a.bias(), b.rotation(),
                    b.weight(), b.bias());
            return new LoReftTensors(first.positions(), a.layers(), merged.get(0), merged.get(1), merged.get(2)).toSet();
        }
    }

    /** The weighted mean of the parameters, R made orthonormal again. */
    public InterventionSet mergeParameters(InterventionSet first, InterventionSet second, double alpha) {
        sameSites(first, second);
        if (alpha == 0 || alpha == 1) {
            return alpha == 0 ? first : second;
        }
        List<LoReft> sites = new ArrayList<>();
        for (int i = 0; i < first.sites().size(); i++) {
            LoReft a = first.sites().get(i);
            LoReft b = second.sites().get(i);
            sites.add(new LoReft(a.layer(), a.rank(), a.width(), mean(a.rotation(), b.rotation(), alpha),
                    mean(a.weight(), b.weight(), alpha), mean(a.bias(), b.bias(), alpha)));
        }
        try (NDManager step = manager.newSubManager()) {
            LoReftTensors mean = LoReftTensors.of(step, new InterventionSet(first.positions(), sites));
            return mean.withRotation(retract(mean.rotation())).toSet();
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
        boolean same = first.positions().equals(second.positions()) && first.sites().size() == second.sites().size();
        for (int i = 0; same && i < first.sites().size(); i++) {
            LoReft a = first.sites().get(i);
            LoReft b = second.sites().get(i);
            same = a.layer() == b.layer() && a.rank() == b.rank() && a.width() == b.width();
        }
        if (!same) {
            throw new IllegalArgumentException("interventions of different sites cannot be merged");
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
