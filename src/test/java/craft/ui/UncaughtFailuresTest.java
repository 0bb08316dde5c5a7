package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import javafx.animation.AnimationTimer;
import javafx.scene.control.Button;
import javafx.scene.control.Labeled;
import javafx.scene.input.Clipboard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A failure that nobody caught is told in words, once, and the window goes on. */
class UncaughtFailuresTest {
    @TempDir
    Path temp;

    @AfterEach
    void english() {
        Words.use(Locale.ENGLISH);
    }

    @Test
    void aHandlerThatThrowsIsToldAndTheWindowGoesOn() throws Exception {
        try (TestWindow window = new TestWindow(FakeRuns.some(), temp)) {
            Button button = (Button) window.find("#theme");
            window.robot.interact(() -> button.setOnAction(e -> {
                throw new IllegalStateException("internal detail 4711");
            }));
            window.robot.clickOn("#theme");
            window.await(() -> window.model.errors().messages().size() == 1);
            String told = banner(window);
            assertThat(told).contains("part of the window has failed").contains("window goes on")
                    .doesNotContain("Exception").doesNotContain("4711").doesNotContain("at craft");
            window.robot.clickOn("Copy diagnostics");
            window.robot.interact(() -> assertThat(Clipboard.getSystemClipboard().getString())
                    .contains("internal detail 4711", "Thread: JavaFX Application Thread", getClass().getName(), "Java "));

            window.robot.clickOn("#theme");
            window.await(() -> banner(window).contains("happened 2 times"));
            assertThat(window.model.errors().messages()).as("one message, however often").hasSize(1);
            window.robot.clickOn("#nav-method");
            assertThat(window.model.view().get()).as("it goes on").isEqualTo(ViewId.METHOD);
            window.expectedFailures();
        }
    }

    @Test
    void oneThatFailsAtEveryFrameIsOneMessageToldOnceASecond() throws Exception {
        try (TestWindow window = new TestWindow(FakeRuns.some(), temp)) {
            List<Integer> shown = new ArrayList<>();
            int[] frames = {0};
            window.robot.interact(() -> window.model.errors().messages().addListener(
                    (javafx.collections.ListChangeListener<Message>) change -> shown.add(frames[0])));
            AnimationTimer broken = new AnimationTimer() {
                @Override
                public void handle(long now) {
                    frames[0]++;
                    throw new IllegalStateException("at every frame");
                }
            };
            window.robot.interact(broken::start);
            window.await(() -> shown.size() == 2);
            window.robot.interact(broken::stop);
            assertThat(window.model.errors().messages()).hasSize(1);
            assertThat(shown.get(1) - shown.get(0)).as("frames that failed between two tellings").isGreaterThan(5);
            assertThat(banner(window)).containsPattern("happened \\d+ times");
            window.expectedFailures();
        }
    }

    @Test
    void aFailureOnAnotherThreadIsToldInKorean() throws Exception {
        try (TestWindow window = new TestWindow(FakeRuns.some(), temp)) {
            window.robot.interact(() -> Words.use(Locale.KOREAN));
            Thread thread = new Thread(() -> {
                throw new IllegalStateException("elsewhere");
            }, "some-thread");
            thread.start();
            thread.join();
            window.await(() -> window.model.errors().messages().size() == 1);
            assertThat(banner(window)).contains("창의 일부에서 오류가 발생하여");
            assertThat(window.model.errors().messages().get(0).diagnostics()).contains("Thread: some-thread");
            window.expectedFailures();
        }
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isNotInstanceOf(UncaughtFailures.class);
    }

    private static String banner(TestWindow window) {
        return window.robot.lookup(".banner-error .label").queryAllAs(Labeled.class).stream().map(Labeled::getText)
                .reduce("", (a, b) -> a + b);
    }

    // --- without a window ---------------------------------------------------------------------------------------

    private final ErrorPresenter errors = new ErrorPresenter();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private final List<Long> waits = new ArrayList<>();
    private long now;
    private final UncaughtFailures failures = new UncaughtFailures(errors, wait -> {
        waits.add(wait);
        return later::add;
    }, () -> now);

    @Test
    void differentFailuresStandInOneTextForAReport() {
        failures.uncaughtException(Thread.currentThread(), new IllegalStateException("first"));
        failures.uncaughtException(Thread.currentThread(), new ArithmeticException("second"));
        assertThat(later).as("told together").hasSize(1);
        later.remove().run();
        assertThat(errors.messages()).singleElement().satisfies(m -> {
            assertThat(m.text()).contains("2 times");
            assertThat(m.diagnostics()).contains("first", "second");
        });
        for (int i = 0; i < 1000; i++) {
            failures.uncaughtException(Thread.currentThread(), new IllegalStateException("again " + i));
        }
        assertThat(waits).as("the second telling waits its second").containsExactly(0L, UncaughtFailures.PERIOD_MILLIS);
        later.remove().run();
        assertThat(errors.messages()).singleElement().satisfies(m -> {
            assertThat(m.text()).contains("1,002 times");
            assertThat(m.diagnostics()).as("the same failure stands in it once").containsOnlyOnce(": again ");
        });
    }

    @Test
    void oneThatWasDismissedIsCountedAnew() {
        failures.uncaughtException(Thread.currentThread(), new IllegalStateException("first"));
        later.remove().run();
        errors.dismiss(errors.messages().get(0));
        now += UncaughtFailures.PERIOD_MILLIS;
        failures.uncaughtException(Thread.currentThread(), new ArithmeticException("second"));
        later.remove().run();
        assertThat(waits).containsExactly(0L, 0L);
        assertThat(errors.messages()).singleElement().satisfies(m -> {
            assertThat(m.text()).doesNotContain("times");
            assertThat(m.diagnostics()).contains("second").doesNotContain("first");
        });
    }

    @Test
    void wantOfMemoryIsCalledThat() {
        failures.uncaughtException(Thread.currentThread(), new OutOfMemoryError("Java heap space"));
        later.remove().run();
        assertThat(errors.messages().get(0).text()).startsWith("There is not enough memory").doesNotContain("heap");
    }

    @Test
    void aWindowThatCannotTellDoesNotFailOnceMore() {
        UncaughtFailures deaf = new UncaughtFailures(errors, wait -> {
            throw new IllegalStateException("no window any more");
        }, () -> now);
        deaf.uncaughtException(Thread.currentThread(), new IllegalStateException("first"));
        assertThat(errors.messages()).isEmpty();
    }
}
