package craft.method.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import craft.lm.TorchThread;
import java.util.ArrayList;
import java.util.List;

/** How fast the machine multiplies float32 matrices: what every other number is to be held against. */
public final class MatrixPeak {
    private MatrixPeak() {
    }

    /** Square matrices of {@code size}. */
    public record Speed(int size, double gflops) {
    }

    /** Threads PyTorch uses inside one operation. */
    public static int threads() {
        TorchThread.prepare();
        return JniUtils.getNumThreads();
    }

    /** On the calling thread, which {@link TorchThread#prepare()} has prepared. */
    public static List<Speed> measure(List<Integer> sizes, Timing timing) {
        List<Speed> speeds = new ArrayList<>();
        try (NDManager manager = TorchThread.manager()) {
            for (int size : sizes) {
                try (NDManager scope = manager.newSubManager()) {
                    NDArray a = scope.randomUniform(-1, 1, new Shape(size, size));
                    NDArray b = scope.randomUniform(-1, 1, new Shape(size, size));
                    double seconds = timing.median(() -> a.matMul(b).close());
                    speeds.add(new Speed(size, 2.0 * size * size * size / seconds / 1e9));
                }
            }
        }
        return speeds;
    }
}
