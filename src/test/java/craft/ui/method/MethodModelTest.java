package craft.ui.method;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RecipeReader;
import craft.ui.Direct;
import craft.ui.FakeDialogs;
import craft.ui.FakeRuns;
import craft.ui.WorkbenchModel;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
        for (String type : RecipeReader.methodTypes()) {
            assertThat(model.edit("method.type", type)).isTrue();
            assertThat(words.has("value." + type)).as(type).isTrue();
            assertThat(model.options()).hasSizeGreaterThan(25).allSatisfy(o -> assertThat(words.has("name." + o.path())
                    && words.has("about." + o.path()) && words.has("group." + o.group())).as(o.path()).isTrue());
        }
    }

    @Test
    void everyChoiceIsAccepted() {
        Set<String> tried = new TreeSet<>();
        for (String type : RecipeReader.methodTypes()) {
            model.edit("method.type", type);
            MethodModel.CHOICES.keySet().stream().filter(path -> !path.equals("method.type")).filter(this::isThere).forEach(path -> {
                tried.add(path);
                List<String> choices = MethodModel.CHOICES.get(path);
                assertThat(choices).contains(option(path).value());
                for (String choice : choices) {
                    assertThat(model.edit(path, choice)).as(path + "=" + choice).isTrue();
                    assertThat(option(path).value()).isEqualTo(choice);
                }
            });
        }
        tried.add("method.type");
        assertThat(tried).isEqualTo(new TreeSet<>(MethodModel.CHOICES.keySet()));
    }

    private boolean isThere(String path) {
        return model.options().stream().anyMatch(o -> o.path().equals(path));
    }

    @Test
    void anotherMethodBringsItsOwnOptionsAtTheirDefaults() {
        assertThat(model.edit("method.type", "o-lora")).isTrue();
        assertThat(option("method.lambda1").value()).isEqualTo("0.5");
        assertThat(option("method.lora.alpha").choices()).isEmpty();
        assertThat(model.options()).filteredOn(o -> o.path().startsWith("method.")).extracting(Option::path)
                .doesNotContain("method.routing.enabled").first().isEqualTo("method.type");
        assertThat(model.options()).filteredOn(o -> o.path().startsWith("method.") && o.changed()).extracting(Option::path)
                .containsExactly("method.type");
        assertThat(workbench.recipe().get().methodName()).isEqualTo("O-LoRA");
        assertThat(model.edit("method.lora.targets", "q,w")).isFalse();
        assertThat(model.problems().get("method.lora.targets")).contains("method.lora.targets is \"q,w\"");
        model.useCraft();
        assertThat(option("method.type").value()).isEqualTo("craft");
        assertThat(option("method.routing.enabled").value()).isEqualTo("true");
        model.edit("method.type", "frozen");
        model.useSequential();
        assertThat(option("method.routing.enabled").value()).isEqualTo("false");
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
