package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Labeled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of every view in both themes and languages, in {@code target/screenshots}, and what must be seen in each. */
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
        if (id == ViewId.RUN && window.find("#curves-chart") != null) {
            window.await(() -> window.find("#curves-chart").lookupAll("ImageView").stream()
                    .noneMatch(n -> Boolean.TRUE.equals(n.getParent().getProperties().get("pending"))));
        }
        window.robot.interact(() -> look(window, id, variant));
    }

    private void look(TestWindow window, ViewId id, String variant) {
        String where = id.id() + "-" + variant;
        Scene scene = window.stage.getScene();
        Picture picture = Picture.take(scene, where);
        picture.assertTheme(Theme.dark().get());
        Bounds middle = bounds(scene.lookup(".centre"));
        assertThat(picture.ink(middle)).as("ink in the middle of %s", where).isBetween(0.002, 0.6);
        assertThat(picture.of(picture.ground(middle), middle)).as("quiet ground of %s", where)
                .isGreaterThan((long) (0.3 * middle.getWidth() * middle.getHeight()));
        Texts.assertWhole(scene, where);
        if (Words.language().get().equals(Locale.KOREAN)) {
            Texts.assertHangul(scene, where);
        }
        Labeled title = titleOf(scene);
        assertThat(picture.ink(bounds(title))).as("the title of %s is written", where).isGreaterThan(0.02);
        Node chosen = scene.lookup("#nav-" + id.id());
        assertThat(picture.ground(bounds(chosen))).as("the chosen view stands out in %s", where)
                .isNotEqualTo(picture.ground(bounds(scene.lookup("#nav-" + (id == ViewId.START ? ViewId.MODEL : ViewId.START).id()))));
    }

    /** What a view is headed by: its title, or that of its empty state. */
    private static Labeled titleOf(Scene scene) {
        return Stream.of(".view-title", ".empty-title", ".big-name").flatMap(style -> scene.lookup(".centre").lookupAll(style).stream())
                .filter(n -> n.localToScene(n.getBoundsInLocal()).getWidth() > 0).map(Labeled.class::cast)
                .filter(l -> !l.getText().isEmpty()).findFirst().orElseThrow();
    }

    private static Bounds bounds(Node node) {
        return node.localToScene(node.getLayoutBounds());
    }
}
