package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.experiment.RunArtifacts;
import craft.experiment.RunControl;
import craft.intervention.AdapterFiles;
import craft.intervention.AdapterFiles.TaskGroup;
import craft.intervention.InterventionSet;
import craft.intervention.Intervention;
import craft.intervention.LoraSet;
import craft.lm.FloatTensor;
import craft.lm.Projection;
import craft.lm.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportsTest {
    private static final InterventionSet FIRST = Samples.set(1, 3, 8, 0, 2);
    private static final InterventionSet FIRST_CHANGED = Samples.set(2, 3, 8, 0, 2);
    private static final InterventionSet SECOND = Samples.set(3, 3, 8, 0, 2);

    @TempDir
    Path temp;
    private Path run;
    private Path target;
    private RunArtifacts artifacts;

    @BeforeEach
    void prepare() {
        RunStore store = new RunStore(temp.resolve("runs"), Clock.systemUTC(), (recipe, listener, keeps) -> {
            artifacts = keeps;
            return new Idle();
        });
        Recipe recipe = Samples.recipe("Export me", "/m", List.of("/tasks/a", "/tasks/b", "/tasks/c"));
        run = store.prepare(recipe).folder();
        target = temp.resolve("out/nested");
    }

    /** Never runs. */
    private static final class Idle implements RunControl {
        @Override
        public void start() {
        }

        @Override
        public void pause() {
        }

        @Override
        public void resume() {
        }

        @Override
        public void stop() {
        }

        @Override
        public boolean running() {
            return false;
        }

        @Override
        public void await() {
        }
    }

    private void threeTasks() {
        artifacts.adapters(1, List.of(FIRST), List.of(1));
        artifacts.adapters(2, List.of(FIRST, SECOND), List.of(1, 2));
        artifacts.adapters(3, List.of(FIRST_CHANGED, SECOND), List.of(1, 2, 1));
    }

    @Test
    void ownFormatIsTheNewestStateWithItsLineage() throws IOException {
        threeTasks();
        assertThat(RunStore.open(run).hasInterventions()).isTrue();
        List<Path> files = Exports.export(run, target, ExportFormat.CRAFT);
        assertThat(files).containsExactly(target.resolve("adapters.safetensors"),
                target.resolve("adapters.json"), target.resolve("recipe.json"));
        AdapterFiles.Contents contents = AdapterFiles.read(target);
        assertThat(contents.groups()).usingRecursiveComparison().isEqualTo(List.of(FIRST_CHANGED, SECOND));
        assertThat(contents.origin().tasks())
                .containsExactly(new TaskGroup("a", 1), new TaskGroup("b", 2), new TaskGroup("c", 1));
        assertThat(contents.origin().changedAfter()).containsExactly(3, 2);
        assertThat(Json.mapper().readValue(target.resolve("recipe.json").toFile(), Recipe.class))
                .isEqualTo(RunStore.open(run).recipe());
        assertThat(AdapterFiles.read(run.resolve("interventions/after-1")).groups()).hasSize(1);
        assertThat(names(target)).as("nothing unfinished is left").hasSize(3);
    }

    @Test
    void newestIsByNumberNotByName() {
        for (int after = 1; after <= 10; after++) {
            artifacts.adapters(after, List.of(Samples.set(after, 3, 8, 0)), List.of(1));
        }
        Exports.export(run, target, ExportFormat.CRAFT);
        assertThat(AdapterFiles.read(target).origin().changedAfter()).containsExactly(10);
    }

    @Test
    void writingTheSameStateAgainReplacesIt() {
        artifacts.adapters(1, List.of(FIRST), List.of(1));
        artifacts.adapters(1, List.of(FIRST_CHANGED), List.of(1));
        assertThat(AdapterFiles.read(run.resolve("interventions/after-1")).groups()).usingRecursiveComparison()
                .isEqualTo(List.of(FIRST_CHANGED));
    }

    @Test
    void pyreftFolderOpensTensorForTensor() throws IOException {
        threeTasks();
        List<Path> files = Exports.export(run, target, ExportFormat.PYREFT);
        assertThat(files).allSatisfy(f -> assertThat(f).isRegularFile()).hasSize(7);
        List<InterventionSet> groups = List.of(FIRST_CHANGED, SECOND);
        for (int g = 1; g <= 2; g++) {
            Path folder = target.resolve("group-" + g);
            assertThat(names(folder)).containsExactly("config.json",
                    "intkey_layer_0_comp_block_output_unit_pos_nunit_1#0.bin",
                    "intkey_layer_2_comp_block_output_unit_pos_nunit_1#0.bin");
            for (Intervention site : groups.get(g - 1).sites()) {
                Map<String, TorchReader.Tensor> tensors = TorchReader.read(folder.resolve(
                        "intkey_layer_" + site.layer() + "_comp_block_output_unit_pos_nunit_1#0.bin"));
                assertThat(tensors.keySet()).containsExactly("weight", "bias", "rotate_layer");
                TorchReader.Tensor weight = tensors.get("weight");
                assertThat(weight.size()).containsExactly(3, 8);
                assertThat(weight.stride()).containsExactly(8, 1);
                assertThat(weight.values()).isEqualTo(site.array("weight"));
                assertThat(tensors.get("bias").size()).containsExactly(3);
                assertThat(tensors.get("bias").values()).isEqualTo(site.array("bias"));
                TorchReader.Tensor rotate = tensors.get("rotate_layer");
                assertThat(rotate.size()).containsExactly(8, 3);
                assertThat(rotate.stride()).containsExactly(3, 1);
                for (int i = 0; i < 3; i++) {
                    for (int k = 0; k < 8; k++) {
                        assertThat(rotate.values()[k * 3 + i]).isEqualTo(site.array("rotation")[i * 8 + k]);
                    }
                }
            }
        }
    }

    @Test
    void pyreftConfigHasItsParallelLists() throws IOException {
        threeTasks();
        Exports.export(run, target, ExportFormat.PYREFT);
        JsonNode config = Json.mapper().readTree(target.resolve("group-1/config.json").toFile());
        assertThat(config.path("intervention_constant_sources").toString()).isEqualTo("[true,true]");
        assertThat(config.path("intervention_dimensions").toString()).isEqualTo("[8,8]");
        assertThat(config.path("intervention_types").toString())
                .isEqualTo("[\"<class 'pyreft.interventions.LoreftIntervention'>\","
                        + "\"<class 'pyreft.interventions.LoreftIntervention'>\"]");
        assertThat(config.path("mode").asText()).isEqualTo("parallel");
        assertThat(config.path("representations").toString()).isEqualTo(
                "[[0,\"block_output\",\"pos\",1,3,null,null,null,null,null,null,null,null],"
                        + "[2,\"block_output\",\"pos\",1,3,null,null,null,null,null,null,null,null]]");
        assertThat(config.path("sorted_keys").toString()).isEqualTo(
                "[\"layer_0_comp_block_output_unit_pos_nunit_1#0\",\"layer_2_comp_block_output_unit_pos_nunit_1#0\"]");
        assertThat(config.path("transformers_version").asText()).isNotEmpty();
        JsonNode groups = Json.mapper().readTree(target.resolve("groups.json").toFile());
        assertThat(groups.at("/0/tasks").toString()).isEqualTo("[\"a\",\"c\"]");
        assertThat(groups.at("/1/positions").asText()).isEqualTo("f2+l4");
    }

    @Test
    void secondExportReplacesTheFirstAndTouchesNothingElse() throws IOException {
        threeTasks();
        Exports.export(run, target, ExportFormat.PYREFT);
        Files.writeString(target.resolve("group-2/mine.txt"), "keep");
        Files.writeString(target.resolve("notes.txt"), "keep");
        artifacts.adapters(4, List.of(Samples.set(9, 2, 8, 5)), List.of(1, 1, 1));
        Exports.export(run, target, ExportFormat.PYREFT);
        assertThat(names(target.resolve("group-1"))).containsExactly("config.json",
                "intkey_layer_5_comp_block_output_unit_pos_nunit_1#0.bin");
        assertThat(names(target.resolve("group-2"))).containsExactly("mine.txt");
        assertThat(target.resolve("notes.txt")).hasContent("keep");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void nothingToExportDamagedFilesAndImpossibleTargetsAreRefused() throws IOException {
        assertThatThrownBy(() -> Exports.export(run, target, ExportFormat.CRAFT))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("nothing to export");
        assertThatThrownBy(() -> Exports.export(temp, target, ExportFormat.CRAFT))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("not the folder of a run");
        assertThat(target).doesNotExist();
        threeTasks();
        Path file = Files.writeString(temp.resolve("file"), "");
        assertThatThrownBy(() -> Exports.export(run, file, ExportFormat.PYREFT))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining(file.toString());
        Files.delete(run.resolve("interventions/after-3/adapters.safetensors"));
        assertThatThrownBy(() -> Exports.export(run, target, ExportFormat.PYREFT))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("adapters.safetensors");
    }

    private static LoraSet lora(long seed) {
        Random random = new Random(seed);
        float[] a = new float[2 * 3 * 64];
        float[] b = new float[2 * 64 * 3];
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextFloat();
            b[i] = random.nextFloat();
        }
        return new LoraSet(new int[] {0, 4}, 2, Map.of(Projection.Q,
                new LoraSet.Part(new FloatTensor(new long[] {2, 3, 64}, a), new FloatTensor(new long[] {2, 64, 3}, b), null)));
    }

    @Test
    void loraIsKeptByNameAndExportedForPeft() throws IOException {
        Path model = Path.of("src/test/resources/models/stories260k").toAbsolutePath();
        RunStore store = new RunStore(temp.resolve("lora-runs"), Clock.systemUTC(), (recipe, listener, keeps) -> {
            artifacts = keeps;
            return new Idle();
        });
        Path lora = store.prepare(Samples.recipe("LoRA", model.toString(), List.of("/tasks/a", "/tasks/b"))).folder();
        LoraSet first = lora(1);
        artifacts.adapters(1, List.of(first), List.of(1));
        artifacts.adapters(2, List.of(first, lora(2)), List.of(1, 2));
        AdapterFiles.Contents kept = AdapterFiles.read(lora.resolve("interventions/after-2"));
        assertThat(kept.groups()).usingRecursiveComparison().isEqualTo(List.of(first, lora(2)));
        assertThat(kept.origin().changedAfter()).containsExactly(1, 2);

        List<Path> files = Exports.export(lora, target, ExportFormat.PEFT);
        assertThat(files).extracting(f -> target.relativize(f).toString()).containsExactly("group-1/adapter_model.safetensors",
                "group-1/adapter_config.json", "group-2/adapter_model.safetensors", "group-2/adapter_config.json", "groups.json");
        try (SafeTensors tensors = SafeTensors.open(target.resolve("group-2/adapter_model.safetensors"))) {
            assertThat(tensors.floats("base_model.model.model.layers.4.self_attn.q_proj.lora_A.weight"))
                    .isEqualTo(lora(2).tensors().get("layer.4.q.lora_A").data());
        }
        JsonNode groups = Json.mapper().readTree(target.resolve("groups.json").toFile());
        assertThat(groups.get(1).get("tasks").get(0).textValue()).isEqualTo("b");

        assertThat(Exports.export(lora, temp.resolve("own"), ExportFormat.CRAFT)).extracting(f -> f.getFileName().toString())
                .containsExactly("adapters.safetensors", "adapters.json", "recipe.json");
        assertThatThrownBy(() -> Exports.export(lora, temp.resolve("wrong"), ExportFormat.PYREFT))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("Choose the format peft (LoRA), or craft.");
    }

    @Test
    void aFileThatNoExportHasMadeIsNotOverwritten() throws IOException {
        threeTasks();
        Path mine = Files.createDirectories(target).resolve("recipe.json");
        Files.writeString(mine, "mine");
        assertThatThrownBy(() -> Exports.export(run, target, ExportFormat.CRAFT)).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(target.toString(), "recipe.json", "no export has made", "another folder");
        Path config = Files.createDirectories(target.resolve("group-1")).resolve("config.json");
        Files.writeString(config, "mine, too");
        assertThatThrownBy(() -> Exports.export(run, target, ExportFormat.PYREFT)).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("group-1/config.json", "no export has made");
        assertThat(mine).hasContent("mine");
        assertThat(config).hasContent("mine, too");
        assertThat(names(target)).containsExactly("group-1", "recipe.json");
    }

    @Test
    void anExportThatCannotBePutInItsPlaceLeavesTheEarlierOne() throws IOException {
        threeTasks();
        Exports.export(run, target, ExportFormat.PYREFT);
        artifacts.adapters(3, List.of(SECOND), List.of(1, 1, 1));
        Path config = target.resolve("group-1/config.json");
        byte[] groups = Files.readAllBytes(target.resolve("groups.json"));
        Files.delete(config);
        Files.createDirectories(config.resolve("in the way"));
        assertThatThrownBy(() -> Exports.export(run, target, ExportFormat.PYREFT)).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(target.toString(), "still there");
        assertThat(target.resolve("groups.json")).hasBinaryContent(groups);
        assertThat(names(target.resolve("group-2"))).hasSize(3);
        assertThat(names(target.resolve("group-1"))).hasSize(3);
        assertThat(names(target)).containsExactly("group-1", "group-2", "groups.json");
    }

    @Test
    void whatAnExportThatWasKilledHadMovedAwayComesBack() throws IOException {
        threeTasks();
        Exports.export(run, target, ExportFormat.CRAFT);
        Files.move(target.resolve("recipe.json"), Files.createDirectory(target.resolve(".export.before")).resolve("recipe.json"));
        Exports.export(run, target, ExportFormat.CRAFT);
        assertThat(names(target)).containsExactly("adapters.json", "adapters.safetensors", "recipe.json");
    }

    @Test
    void interventionsHaveNoFormInPeft() {
        threeTasks();
        assertThatThrownBy(() -> Exports.export(run, target, ExportFormat.PEFT)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Choose the format pyreft, or craft.");
    }

    @Test
    void damagedAdaptersAreRefused() throws IOException {
        artifacts.adapters(1, List.of(lora(1)), List.of(1));
        Path kept = run.resolve("interventions/after-1");
        Files.writeString(kept.resolve(AdapterFiles.DESCRIPTION), Files.readString(kept.resolve(AdapterFiles.DESCRIPTION))
                .replace("\"group\" : 1", "\"group\" : 2"));
        assertThatThrownBy(() -> Exports.export(run, target, ExportFormat.CRAFT)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("group 2 where group 1 belongs");
        Files.writeString(kept.resolve(AdapterFiles.DESCRIPTION), "{\"format\": 3}");
        assertThatThrownBy(() -> Exports.export(run, target, ExportFormat.CRAFT)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("adapters.json");
        assertThat(target).doesNotExist();
    }
}
