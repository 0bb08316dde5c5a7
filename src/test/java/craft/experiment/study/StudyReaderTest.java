package craft.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.experiment.TinySequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudyReaderTest {
    @TempDir
    Path folder;

    @BeforeEach
    void base() {
        TinySequence.write(folder.resolve("tiny"));
    }

    private Study read(String json) throws IOException {
        return StudyReader.read(Files.writeString(folder.resolve("study.json"), json.replace('\'', '"')));
    }

    @Test
    void everyRunHasAStableIdAndItsWholeRecipe() throws IOException {
        Study study = read("{'name': 'Two', 'base': 'tiny', 'set': {'training.epochs': 1}, 'methods': [{'name': 'CRAFT'}, "
                + "{'name': 'no KL', 'set': {'method.tuning.lambda': 0, 'method.tuning.epsilon': '0'}}], "
                + "'seeds': [1, 20], 'orders': [[1, 2, 3], ['who-again', 'who', 'where']]}");
        assertThat(study.runs()).extracting(StudyRun::id).containsExactly("craft-o1-s1", "craft-o1-s20", "craft-o2-s1",
                "craft-o2-s20", "no-kl-o1-s1", "no-kl-o1-s20", "no-kl-o2-s1", "no-kl-o2-s20");
        assertThat(study.reference()).isEqualTo("CRAFT");
        Recipe recipe = study.run("no-kl-o2-s20").recipe();
        assertThat(recipe.seed()).isEqualTo(20);
        assertThat(recipe.tasks()).extracting(t -> Path.of(t).getFileName().toString())
                .containsExactly("who-again", "who", "where");
        assertThat(recipe.training().epochs()).isEqualTo(1);
        assertThat(RecipeReader.options(recipe)).containsEntry("method.tuning.lambda", "0.0")
                .containsEntry("method.tuning.epsilon", "0.0").containsEntry("method.routing.probeExamples", "8");
        for (StudyRun run : study.runs()) {
            assertThat(run.recipe().data()).as("equal footing").isEqualTo(study.base().data());
            assertThat(run.recipe().model()).isEqualTo(study.base().model());
        }
    }

    @Test
    void whatIsLeftOutComesFromTheRecipe() throws IOException {
        Study study = read("{'base': 'tiny/recipe.json', 'methods': [{'name': 'craft'}]}");
        assertThat(study.name()).isEqualTo(folder.getFileName().toString());
        assertThat(study.seeds()).containsExactly(1L);
        assertThat(study.orders()).containsExactly(new TaskOrder(List.of(1, 2, 3)));
        assertThat(study.runs()).hasSize(1);
    }

    @Test
    void theGridMultipliesMethodsThatDoNotSetItsOptionThemselves() throws IOException {
        Study study = read("{'base': 'tiny', 'methods': [{'name': 'a'}, {'name': 'off', 'set': {'method.routing.enabled': "
                + "false, 'method.routing.rho': 0}}], 'grid': {'method.routing.rho': [0.1, 0.3], 'training.epochs': [1, 2]}}");
        assertThat(study.configurations()).extracting(Configuration::name).containsExactly("a, rho=0.1, epochs=1",
                "a, rho=0.1, epochs=2", "a, rho=0.3, epochs=1", "a, rho=0.3, epochs=2", "off, epochs=1", "off, epochs=2");
        assertThat(study.runs()).extracting(StudyRun::id).contains("a-o1-s1-rho0.3-epochs2", "off-o1-s1-epochs1");
        assertThat(RecipeReader.options(study.run("a-o1-s1-rho0.3-epochs2").recipe()))
                .containsEntry("method.routing.rho", "0.3").containsEntry("training.epochs", "2");
        assertThat(study.reference()).isEqualTo("a, rho=0.1, epochs=1");
    }

    @Test
    void randomOrdersAreDifferentAndTheSameAgain() throws IOException {
        String json = "{'base': 'tiny', 'methods': [{'name': 'a'}], 'orders': {'random': 6, 'seed': 3}}";
        assertThat(read(json).orders()).hasSize(6).doesNotHaveDuplicates().isEqualTo(read(json).orders());
        assertThat(read(json.replace("6", "3")).orders()).isEqualTo(read(json).orders().subList(0, 3));
        assertThat(read(json.replace("'seed': 3", "'seed': 4")).orders()).isNotEqualTo(read(json).orders());
    }

    @Test
    void aStudyWrittenAndReadHasTheSameRuns() throws IOException {
        Study study = read("{'name': 'Öfter', 'description': 'x', 'base': 'tiny', 'methods': [{'name': '기준'}, {'name': 'b', 'set': "
                + "{'training.epochs': 5, 'sites.layers': '1'}}], 'grid': {'method.routing.rho': [0.2, 0.4]}, 'seeds': [3, 1], "
                + "'orders': {'random': 2}, 'reference': 'b', 'joint': '기준'}");
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Files.writeString(copy.resolve("recipe.json"), RecipeReader.write(study.base()));
        Files.writeString(copy.resolve("study.json"), StudyReader.write(study, "recipe.json"));
        Study again = StudyReader.read(copy);
        assertThat(again.runs()).isEqualTo(study.runs());
        assertThat(again.runs().get(0).id()).as("plain ASCII").startsWith("m1-o1-s3");
        assertThat(again.reference()).isEqualTo("b, rho=0.2");
        assertThat(again.joint()).isEqualTo(study.joint());
        assertThat(again.name()).isEqualTo("Öfter");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "['methods'] | must be one JSON object",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'seed': [1]} | seed: there is no such key. Known here: name, description",
        "{'methods': [{'name': 'a'}]} | base: it is missing",
        "{'base': 'nowhere', 'methods': [{'name': 'a'}]} | base: there is no recipe \"nowhere\"",
        "{'base': 'tiny'} | methods: it must be a list of at least one method",
        "{'base': 'tiny', 'methods': []} | methods: it must be a list of at least one method",
        "{'base': 'tiny', 'methods': [{}]} | methods[1]: it has no name",
        "{'base': 'tiny', 'methods': [{'name': 'a', 'option': {}}]} | methods[1].option: there is no such key. Known here: name, set",
        "{'base': 'tiny', 'methods': [{'name': 'a'}, {'name': 'A'}]} | lists method a twice",
        "{'base': 'tiny', 'methods': [{'name': 'a'}, {'name': 'b'}]} | \"a\" and \"b\" are the same",
        "{'base': 'tiny', 'methods': [{'name': 'a', 'set': {'method.routing.ro': 1}}]} | Method \"a\": method.routing.ro=1: there is no option",
        "{'base': 'tiny', 'methods': [{'name': 'a', 'set': {'method.routing.rho': 'x'}}]} | method.routing.rho must be a number",
        "{'base': 'tiny', 'methods': [{'name': 'a', 'set': {'method.routing.rho': -1}}]} | method.routing.rho is -1;",
        "{'base': 'tiny', 'methods': [{'name': 'a', 'set': {'method': {'routing': {}}}}]} | methods[1].set.method: its value must be",
        "{'base': 'tiny', 'methods': [{'name': 'a', 'set': {'method.type': 'oak'}}]} | method.type is \"oak\"",
        "{'base': 'tiny', 'methods': [{'name': 'a', 'set': {'seed': 3}}]} | \"seed\" is the same for all runs",
        "{'base': 'tiny', 'methods': [{'name': 'a', 'set': {'data.trainRows': 3}}]} | \"data.trainRows\" is the same for all runs",
        "{'base': 'tiny', 'set': {'training.epoch': 1}, 'methods': [{'name': 'a'}]} | training.epoch=1: there is no option",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'seeds': []} | lists no seed",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'seeds': [1, 1]} | lists seed 1 twice",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'seeds': [1.5]} | 1.5 is no whole number",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'seeds': 3} | seeds: it must be a list of whole numbers",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'orders': [[1, 2]]} | orders[1]: it lists 2 of 3 tasks. Tasks are: 1 who, 2 where, 3 who-again",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'orders': [[1, 2, 2]]} | orders[1]: task 2 is there twice",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'orders': [[1, 2, 4]]} | orders[1]: there is no task 4",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'orders': [[1, 2, 'whom']]} | there is no task \"whom\"",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'orders': [[1, 2, 3], [1, 2, 3]]} | lists order [1, 2, 3] twice",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'orders': {'random': 7}} | orders.random: it must be from 1 to 6",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'orders': {'random': 'many'}} | orders.random: it must be a whole number",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'grid': {'method.routing.ro': [1]}} | Grid: no method takes the option \"method.routing.ro\"",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'grid': {'method.routing.rho': []}} | grid.method.routing.rho: it must be a list",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'grid': {'method.routing.rho': [1, 1]}} | a value is there twice",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'grid': {'seed': [1, 2]}} | \"seed\" is the same for all runs",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'reference': 'b'} | \"reference\" names \"b\", which is no method",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'joint': 'b'} | \"joint\" names \"b\", which is no method",
        "{'base': 'tiny', 'methods': [{'name': 'a'}], 'name': 3} | name: it must be a text",
        "{'base': 'tiny', 'methods': [{'name': 'a'} | not valid JSON"})
    void malformedStudiesAreRefusedByFileAndPlace(String json, String message) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(folder.resolve("study.json").toString()).hasMessageContaining(message.strip());
    }

    @Test
    void aMissingStudyIsSaid() {
        assertThatThrownBy(() -> StudyReader.read(folder)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("There is no study " + folder.resolve("study.json"));
    }

    @Test
    void aRecipesContentIsTheSameWhereverItsFoldersAre() throws IOException {
        Study study = read("{'base': 'tiny', 'methods': [{'name': 'a'}]}");
        Recipe here = study.runs().get(0).recipe();
        Recipe there = here.withName("other").withModel("D:\\models\\stories260k\\")
                .withTasks(List.of("C:\\x\\who", "/y/where/", "/z/who-again"));
        assertThat(RecipeContent.of(there)).isEqualTo(RecipeContent.of(here));
        assertThat(RecipeContent.of(RecipeReader.with(there, Map.of("training.epochs", "9"))).differences(RecipeContent.of(here)))
                .containsExactly("training.epochs 9 instead of 2");
        assertThat(RecipeContent.of(RecipeReader.with(there, Map.of("engine.cacheMegabytes", "9", "engine.keepCheckpoints", "7"))))
                .as("room, not results").isEqualTo(RecipeContent.of(here));
        assertThat(RecipeContent.of(RecipeReader.with(there, Map.of("engine.precision", "bfloat16"))))
                .isNotEqualTo(RecipeContent.of(here));
        assertThat(RecipeContent.of(there.withSeed(2))).isNotEqualTo(RecipeContent.of(here));
        assertThat(RecipeContent.of(there.withTasks(List.of("/y/where", "/x/who", "/z/who-again"))))
                .isNotEqualTo(RecipeContent.of(here));
    }
}
