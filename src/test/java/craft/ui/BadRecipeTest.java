package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.Recipe;
import craft.experiment.TinySequence;
import craft.store.RunStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import javafx.scene.control.Labeled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a recipe is said in the window, by the real checks, and no run is made of it. */
class BadRecipeTest {
    @TempDir
    Path temp;
    private TestWindow window;
    private Path tiny;

    @BeforeEach
    void open() throws TimeoutException {
        tiny = TinySequence.write(temp.resolve("tiny"));
        window = new TestWindow(new StoreRuns(new RunStore(temp.resolve("runs"))), temp);
        window.robot.interact(() -> window.model.openRecipe(tiny.resolve("recipe.json")));
        window.await(() -> window.model.modelCard().get() != null);
        window.view(ViewId.METHOD);
    }

    @AfterEach
    void close() throws TimeoutException {
        window.close();
    }

    @Test
    void aModelThatIsNotThere() {
        refused(r -> r.withModel(temp.resolve("no-such-model").toString()), "no-such-model");
    }

    @Test
    void aRowWithoutAnAnswer() throws Exception {
        Files.writeString(tiny.resolve("where").resolve("train.jsonl"), "{\"text\": \"It went\"}\n",
                StandardOpenOption.APPEND);
        refused(r -> r, "train.jsonl", "25", "label");
    }

    @Test
    void aLayerTheModelDoesNotHave() {
        refused(r -> window.model.services().inputs().with(r, Map.of("sites.layers", "99")), "99", "layers");
    }

    @Test
    void aTaskFolderThatIsNotThere() {
        refused(r -> r.withTasks(List.of(tiny.resolve("gone").toString())), "gone");
    }

    private void refused(UnaryOperator<Recipe> change, String... told) {
        window.robot.interact(() -> window.model.setRecipe(change.apply(window.model.recipe().get())));
        window.robot.clickOn("#run");
        window.await(60, () -> !window.model.errors().messages().isEmpty());
        assertThat(window.robot.lookup(".banner-error").lookup(".label").queryAllAs(Labeled.class)).hasSize(1)
                .allSatisfy(label -> assertThat(label.getText()).contains(told).doesNotContain("Exception"));
        assertThat(window.model.live().get()).isNull();
        assertThat(window.model.view().get()).isEqualTo(ViewId.METHOD);
        assertThat(window.find("#run").isDisabled()).as("it can be mended and tried again").isFalse();
        assertThat(temp.resolve("runs")).doesNotExist();
        window.robot.interact(() -> Screenshots.take(window.stage.getScene(), "bad-recipe-" + told[0]));
    }
}
