package craft.lm;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * PyTorch's settings of the calling thread. They are per thread, and their defaults are wrong for us: gradients on, and a
 * graph optimiser that recompiles for seconds at each new shape.
 */
public final class TorchThread {
    private TorchThread() {
    }

    /** To be called once by every thread that computes. */
    public static void prepare() {
        Torch.start();
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setGradMode(false);
    }

    /** Runs {@code work} with gradients on. */
    public static void withGradients(Runnable work) {
        JniUtils.setGradMode(true);
        try {
            work.run();
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    /**
     * Computes with the calling thread alone: PyTorch and MKL cut some operations by the number of threads they may use, which shows
     * in the last bits of what is given, in MKL's strict mode, too. So what must be the same whoever computes it is computed by one.
     */
    static <T> T alone(Supplier<T> work) {
        int threads = JniUtils.getNumThreads();
        if (threads == 1) {
            return work.get();
        }
        JniUtils.setNumThreads(1);
        try {
            return work.get();
        } finally {
            JniUtils.setNumThreads(threads);
        }
    }

    /** A manager of its own for native memory; close it. */
    public static NDManager manager() {
        Torch.start();
        return Torch.newManager();
    }
}
