package craft.ui.method;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RecipeReader;
import craft.ui.Direct;
import craft.ui.FakeDialogs;
import craft.ui.FakeRuns;
import craft.ui.WorkbenchModel;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MethodModelTest {
    @TempDir
    Path temp;
    private WorkbenchModel workbench;
    private MethodModel model;

    @BeforeEach
    void open() {
        workbench = Direct.model(FakeRuns.some(), new FakeDialogs(), temp);
        model = new MethodModel(workbench);
        workbench.openQuickstart();
    }

    private Option option(String path) {
        return model.options().stream().filter(o -> o.path().equals(path)).findFirst().orElseThrow();
    }

    @Test
    void everyOptionHasANameAndAMeaning() {
        Words words = Words.of("method");
        assertThat(model.options()).hasSizeGreaterThan(25)
                .allMatch(o -> words.has("name." + o.path()) && words.has("about." + o.path())
                        && words.has("group." + o.group()));
    }

    @Test
    void everyChoiceIsAccepted() {
        MethodModel.CHOICES.forEach((path, choices) -> {
            assertThat(choices).contains(option(path).value());
            for (String choice : choices) {
                assertThat(model.edit(path, choice)).as(path + "=" + choice).isTrue();
                assertThat(option(path).value()).isEqualTo(choice);
            }
        });
    }

    @Test
    void aGoodValueChangesTheRecipeAndTheDefaultBringsItBack() {
        Option before = option("method.tuning.lambda");
        assertThat(model.edit(before.path(), "0.75")).isTrue();
        assertThat(option(before.path()).changed()).isTrue();
        assertThat(RecipeReader.options(workbench.recipe().get())).containsEntry("method.tuning.lambda", "0.75");
        model.reset(option(before.path()));
        assertThat(option(before.path())).isEqualTo(before);
    }

    @Test
    void aBadValueIsRefusedWithAReasonUntilAGoodOneComes() {
        Map<String, String> before = RecipeReader.options(workbench.recipe().get());
        assertThat(model.edit("training.batchSize", "many")).isFalse();
        assertThat(model.edit("training.epochs", "0")).isFalse();
        assertThat(model.problems()).containsOnlyKeys("training.batchSize", "training.epochs");
        assertThat(model.problems().get("training.epochs")).contains("training.epochs");
        assertThat(RecipeReader.options(workbench.recipe().get())).isEqualTo(before);
        assertThat(model.edit("training.epochs", "2")).isTrue();
        assertThat(model.problems()).containsOnlyKeys("training.batchSize");
    }

    @Test
    void thePresetsSwitchBetweenCraftAndTheBaseline() {
        model.useSequential();
        assertThat(option("method.routing.enabled").value()).isEqualTo("false");
        assertThat(Double.parseDouble(option("method.tuning.lambda").value())).isZero();
        assertThat(option("method.merging.enabled").value()).isEqualTo("false");
        model.useCraft();
        assertThat(model.options()).filteredOn(o -> o.path().startsWith("method.")).noneMatch(Option::changed);
    }

    @Test
    void modelAndTasksAreEditedElsewhere() {
        assertThat(model.options()).noneMatch(o -> o.path().startsWith("model") || o.path().startsWith("tasks"));
    }
}
