package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import craft.error.InvalidInputException;
import craft.intervention.SiteOptions;
import craft.method.TrainingOptions;
import craft.method.craft.CraftOptions;
import craft.method.olora.OLoraOptions;
import craft.task.Score;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeReaderTest {
    @TempDir
    Path folder;

    @Test
    void fillsInDefaultsAndMakesFoldersAbsolute() throws IOException {
        Recipe recipe = read("{\"tasks\": [\"one\", \"../two\"], \"training\": {\"epochs\": 7}}");
        assertThat(recipe.name()).isEqualTo(folder.getFileName().toString());
        assertThat(recipe.model()).isEqualTo("bundled:seedling");
        assertThat(recipe.tasks()).containsExactly(folder.resolve("one").toString(), folder.getParent().resolve("two")
                .toString());
        assertThat(recipe.training()).isEqualTo(new TrainingOptions(2e-4, 4, 0, 1, 7, "", 0.05, 0, 1));
        assertThat(recipe.sites()).isEqualTo(SiteOptions.defaults());
        assertThat(recipe.data()).isEqualTo(DataOptions.defaults());
        assertThat(recipe.method()).isEqualTo(CraftOptions.defaults());
    }

    @Test
    void mergesDeeplyAndReadsConstantsInAnyCase() throws IOException {
        Recipe recipe = read("{\"tasks\": [\"a\"], \"model\": \"models/m\", \"seed\": 12345678901, \"training\": "
                + "{\"learningRate\": 1},"
                + "\"method\": {\"routing\": {\"direction\": \"SYMMETRIC\"}, \"tuning\": {\"start\": \"warm-up\"},"
                + "\"merging\": {\"alpha\": \"Line_Search\", \"epsilon\": 1e-1}}}");
        CraftOptions method = (CraftOptions) recipe.method();
        CraftOptions standard = CraftOptions.defaults();
        assertThat(method.routing().direction()).hasToString("SYMMETRIC");
        assertThat(method.routing().rho()).isEqualTo(standard.routing().rho());
        assertThat(method.tuning().start()).isEqualTo(CraftOptions.Start.WARM_UP);
        assertThat(method.merging().alpha()).isEqualTo(CraftOptions.Alpha.LINE_SEARCH);
        assertThat(method.merging().epsilon()).isEqualTo(0.1);
        assertThat(recipe.model()).isEqualTo(folder.resolve("models").resolve("m").toString());
        assertThat(recipe.seed()).isEqualTo(12345678901L);
        assertThat(recipe.training().learningRate()).isEqualTo(1.0);
    }

    @Test
    void readsAFolderWithARecipeAndABomIsNoTrouble() throws IOException {
        Files.writeString(folder.resolve("recipe.json"), "\uFEFF{\"name\": \"Mine\", \"tasks\": [\"a\"]}");
        assertThat(RecipeReader.read(folder, Map.of()).name()).isEqualTo("Mine");
    }

    @Test
    void aRecipeWrittenIsTheRecipeRead() throws IOException {
        Recipe recipe = read("{\"name\": \"한국어\", \"description\": \"two\\nlines\", \"tasks\": [\"one\", \"two\"], "
                + "\"seed\": -3,"
                + "\"sites\": {\"layers\": \"0-2\", \"identityStart\": true}, \"method\": {\"type\": \"craft\","
                + "\"merging\": {\"alpha\": \"rational\", \"kappa\": 0.1}}}");
        String text = RecipeReader.write(recipe);
        assertThat(text).contains("\"alpha\" : \"rational\"").contains("\"type\" : \"craft\"");
        Files.writeString(folder.resolve("again.json"), text);
        assertThat(RecipeReader.read(folder.resolve("again.json"), Map.of())).isEqualTo(recipe);
        assertThat(Json.mapper().readValue(Json.mapper().writeValueAsString(recipe), Recipe.class)).isEqualTo(recipe);
    }

    @Test
    void anotherMethodTakesItsOwnDefaultsInPlaceOfTheFilesOptions() throws IOException {
        String file = "{\"tasks\": [\"a\"], \"method\": {\"type\": \"craft\", \"routing\": {\"rho\": 0.1}}}";
        assertThat(read(file, Map.of("method.type", "o-lora", "method.lambda1", "2")).method())
                .isEqualTo(new OLoraOptions(OLoraOptions.defaults().lora(), 2, 0));
        assertThat(((CraftOptions) read(file, Map.of("method.type", "craft")).method()).routing().rho()).isEqualTo(0.1);
        assertThatThrownBy(() -> read(file, Map.of("method.type", "o-lora", "method.routing.rho", "1")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("method.routing");
    }

    @Test
    void everyMethodIsReadBackAsItWasWritten() throws IOException {
        for (String type : RecipeReader.methodTypes()) {
            Recipe recipe = read("{\"tasks\": [\"a\"], \"method\": {\"type\": \"" + type + "\"}}", Map.of());
            assertThat(RecipeReader.options(recipe)).containsEntry("method.type", type);
            assertThat(read(RecipeReader.write(recipe), Map.of())).isEqualTo(recipe);
        }
        assertThatThrownBy(() -> read("{\"tasks\": [\"a\"], \"method\": {\"type\": \"none\"}}", Map.of()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("method.type is \"none\"; it must be one of craft, sequential, per-task");
    }

    @Test
    void setsOptionsByPath() throws IOException {
        Recipe recipe = read("{\"tasks\": [\"a\"]}", Map.of("training.epochs", "3", "method.routing.enabled", "false",
                "method.tuning.direction", "reverse", "name", "123", "sites.layers", "1,2", "training.learningRate",
                "1e-3",
                "tasks", "x, y", "model", "bundled:other"));
        assertThat(recipe.training().epochs()).isEqualTo(3);
        assertThat(recipe.training().learningRate()).isEqualTo(1e-3);
        assertThat(((CraftOptions) recipe.method()).routing().enabled()).isFalse();
        assertThat(((CraftOptions) recipe.method()).tuning().direction()).hasToString("REVERSE");
        assertThat(recipe.name()).isEqualTo("123");
        assertThat(recipe.sites().layers()).isEqualTo("1,2");
        assertThat(recipe.tasks()).containsExactly(folder.resolve("x").toString(), folder.resolve("y").toString());
        assertThat(recipe.model()).isEqualTo("bundled:other");
        assertThat(read("{}", Map.of("tasks", "[\"p, q\"]")).tasks())
                .containsExactly(folder.resolve("p, q").toString());
    }

    @Test
    void everyOptionListedCanBeSetToItsOwnValue() throws IOException {
        Recipe recipe = read("{\"tasks\": [\"one\", \"two\"], \"training\": {\"learningRate\": 0.01}}");
        SortedMap<String, String> options = RecipeReader.options(recipe);
        assertThat(options.keySet()).startsWith("name", "description", "model", "tasks", "seed", "scenario",
                        "engine.precision")
                .contains("method.type", "method.merging.kappa").contains("method.inference");
        assertThat(options).containsEntry("training.learningRate", "0.01")
                .containsEntry("method.merging.alpha", "line-search");
        assertThat(options.get("no.such.option")).isNull();
        assertThat(RecipeReader.with(recipe, options)).isEqualTo(recipe);
        assertThat(RecipeReader.with(recipe, Map.of("seed", "9"))).isEqualTo(recipe.withSeed(9));
    }

    @Test
    void aRecipeForTheWindowMayStillBeEmpty() {
        Recipe recipe = RecipeReader.of("New", "bundled:seedling", List.of());
        assertThat(recipe.tasks()).isEmpty();
        assertThat(RecipeReader.with(recipe, Map.of("training.epochs", "2")).training().epochs()).isEqualTo(2);
        assertThatThrownBy(() -> RecipeReader.with(recipe, Map.of("training.epochs", "0")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("training.epochs");
        String task = folder.resolve("t").toString();
        assertThat(RecipeReader.of("New", "bundled:seedling", List.of(task)).tasks()).containsExactly(task);
    }

    /** What is changed in a recipe is checked as what is read: the window and --set go through it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "engine.parts | 0 | engine.parts is 0; it must be from 1 to 2147483647",
        "engine.keepCheckpoints | 0 | engine.keepCheckpoints is 0",
        "engine.precision | float8 | engine.precision is \"float8\"; it must be one of float32",
        "sites.rank | 0 | sites.rank is 0; it must be from 1 to 65536",
        "sites.layers | 1-x | sites.layers is \"1-x\"; write all",
        "sites.positions | z4 | z4",
        "method.tuning.eta | 0 | method.tuning.eta is 0; it must be above 0 and at most 1000000000",
        "name | ' ' | has no name",
        "tasks | a,a | twice"})
    void whatIsChangedIsCheckedAsWhatIsRead(String path, String value, String message) throws IOException {
        Recipe recipe = read("{\"tasks\": [\"a\"]}");
        assertThatThrownBy(() -> RecipeReader.with(recipe, Map.of(path, value))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
        assertThatThrownBy(() -> read("{\"tasks\": [\"a\"]}", Map.of(path, value))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    /** Of every option that is a number, of every method: what is no number is refused by name, and a range says both its bounds. */
    @ParameterizedTest
    @MethodSource("craft.experiment.RecipeReader#methodTypes")
    void everyNumberOutOfItsRangeIsToldWithBothBounds(String type) throws IOException {
        Recipe recipe = read("{\"tasks\": [\"a\"], \"method\": {\"type\": \"" + type + "\"}}");
        RecipeReader.options(recipe).forEach((option, standard) -> {
            if (!standard.matches("-?[0-9.]+(E-?[0-9]+)?") || option.equals("seed") || option.equals("sites.layers")) {
                return;
            }
            for (String value : List.of("nan", "NaN", "1e999", "-1e999", "1_000", "0x10", "", "[1]", "one", "null", "{}")) {
                assertThatThrownBy(() -> RecipeReader.with(recipe, Map.of(option, value))).as(option + "=" + value)
                        .isInstanceOf(InvalidInputException.class).hasMessageContaining("option " + option + " must be a ")
                        .hasMessageContaining("\"" + value + "\"");
            }
            for (String value : List.of("1e300", "-1e300", "9e12", "-1")) {
                assertThatThrownBy(() -> RecipeReader.with(recipe, Map.of(option, value))).as(option + "=" + value)
                        .isInstanceOf(InvalidInputException.class).hasMessageContaining(option)
                        .hasMessageMatching("(?s).*(must be a whole number.*|must be (from -?[0-9.]+ to [0-9.]+|above [0-9.]+ and at most [0-9.]+|"
                                + "at least [0-9.]+ and below [0-9.]+)\\.)");
            }
        });
    }

    @Test
    void aNumberInTheFileDoesNotNarrowWhatMayBeSet() throws IOException {
        Recipe recipe = read("{\"tasks\": [\"a\"], \"seed\": 1, \"training\": {\"learningRate\": 1}}",
                Map.of("training.learningRate", "0.5", "seed", "3000000000"));
        assertThat(recipe.training().learningRate()).isEqualTo(0.5);
        assertThat(recipe.seed()).isEqualTo(3_000_000_000L);
    }

    @Test
    void foldersMayBeginAtHome() throws IOException {
        Path home = Path.of(System.getProperty("user.home"));
        Recipe recipe = read("{\"model\": \"~/models/x\", \"tasks\": [\"~/a\", \"~b\"]}", Map.of());
        assertThat(recipe.model()).isEqualTo(home.resolve("models").resolve("x").toString());
        assertThat(recipe.tasks()).containsExactly(home.resolve("a").toString(), folder.resolve("~b").toString());
    }

    static List<Arguments> badRecipes() {
        return List.of(
                Arguments.of("{\"tasks\": [\"a\"], \"trainin\": {}}",
                        List.of("no option \"trainin\"", "Did you mean \"training\"?",
                        "Known here: name, description, model")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": {\"epoch\": 1}}",
                        List.of("no option \"training.epoch\"",
                        "Did you mean \"epochs\"?", "Known under \"training\": learningRate, batchSize")),
                Arguments.of("{\"tasks\": [\"a\"], \"method\": {\"tuning\": {\"zzzzzzzz\": 1}}}",
                        List.of("no option \"method.tuning.zzzzzzzz\"", "Known under \"method.tuning\": lambda")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": {\"epochs\": \"3\"}}",
                        List.of("training.epochs must be a whole number, not \"3\"")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": {\"epochs\": 3.5}}",
                        List.of("must be a whole number, not 3.5")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": {\"epochs\": 3000000000}}",
                        List.of("must be a whole number")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": {\"learningRate\": true}}",
                        List.of("must be a number, not true")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": {\"learningRate\": 1e999}}",
                        List.of("must be a number")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": 3}", List.of("option training must be an object")),
                Arguments.of("{\"tasks\": [\"a\"], \"name\": null}", List.of("option name must be a text, not null")),
                Arguments.of("{\"tasks\": [\"a\"], \"sites\": {\"layers\": [1]}}",
                        List.of("sites.layers must be a text, not [1]")),
                Arguments.of("{\"tasks\": [\"a\"], \"method\": {\"routing\": {\"enabled\": 1}}}",
                        List.of("method.routing.enabled must be true or false")),
                Arguments.of("{\"tasks\": \"a\"}", List.of("option tasks must be a list of texts")),
                Arguments.of("{\"tasks\": [1]}", List.of("option tasks must be a list of texts")),
                Arguments.of("{\"tasks\": []}", List.of("lists no tasks")),
                Arguments.of("{\"tasks\": [\"\"]}", List.of("option tasks has an empty folder name")),
                Arguments.of("{\"tasks\": [\"a\", \"./a\"]}", List.of("twice")),
                Arguments.of("{\"name\": \"x\"}", List.of("lists no tasks", "\"tasks\": [")),
                Arguments.of("{\"tasks\": [\"a\"], \"method\": {\"type\": \"crft\"}}",
                        List.of("method.type is \"crft\"", "one of craft")),
                Arguments.of("{\"tasks\": [\"a\"], \"method\": {\"merging\": {\"alpha\": \"best\"}}}",
                        List.of("option method.merging.alpha is \"best\"",
                                "one of line-search, exponential, rational.")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": {\"epochs\": 0}}", List.of("training.epochs is 0")),
                Arguments.of("{\"tasks\": [\"a\"],\n  \"name\" \"x\"}", List.of("line 2, column", "not valid JSON")),
                Arguments.of("{\"tasks\": [\"a\"], \"tasks\": [\"b\"]}", List.of("not valid JSON", "\"tasks\" is given twice")),
                Arguments.of("{\"tasks\": [\"a\"]} x", List.of("not valid JSON")),
                Arguments.of("{\"tasks\": [\"a\"]} {}", List.of("follows the end of the recipe")),
                Arguments.of("{\"tasks\": [\"a\"], \"training\": {\"learningRate\": \"3e-3\"}}",
                        List.of("training.learningRate must be a number, not \"3e-3\" in quotes")),
                Arguments.of("{\"tasks\": [\"a\"], // mine\n}", List.of("line 1, column 18", "a comment; JSON has none")),
                Arguments.of("{\"tasks\": [\"a\"],\n}", List.of("line 2, column 1", "the comma before this }")),
                Arguments.of("{\"tasks\":" + "[".repeat(1200), List.of("nested too deeply")),
                Arguments.of("\0{\0}", List.of("UTF-16")),
                Arguments.of("[]", List.of("must be one JSON object")),
                Arguments.of("", List.of("must be one JSON object")));
    }

    @ParameterizedTest
    @MethodSource("badRecipes")
    void refusesWithFileOptionAndRemedy(String json, List<String> parts) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts).contains("mine.json")
                        .doesNotContain("com.fasterxml", "craft.experiment", "Feature", "Source", "java."));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "training.epoch | 3 | there is no option \"training.epoch\". Nearest: training.epochs",
        "epochs | 3 | Nearest: training.epochs",
        "method.lambda | 3 | Nearest: method.tuning.lambda",
        "method.merging.strength | 3 | there is no option \"method.merging.strength\". There are method.merging.enabled, ",
        "method.routing.roh | 3 | Nearest: method.routing.rho",
        "training | 3 | \"training\" is a group of options. Set one of training.learningRate",
        "training.epochs | many | option training.epochs must be a whole number, not \"many\"",
        "method.routing.enabled | yes | must be true or false, not \"yes\"",
        "method.merging.space | outer | must be one of function, parameter"})
    void refusesBadSettings(String path, String value, String message) {
        assertThatThrownBy(() -> read("{\"tasks\": [\"a\"]}", Map.of(path, value)))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining(message);
    }

    @Test
    void refusesAMissingFileAndAFolderWithoutRecipe() throws IOException {
        assertThatThrownBy(() -> RecipeReader.read(folder.resolve("no.json"), Map.of()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("There is no recipe")
                .hasMessageContaining("no.json");
        assertThatThrownBy(() -> RecipeReader.read(folder, Map.of()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("has no recipe.json");
        Files.write(folder.resolve("latin.json"), "{\"name\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> RecipeReader.read(folder.resolve("latin.json"), Map.of()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("UTF-8");
    }

    static List<RunEvent> events() {
        double nan = Double.NaN;
        return List.of(
                new RunEvent.RunStarted("r", "m", "craft", 1L << 40,
                        List.of(new RunEvent.TaskInfo("한국어", "topic", "ko", List.of("가", "나"), 3, 4)), 5),
                new RunEvent.TaskStarted(1),
                new RunEvent.StageStarted(1, RunEvent.Stage.WARM_UP, 3),
                new RunEvent.StepDone(1, RunEvent.Stage.TUNE, 1, 2, 3, 0.1, nan, nan, 0, 1e-300,
                        Double.POSITIVE_INFINITY, 5, nan),
                new RunEvent.Validated(1, 2, nan, 0.25),
                new RunEvent.RoutingDecided(2, List.of(nan, 0.1), nan, 0.3, "0.5 * d_0", 2, 2, false),
                new RunEvent.RoutingDecided(1, List.of(), 0.2, 0.1, "", 0, 1, true),
                new RunEvent.Merged(2, 1, 0.5, "line search", nan, 0.1, 0.2),
                new RunEvent.StageFinished(1, RunEvent.Stage.EVALUATE, 3, "", 0.5),
                new RunEvent.TaskFinished(1, 1, 2.5),
                new RunEvent.TaskEvaluated(0, 1, 0, false, new Score(0.5, nan, nan, 0.25, 8)),
                new RunEvent.Note("a \"note\"\nof two lines"),
                new RunEvent.RunPaused(), new RunEvent.RunContinued(),
                new RunEvent.RunFinished(1.5, nan, 1L << 33), new RunEvent.CheckpointWritten(7, "x"),
                new RunEvent.RunResumed(1L << 40, ""),
                new RunEvent.RunFinished(1.5, nan, 3, new RunEvent.Cost(1.5, 1L << 34, 2, nan, 3, 4)),
                new RunEvent.RunInterrupted("stopped"),
                new RunEvent.RunFailed("m", "d"),
                new RunEvent.RunFailed("m", "d", new Divergence("loss", true, 1, "한국어", false, 3, 4, 3, 2,
                        Map.of("training.learningRate", "10"))));
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyEventSurvivesJson(RunEvent event) throws JsonProcessingException {
        String json = Json.mapper().writerFor(RunEvent.class).writeValueAsString(event);
        assertThat(json).startsWith("{\"event\":\"" + event.getClass().getSimpleName() + "\"").doesNotContain("\n");
        assertThat(Json.mapper().writeValueAsString(event)).isEqualTo(json);
        assertThat(Json.mapper().readValue(json, RunEvent.class)).isEqualTo(event);
    }

    @Test
    void noKindOfEventIsLeftOut() {
        assertThat(events()).extracting(Object::getClass).extracting(Class::getSimpleName)
                .contains(java.util.Arrays.stream(RunEvent.class.getPermittedSubclasses()).map(Class::getSimpleName)
                        .toArray(String[]::new));
    }

    private Recipe read(String json) throws IOException {
        return read(json, Map.of());
    }

    private Recipe read(String json, Map<String, String> set) throws IOException {
        Path file = folder.resolve("mine.json");
        Files.writeString(file, json);
        return RecipeReader.read(file, set);
    }
}
