package craft.experiment;

import craft.error.Range;
import craft.lm.EngineSettings;
import craft.lm.MklMode;
import craft.lm.Precision;

/**
 * How the machine is used. Nothing here changes what is computed, but for rounding.
 *
 * @param precision number format of the frozen model's weights and activations; interventions, loss and divergences are
 *     always float32
 * @param cacheMegabytes memory for prefilled prompts; 0: a share of what the machine has
 * @param halfCache keep prefilled keys, values and hidden states as float16
 * @param parts pieces that a batch is cut into, computed side by side where there are threads
 * @param checkpointEvery optimiser steps between two checkpoints, besides one after every task; 0: only after tasks
 * @param keepCheckpoints newest checkpoints kept of a run
 */
public record EngineOptions(Precision precision, int cacheMegabytes, boolean halfCache, int parts, int checkpointEvery,
        int keepCheckpoints) {

    public static EngineOptions defaults() {
        return new EngineOptions(Precision.FLOAT32, 0, false, 2, 100, 2);
    }

    /** What the model is loaded with. */
    public EngineSettings settings() {
        return new EngineSettings(precision, halfCache, parts);
    }

    /** Bytes for prefilled prompts. */
    public long cacheBytes() {
        return cacheMegabytes == 0 ? Memory.cacheBytes() : (long) cacheMegabytes << 20;
    }

    /** How this machine's matrix library is made to give equal bits, see {@link MklMode#inForce()}; empty where it is not. */
    public static String matrixLibraryMode() {
        return MklMode.inForce();
    }

    void check() {
        Range.between("engine.cacheMegabytes", cacheMegabytes, 0, Integer.MAX_VALUE);
        Range.between("engine.parts", parts, 1, Integer.MAX_VALUE);
        Range.between("engine.checkpointEvery", checkpointEvery, 0, Integer.MAX_VALUE);
        Range.between("engine.keepCheckpoints", keepCheckpoints, 1, Integer.MAX_VALUE);
    }
}
