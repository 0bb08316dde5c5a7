package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.lm.TorchThread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class OutOfMemoryTest {
    @TempDir
    Path temporary;

    @Test
    void whatPyTorchRefusesIsKnown() {
        TorchThread.prepare();
        try (NDManager manager = TorchThread.manager()) {
            assertThatThrownBy(() -> manager.create(new Shape(1L << 46)))
                    .satisfies(thrown -> assertThat(OutOfMemory.in(thrown)).isTrue())
                    .satisfies(thrown -> assertThat(OutOfMemory.in(new IllegalStateException("around", thrown))).isTrue());
        }
        assertThat(OutOfMemory.in(new IllegalStateException("x", new OutOfMemoryError("Java heap space")))).isTrue();
        assertThat(OutOfMemory.in(new IllegalStateException("no memory of that", new RuntimeException()))).isFalse();
    }

    @Test
    @Timeout(240)
    void theRunEndsAsInterruptedWithCauseAndNextSteps() throws InterruptedException {
        Recipe recipe = RecipeReader.read(TinySequence.write(temporary), Map.of("training.batchSize", "6"));
        List<RunEvent> events = new ArrayList<>();
        RunListener listener = event -> {
            events.add(event);
            if (event instanceof RunEvent.StepDone step && step.runStep() == 2) {
                throw new IllegalStateException("[enforce fail at alloc_cpu.cpp:115] err == 0. DefaultCPUAllocator: can't "
                        + "allocate memory: you tried to allocate 4398046511104 bytes. Error code 12");
            }
        };
        ExperimentRunner runner = new ExperimentRunner(recipe, listener, RunArtifacts.NONE);
        runner.start();
        runner.await();
        assertThat(events.get(events.size() - 1)).isInstanceOfSatisfying(RunEvent.RunInterrupted.class,
                end -> assertThat(end.reason()).contains("no memory left").contains("training.batchSize smaller (now 6)")
                        .contains("engine.precision to bfloat16"));
    }
}
