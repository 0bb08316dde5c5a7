package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.ui.text.Words;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of every view in both themes and languages, in {@code target/screenshots}. */
class WindowPicturesTest {
    @TempDir
    Path temp;

    @Test
    void picturesOfEveryView() throws TimeoutException {
        FakeRuns runs = FakeRuns.some();
        try (TestWindow window = new TestWindow(runs, temp)) {
            for (ViewId id : ViewId.values()) {
                picture(window, id, "empty");
            }
            window.withQuickstart();
            for (boolean dark : new boolean[] {false, true}) {
                for (Locale language : Words.LANGUAGES) {
                    window.robot.interact(() -> {
                        Theme.use(dark);
                        Words.use(language);
                        window.model.openRun(FakeRuns.ROOT.resolve("quickstart-2"));
                    });
                    window.await(() -> window.model.shown().get() != null && !window.model.opening().get());
                    for (ViewId id : ViewId.values()) {
                        picture(window, id, (dark ? "dark" : "light") + "-" + language.getLanguage());
                    }
                }
            }
            window.robot.interact(window.model::start);
            window.await(() -> window.model.live().get() != null);
            SampleRun.running().forEach(runs::emit);
            window.await(() -> !window.model.live().get().state().steps().isEmpty());
            picture(window, ViewId.RUN, "live");
            window.robot.interact(() -> {
                window.stage.setX(0);
                window.stage.setY(0);
                window.stage.setWidth(1920);
                window.stage.setHeight(1200);
                Words.use(Locale.ENGLISH);
                window.model.errors().say("A message to the user.");
                window.model.errors().show(new IllegalStateException("an example"));
            });
            for (ViewId id : ViewId.values()) {
                picture(window, id, "dark-en-1920");
            }
        }
    }

    private void picture(TestWindow window, ViewId id, String variant) {
        window.view(id);
        if (id == ViewId.FORGETTING && window.model.shown().get() != null) {
            window.robot.interact(() -> window.window().cells().choose(2, 1)); // as a click on the cell does
            window.await(() -> window.find("#answers") != null);
        }
        BufferedImage[] picture = new BufferedImage[1];
        window.robot.interact(() -> picture[0] = Screenshots.take(window.stage.getScene(), id.id() + "-" + variant));
        assertThat(colours(picture[0])).as("%s is more than an empty area", id).isGreaterThan(20);
    }

    /** Colours in the middle of the window: text alone has dozens of shades, a blank view has one. */
    private static long colours(BufferedImage picture) {
        Set<Integer> colours = new HashSet<>();
        for (int y = 64; y < picture.getHeight() - 40; y += 3) {
            for (int x = 160; x < picture.getWidth() - 300; x += 2) {
                colours.add(picture.getRGB(x, y));
            }
        }
        return colours.size();
    }
}
