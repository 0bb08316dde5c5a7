package craft.lm;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/** The PyTorch engine of this process: started once, on the CPU, without any download. */
public final class Torch {
    private static Engine engine;

    private Torch() {
    }

    /** Loads the native libraries (unpacked to the user's folder at the very first start). */
    public static synchronized void start() {
        if (engine == null) {
            System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
            System.setProperty("OPT_OUT_TRACKING", "true");
            engine = Engine.getEngine("PyTorch");
        }
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
