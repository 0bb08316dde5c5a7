package craft.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.intervention.AdapterFiles.Contents;
import craft.intervention.AdapterFiles.Origin;
import craft.intervention.AdapterFiles.TaskGroup;
import craft.lm.FloatTensor;
import craft.lm.Projection;
import craft.lm.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterFilesTest {
    private static final Origin ORIGIN = new Origin("CRAFT (this implementation)", 7, "bundled:tiny",
            Map.of("model.safetensors", "00ff", "config.json", "ab"), SiteOptions.defaults(),
            List.of(new TaskGroup("spam", 1), new TaskGroup("뉴스", 2)), List.of(1, 2));

    @TempDir
    Path folder;
    private Path description;

    @BeforeEach
    void name() {
        description = folder.resolve("adapters.json");
    }

    /** Orthonormal rows that are not unit vectors: a rotation by {@code angle} in the plane of the first two axes. */
    private static Intervention site(int layer, double angle) {
        float c = (float) Math.cos(angle);
        float s = (float) Math.sin(angle);
        return Intervention.loReft(layer, 2, 3, new float[] {c, s, 0, -s, c, 0},
                new float[] {0.1f, -0.0f, Float.MIN_VALUE, 1e-30f, 3e38f, 1f / 3}, new float[] {layer, -1.5f});
    }

    private static Contents contents() {
        return new Contents(List.of(new InterventionSet(Positions.parse("l16"), List.of(site(0, 0.3), site(10, 1.1))),
                new InterventionSet(Positions.parse("f2+l4"), List.of(site(2, 2.5)))), ORIGIN);
    }

    @Test
    void comesBackBitForBit() throws IOException {
        List<Path> written = AdapterFiles.write(folder, contents());
        assertThat(written).containsExactly(folder.resolve("adapters.safetensors"), description);
        Contents read = AdapterFiles.read(folder);
        assertThat(read.origin()).isEqualTo(ORIGIN);
        assertThat(read.groups()).usingRecursiveComparison().isEqualTo(contents().groups());
    }

    @Test
    void equalInterventionsGiveEqualFiles() throws IOException {
        AdapterFiles.write(folder, contents());
        byte[] tensors = Files.readAllBytes(folder.resolve("adapters.safetensors"));
        byte[] json = Files.readAllBytes(description);
        AdapterFiles.write(folder, contents());
        assertThat(folder.resolve("adapters.safetensors")).hasBinaryContent(tensors);
        assertThat(description).hasBinaryContent(json);
    }

    private void change(String from, String to) throws IOException {
        String json = Files.readString(description);
        assertThat(json).contains(from);
        Files.writeString(description, json.replace(from, to));
    }

    private void refused(String... message) {
        assertThatThrownBy(() -> AdapterFiles.read(folder)).isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(message));
    }

    @Test
    void filesThatDoNotFitEachOtherAreRefused() throws IOException {
        List<String[]> changes = new ArrayList<>();
        changes.add(new String[] {"\"layer\" : 10", "\"layer\" : 11", "no tensor", "group.1.layer.11.rotation"});
        changes.add(new String[] {"\"rank\" : 2", "\"rank\" : 1", "layer.0.rotation", "F32[2, 3]", "F32[1, 3]"});
        changes.add(new String[] {"\"layer\" : 10", "\"layer\" : 0", "twice"});
        changes.add(new String[] {"\"rank\" : 2", "\"rank\" : -2", "rank -2", "not possible"});
        changes.add(new String[] {"\"rank\" : 2", "\"rank\" : \"many\"", "adapters.json"});
        changes.add(new String[] {"\"group\" : 2,", "\"group\" : 3,", "group 3 where group 2 belongs"});
        changes.add(new String[] {"\"l16\"", "\"everywhere\"", "everywhere"});
        changes.add(new String[] {"craft-adapters", "something-else", "newer version"});
        changes.add(new String[] {"\"version\" : 2", "\"version\" : 3", "newer version"});
        changes.add(new String[] {"\"groups\" :", "\"troops\" :", "adapters.json"});
        for (String[] change : changes) {
            AdapterFiles.write(folder, contents());
            change(change[0], change[1]);
            refused(java.util.Arrays.copyOfRange(change, 2, change.length));
        }
    }

    @Test
    void taskInAGroupThatIsNotThereIsRefused() throws IOException {
        AdapterFiles.write(folder, new Contents(contents().groups(), new Origin("m", 1, "b", Map.of(),
                SiteOptions.defaults(), List.of(new TaskGroup("spam", 3)), List.of(1, 1))));
        refused("\"spam\" into group 3", "1 to 2");
    }

    @Test
    void tensorThatIsNotDescribedIsRefused() throws IOException {
        AdapterFiles.write(folder, new Contents(contents().groups().subList(0, 1), ORIGIN));
        byte[] fewer = Files.readAllBytes(description);
        AdapterFiles.write(folder, contents());
        Files.write(description, fewer);
        refused("group.2.layer.2.bias", "do not belong together");
    }

    @Test
    void rotationThatIsNoneIsRefused() throws IOException {
        Intervention bad = Intervention.loReft(0, 2, 3, new float[] {1, 0, 0, 0, 1.001f, 0}, new float[6], new float[2]);
        write(bad);
        refused("group.1.layer.0.rotation", "not a rotation", "0.002");
        Intervention nan = Intervention.loReft(0, 2, 3, new float[] {1, 0, 0, 0, 1, 0}, new float[6], new float[] {0, Float.NaN});
        write(nan);
        refused("group.1.layer.0.bias", "not finite");
    }

    private void write(Intervention site) throws IOException {
        AdapterFiles.write(folder, new Contents(List.of(new InterventionSet(new Positions(0, 1), List.of(site))),
                new Origin("m", 1, "b", Map.of(), SiteOptions.defaults(), List.of(), List.of(1))));
    }

    @Test
    void missingOrCutOffFilesAreRefused() throws IOException {
        refused("There is no file", "adapters.json");
        AdapterFiles.write(folder, contents());
        Path tensors = folder.resolve("adapters.safetensors");
        byte[] whole = Files.readAllBytes(tensors);
        Files.write(tensors, java.util.Arrays.copyOf(whole, whole.length - 1));
        refused("adapters.safetensors");
        Files.delete(tensors);
        refused("adapters.safetensors");
        AdapterFiles.write(folder, contents());
        Files.writeString(description, "null");
        refused("adapters.json");
    }

    private static Path kept(String name) {
        return Path.of("src/test/resources/adapters").resolve(name);
    }

    /** Files that the versions of the program of that time have written. */
    @Test
    void filesOfEarlierVersionsAreReadAndWrittenInTodaysForm() throws IOException {
        Contents first = AdapterFiles.read(kept("interventions-1"));
        assertThat(first.origin().options()).isEqualTo(new SiteOptions("0,7", "f2+l4", 2, false));
        assertThat(first.groups()).hasSize(2).allSatisfy(g -> assertThat(((InterventionSet) g).form()).isEqualTo(ReftForm.LOREFT));
        Contents second = AdapterFiles.read(kept("interventions-2"));
        assertThat(((InterventionSet) second.groups().get(1)).form()).isEqualTo(ReftForm.NODIREFT);
        assertThat(((InterventionSet) second.groups().get(1)).sites()).hasSize(2);
        Contents lora = AdapterFiles.read(kept("adapters-1"));
        LoraSet plain = (LoraSet) lora.groups().get(0);
        assertThat(plain.layers()).containsExactly(0, 4);
        assertThat(plain.parts().keySet()).containsExactly(Projection.Q, Projection.DOWN);
        assertThat(plain.scale()).isEqualTo((float) (1 / 3.0));
        LoraSet experts = (LoraSet) lora.groups().get(1);
        assertThat(experts.parts().get(Projection.V).experts()).isEqualTo(3);
        for (String name : List.of("interventions-1", "interventions-2", "adapters-1")) {
            Contents old = AdapterFiles.read(kept(name));
            assertThat(old.origin().tasks()).containsExactly(new TaskGroup("spam", 1), new TaskGroup("뉴스", 2));
            String tensors = name.startsWith("a") ? "adapters.safetensors" : "interventions.safetensors";
            try (SafeTensors file = SafeTensors.open(kept(name).resolve(tensors))) {
                Map<String, FloatTensor> all = new java.util.TreeMap<>();
                for (int g = 1; g <= 2; g++) {
                    String prefix = "group." + g + ".";
                    old.groups().get(g - 1).tensors().forEach((n, t) -> all.put(prefix + n, t));
                }
                assertThat(all.keySet()).isEqualTo(file.names());
                all.forEach((n, t) -> assertThat(t.data()).as(n).isEqualTo(file.floats(n)));
            }
            AdapterFiles.write(folder, old);
            assertThat(AdapterFiles.read(folder)).usingRecursiveComparison().isEqualTo(old);
        }
    }

    @Test
    void everyKindIsInOneFile() throws IOException {
        List<Adapter> groups = new ArrayList<>(AdapterFiles.read(kept("adapters-1")).groups());
        groups.addAll(contents().groups());
        Contents all = new Contents(groups, ORIGIN);
        AdapterFiles.write(folder, all);
        assertThat(Files.readString(description)).containsPattern("(?s)\"lora\".*\"lora\".*\"reft\".*\"reft\"");
        assertThat(AdapterFiles.read(folder)).usingRecursiveComparison().isEqualTo(all);
        change("\"reft\"", "\"prompt\"");
        refused("adapters.json", "this version");
    }

    @Test
    void loraThatDoesNotFitItsDescriptionIsRefused() throws IOException {
        for (String[] change : new String[][] {{"\"rows\" : 2", "\"rows\" : 3", "F32[2, 4]", "F32[3, 4]"},
            {"\"rows\" : 6", "\"rows\" : 5", "not possible"}, {"\"layers\" : [ 0, 4 ]", "\"layers\" : [ 4, 0 ]", "ascending"},
            {"\"layers\" : [ 0, 4 ]", "\"layers\" : [ 0 ]", "does not describe"}, {"\"scale\" : 2.0", "\"scale\" : 3.0", "scale 3.0"},
            {"\"DOWN\"", "\"Q\"", "not possible"}, {"\"experts\" : 3", "\"experts\" : 1", "does not describe"},
            {"\"projections\" :", "\"more\" :", "adapters.json"}}) {
            AdapterFiles.write(folder, AdapterFiles.read(kept("adapters-1")));
            change(change[0], change[1]);
            refused(java.util.Arrays.copyOfRange(change, 2, change.length));
        }
    }

    @Test
    void missingAndDamagedAreToldApart() throws IOException {
        AdapterFiles.write(folder, contents());
        Path tensors = folder.resolve("adapters.safetensors");
        byte[] whole = Files.readAllBytes(tensors);
        Files.delete(tensors);
        assertThatThrownBy(() -> AdapterFiles.read(folder)).hasMessageContainingAll("There is no file " + tensors, "from a copy")
                .hasMessageNotContaining("damaged");
        whole[9] ^= 0x7f;
        Files.write(tensors, whole);
        assertThatThrownBy(() -> AdapterFiles.read(folder)).hasMessageContainingAll("damaged", tensors.toString(), "from a copy");
    }

    @Test
    void everyFormTiedAndUntiedIsReadAsItWasWritten() throws IOException {
        for (ReftForm form : ReftForm.values()) {
            for (boolean tied : new boolean[] {true, false}) {
                Positions positions = Positions.parse("f2+l4", tied);
                InterventionSet set = LoReftStart.fresh(Placement.of(form, positions, new int[] {0, 7}), 3, 12, false, new Random(4));
                SiteOptions options = new SiteOptions("0,7", "f2+l4", 3, false, tied, form);
                Contents all = new Contents(List.of(set), new Origin("m", 1, "b", Map.of(), options, List.of(), List.of(1)));
                AdapterFiles.write(folder, all);
                assertThat(AdapterFiles.read(folder)).usingRecursiveComparison().isEqualTo(all);
            }
        }
    }

    @Test
    void aSecondPartNeedsUntiedPositions() throws IOException {
        InterventionSet untied = LoReftStart.fresh(Placement.of(ReftForm.LOREFT, Positions.parse("f2+l4", false), new int[] {5}), 2, 6,
                false, new Random(4));
        AdapterFiles.write(folder, new Contents(List.of(untied), ORIGIN));
        change("\"positions\" : \"f2+l4\",\n    \"tied\" : false", "\"positions\" : \"f2+l4\",\n    \"tied\" : true");
        refused("no tensor", "group.1.layer.5.rotation");
        AdapterFiles.write(folder, new Contents(List.of(untied), ORIGIN));
        change("\"part\" : 1", "\"part\" : 2");
        refused("group 1", "layer 5", "part 2", "not possible");
        AdapterFiles.write(folder, new Contents(List.of(untied), ORIGIN));
        change("\"positions\" : \"f2+l4\"", "\"positions\" : \"l4\"");
        refused("sites.tied", "f2+l4");
    }

    @Test
    void sameLayerTwiceCannotBeWritten() {
        Contents twice = new Contents(
                List.of(new InterventionSet(new Positions(0, 1), List.of(site(1, 0), site(1, 1)))), ORIGIN);
        assertThatThrownBy(() -> AdapterFiles.write(folder, twice)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer.1. is there twice");
    }
}
