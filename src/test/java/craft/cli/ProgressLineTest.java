package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.StageStarted;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long nanos;

    @Test
    void writesALineForEveryStageWhereNobodyLooksOn() {
        ProgressLine progress = new ProgressLine(out, false, () -> nanos);
        Events.finished().forEach(progress::onEvent);
        assertThat(text()).doesNotContain("\r");
        assertThat(text().lines()).containsExactly(
                "Tiny: CRAFT (this implementation), model seedling, 2 tasks, seed 7",
                "untrained model, evaluate done in 3.0 s",
                "task 1/2 sms-spam, warm-up done in 2.0 s, 2 steps, loss 1.2500, KL -, 5,000 tokens/s, 1 min 10 s left",
                "task 1/2 sms-spam, route: opens group 1 (d_0 1.2500)",
                "task 1/2 sms-spam, tune done in 2.0 s, 1 step, loss 0.7500, KL -, 5,000 tokens/s, 1 min 0 s left "
                        + "(all epochs done)",
                "task 1/2 sms-spam trained in 13 s, group 1",
                "task 1/2 sms-spam, evaluate done in 3.0 s",
                "task 2/2 주제, warm-up done in 1.0 s, 1 step, loss 0.7000, KL -, 5,000 tokens/s, 10 s left",
                "task 2/2 주제, route: joins group 1 (d_1 0.1250, threshold 0.7500: 0.5 * d_0)",
                "task 2/2 주제, tune done in 2.0 s, 1 step, loss 0.5000, KL 0.0625, 5,000 tokens/s, 1.0 s left "
                        + "(forgetting budget)",
                "task 2/2 주제, merge: alpha 0.750, KL 0.5000 -> 0.2400",
                "task 2/2 주제 trained in 14 s, group 1",
                "task 2/2 주제, evaluate done in 3.0 s",
                "Note: 2 prompts were shortened.");
    }

    @Test
    void tellsOfStepsEveryTenSecondsWhereNobodyLooksOn() {
        ProgressLine progress = new ProgressLine(out, false, () -> nanos);
        Events.firstTask().stream().limit(1).forEach(progress::onEvent);
        progress.onEvent(new StageStarted(1, Stage.TUNE, 40));
        for (int s = 1; s <= 40; s++) {
            nanos += 1_000_000_000L;
            progress.onEvent(Events.step(1, Stage.TUNE, s, s, 0.5, 0.25, 9));
        }
        assertThat(text().lines().skip(1)).hasSize(4).first().asString()
                .startsWith("task 1/2 sms-spam, tune 10/2, loss 0.5000, KL 0.2500, 5,000 tokens/s, 9.0 s left");
    }

    @Test
    void drawsOverOneLineOnATerminalAtMostTenTimesASecond() {
        ProgressLine progress = new ProgressLine(out, true, () -> nanos);
        Events.firstTask().stream().limit(1).forEach(progress::onEvent);
        progress.onEvent(new StageStarted(1, Stage.TUNE, 40));
        bytes.reset();
        for (int s = 1; s <= 100; s++) {
            nanos += 10_000_000L;
            progress.onEvent(Events.step(1, Stage.TUNE, s, s, 0.5, 0.25, 9));
        }
        assertThat(text()).doesNotContain("\n");
        assertThat(text().chars().filter(c -> c == '\r').count()).isEqualTo(10);
        Events.finished().stream().reduce((a, b) -> b).ifPresent(progress::onEvent);
        assertThat(text()).endsWith("\r");
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
