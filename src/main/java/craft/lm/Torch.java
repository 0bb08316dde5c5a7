package craft.lm;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Function;
import com.sun.jna.Platform;
import com.sun.jna.WString;

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
            setEnvironment();
            engine = Engine.getEngine("PyTorch");
            threads = JniUtils.getNumThreads();
        }
    }

    /**
     * What PyTorch's libraries read of the process's environment once, when they are loaded, and Java cannot set; what the user
     * has set stays. Worker threads shall sleep while they wait for each other: by default they spin, and as soon as anything
     * else (a window, another program) wants a processor, a training step takes ten times as long. And equal products shall
     * have equal bits, see {@link MklMode}.
     */
    private static void setEnvironment() {
        if (!Platform.isWindows()) {
            set("OMP_WAIT_POLICY", "passive");
        }
        if (!MklMode.inForce().isEmpty()) {
            set(MklMode.VARIABLE, MklMode.inForce());
        }
    }

    private static void set(String variable, String value) {
        if (System.getenv(variable) != null) {
            return;
        }
        if (Platform.isWindows()) { // the C library keeps a copy of its own, which MKL may read
            Function.getFunction("kernel32", "SetEnvironmentVariableW").invokeInt(new Object[] {new WString(variable), new WString(value)});
            Function.getFunction("ucrtbase", "_wputenv_s").invokeInt(new Object[] {new WString(variable), new WString(value)});
        } else {
            Function.getFunction("c", "setenv").invokeInt(new Object[] {variable, value, 1});
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
