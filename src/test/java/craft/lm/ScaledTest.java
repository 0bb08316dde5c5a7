package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaledTest {
    /** Direct memory of the size of a number, freed and given out again, as a run's steps do all the time. */
    private static List<ByteBuffer> others() {
        List<ByteBuffer> others = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            others.add(ByteBuffer.allocateDirect(Float.BYTES).putFloat(0, 1e9f));
        }
        return others;
    }

    @Test
    void theGradientDoesNotDependOnMemoryThatIsFree() {
        TorchThread.prepare();
        for (int turn = 0; turn < 10; turn++) {
            try (NDManager manager = TorchThread.manager()) {
                NDArray leaf = manager.create(new float[] {1, 2, 3});
                leaf.setRequiresGradient(true);
                TorchThread.withGradients(() -> {
                    List<NDArray> scaled = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        scaled.add(Scaled.of(leaf, 0.25));
                    }
                    System.gc();
                    List<ByteBuffer> others = others();
                    NDArray sum = manager.create(0f);
                    for (NDArray one : scaled) {
                        sum = sum.add(one.sum());
                    }
                    JniUtils.backward((PtNDArray) sum, (PtNDArray) manager.create(1f), false, false);
                    assertThat(others).hasSize(2000);
                });
                assertThat(leaf.getGradient().toFloatArray()).containsExactly(25, 25, 25);
            }
        }
    }
}
