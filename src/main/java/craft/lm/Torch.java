package craft.lm;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Function;
import com.sun.jna.Platform;

/** The PyTorch engine of this process: started once, on the CPU, without any download. */
public final class Torch {
    private static Engine engine;
    private static int threads;

    private Torch() {
    }

    /** Loads the native libraries (unpacked to the user's folder at the very first start). */
    public static synchronized void start() {
        if (engine == null) {
            System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
            System.setProperty("OPT_OUT_TRACKING", "true");
            waitWithoutSpinning();
            engine = Engine.getEngine("PyTorch");
            threads = JniUtils.getNumThreads();
        }
    }

    /**
     * Lets PyTorch's worker threads sleep while they wait for each other. By default they spin, and as soon as anything else
     * (a window, another program) wants a processor, a training step takes ten times as long. OpenMP reads this from the
     * process's environment once, when PyTorch's libraries are loaded, and Java cannot set it.
     */
    private static void waitWithoutSpinning() {
        if (!Platform.isWindows() && System.getenv("OMP_WAIT_POLICY") == null) {
            Function.getFunction("c", "setenv").invokeInt(new Object[] {"OMP_WAIT_POLICY", "passive", 1});
        }
    }

    /** Threads that PyTorch computes with: as many as there are cores, or as {@code OMP_NUM_THREADS} says. */
    static synchronized int threads() {
        start();
        return threads;
    }

    static NDManager newManager() {
        return engine.newBaseManager(Device.cpu());
    }

    /** For a run's record, for example {@code "PyTorch 2.7.1, DJL 0.35.1"}. */
    public static synchronized String version() {
        start();
        return "PyTorch " + engine.getVersion() + ", DJL " + Engine.getDjlVersion();
    }
}
