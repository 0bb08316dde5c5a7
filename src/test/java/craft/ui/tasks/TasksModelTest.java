package craft.ui.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import craft.error.InvalidInputException;
import craft.ui.Direct;
import craft.ui.FakeDialogs;
import craft.ui.FakeRuns;
import craft.ui.WorkbenchModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TasksModelTest {
    @TempDir
    Path temp;
    private WorkbenchModel workbench;
    private TasksModel model;

    @BeforeEach
    void open() {
        workbench = Direct.model(FakeRuns.some(), new FakeDialogs(), temp);
        model = new TasksModel(workbench);
    }

    private Path task(String name, String row) throws IOException {
        Path folder = Files.createDirectories(temp.resolve(name));
        for (String part : List.of("train", "eval", "test")) {
            Files.writeString(folder.resolve(part + ".jsonl"), "{\"prompt\": \"one\", \"answer\": \"yes\"}\n" + row
                    + "\n");
        }
        return folder;
    }

    private static final String GOOD = "{\"prompt\": \"two\", \"answer\": \"no\"}";

    private List<String> names() {
        return model.items().stream().map(TaskItem::name).toList();
    }

    @Test
    void aFirstTaskMakesARecipe() throws IOException {
        assertThat(model.add(task("a", GOOD))).isTrue();
        assertThat(names()).containsExactly("a");
        assertThat(model.selectedItem().reading().task().train()).hasSize(2);
        assertThat(workbench.recipe().get().tasks()).hasSize(1);
    }

    @Test
    void theQueueIsMovedAndShortenedWithTheChoiceFollowing() throws IOException {
        for (String name : List.of("a", "b", "c", "d")) {
            model.add(task(name, GOOD));
        }
        assertThat(model.selectedItem().name()).isEqualTo("d");
        assertThat(model.canMove(1)).isFalse();
        model.move(-1);
        assertThat(names()).containsExactly("a", "b", "d", "c");
        assertThat(model.selectedItem().name()).isEqualTo("d");
        model.move(0, 3);
        assertThat(names()).containsExactly("b", "d", "c", "a");
        model.move(3, 1);
        assertThat(names()).containsExactly("b", "a", "d", "c");
        model.move(0, 9);
        assertThat(names()).containsExactly("b", "a", "d", "c");
        model.remove();
        assertThat(names()).containsExactly("b", "a", "c");
        assertThat(model.selectedItem().name()).isEqualTo("c");
    }

    @Test
    void theSameFolderIsNotAddedTwice() throws IOException {
        Path folder = task("a", GOOD);
        model.add(folder);
        assertThat(model.add(folder.resolve("../a"))).isFalse();
        assertThat(model.items()).hasSize(1);
    }

    @Test
    void badRowsAreListedAndTheOthersStay() throws IOException {
        model.add(task("a", "{\"prompt\": \"two\"}"));
        assertThat(model.selectedItem().reading().badRows()).isNotEmpty()
                .allMatch(p -> p.row() == 2 && p.reason().contains("answer"));
    }

    @Test
    void aFolderThatIsNoTaskIsToldAndReadAnewWhenAddedAgain() throws IOException {
        Path folder = Files.createDirectories(temp.resolve("a"));
        model.add(folder);
        assertThat(model.selectedItem().failure()).isInstanceOf(InvalidInputException.class);
        model.remove();
        task("a", GOOD);
        model.add(folder);
        assertThat(model.selectedItem().failure()).isNull();
        assertThat(model.selectedItem().reading()).isNotNull();
    }
}
