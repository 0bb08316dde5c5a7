package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.task.TaskReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledTest {

    @Test
    void findsTheProjectsOwnAssets() {
        assertThat(Bundled.model("seedling")).isDirectoryContaining(f -> f.endsWith("config.json"));
        assertThat(Bundled.model("bundled:seedling")).isEqualTo(Bundled.model("seedling"));
        assertThat(Bundled.samples()).first().satisfies(f -> assertThat(f.getFileName()).hasToString("quickstart"));
        assertThat(Bundled.samples()).extracting(f -> f.getFileName().toString()).contains("korean");
    }

    @Test
    void everySampleIsGoodAndSaysWhatLicenceItsTasksHave() {
        for (Path sample : Bundled.samples()) {
            assertThat(sample.resolve("README.md")).content().contains("licence");
            Recipe recipe = RecipeReader.read(sample, Map.of());
            for (String task : recipe.tasks()) {
                assertThat(TaskReader.read(Path.of(task)).requireAllGood().about()).containsKeys("licence", "source");
            }
        }
    }

    @Test
    void refusesABundledModelThatIsNotThereAndNamesThoseThatAre() {
        for (String name : new String[] {"oak", "", "..", "../models/seedling"}) {
            assertThatThrownBy(() -> Bundled.model(name)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("no bundled model \"" + name + "\"").hasMessageContaining("bundled:seedling");
        }
    }

    @Test
    void looksUpwardsForBothFolders(@TempDir Path folder) throws IOException {
        Path deep = Files.createDirectories(folder.resolve("home/target/classes/craft"));
        Files.createDirectories(folder.resolve("home/target/assets"));
        assertThat(Bundled.nearestAbove(deep)).isEmpty();
        Files.createDirectories(folder.resolve("home/assets"));
        Files.createDirectories(folder.resolve("home/sample-tasks"));
        assertThat(Bundled.nearestAbove(deep)).contains(folder.resolve("home").toAbsolutePath().normalize());
    }
}
