package craft.store;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunEvent;
import craft.experiment.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All of a run that must not depend on whether it was interrupted, times left out. */
public final class RunResults {
    private RunResults() {
    }

    /** Every number and every byte of the results agree. */
    public static void assertSame(Path run, Path expected) throws IOException {
        RunRecord one = RunStore.open(run);
        RunRecord other = RunStore.open(expected);
        assertThat(one.remarks()).isEmpty();
        assertThat(one.state().status()).isEqualTo(RunState.Status.FINISHED);
        assertThat(events(one)).isEqualTo(events(other));
        assertThat(one.state().stageMarks()).isEqualTo(other.state().stageMarks());
        assertThat(one.state().stopMarks()).isEqualTo(other.state().stopMarks());
        assertThat(one.state().matrix().trained()).isDeepEqualTo(other.state().matrix().trained());
        assertThat(one.state().tasksFinished()).isEqualTo(other.state().tasksFinished());
        RunEvent.Cost cost = one.state().cost().orElseThrow();
        RunEvent.Cost expectedCost = other.state().cost().orElseThrow();
        assertThat(cost.tokensForward()).isEqualTo(expectedCost.tokensForward()).isPositive();
        assertThat(cost.tokensBackward()).isEqualTo(expectedCost.tokensBackward());
        assertThat(cost.storedBytes()).isEqualTo(expectedCost.storedBytes());
        boolean trains = expectedCost.tokensBackward() > 0;
        assertThat(expectedCost.storedBytes() > 0).isEqualTo(trains);
        assertThat(Files.exists(run.resolve("interventions"))).isEqualTo(trains);
        for (String part : trains ? List.of("interventions", "predictions") : List.of("predictions")) {
            Map<String, byte[]> files = files(run.resolve(part));
            Map<String, byte[]> expectedFiles = files(expected.resolve(part));
            assertThat(files.keySet()).isEqualTo(expectedFiles.keySet()).isNotEmpty();
            files.forEach((name, bytes) -> assertThat(Arrays.equals(bytes, expectedFiles.get(name))).as(name).isTrue());
        }
    }

    /** The events that tell of work, without the time it took. */
    private static List<String> events(RunRecord run) {
        return run.events().stream().filter(e -> !(e instanceof RunEvent.CheckpointWritten || e instanceof RunEvent.RunResumed
                || e instanceof RunEvent.RunPaused || e instanceof RunEvent.RunContinued || e instanceof RunEvent.Note))
                .map(RunResults::timeless).map(RunEvent::toString).toList();
    }

    private static RunEvent timeless(RunEvent event) {
        if (event instanceof RunEvent.StepDone s) {
            return new RunEvent.StepDone(s.task(), s.stage(), s.step(), s.plannedSteps(), s.runStep(), s.loss(), s.crossEntropy(),
                    s.kl(), s.lambda(), s.learningRate(), s.gradientNorm(), 0, 0);
        } else if (event instanceof RunEvent.StageFinished f) {
            return new RunEvent.StageFinished(f.task(), f.stage(), f.steps(), f.reason(), 0);
        } else if (event instanceof RunEvent.TaskFinished t) {
            return new RunEvent.TaskFinished(t.task(), t.group(), 0);
        } else if (event instanceof RunEvent.RunFinished f) {
            return new RunEvent.RunFinished(0, 0, f.trainedParameters());
        }
        return event;
    }

    private static Map<String, byte[]> files(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }
}
