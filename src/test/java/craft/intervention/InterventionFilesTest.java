package craft.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.intervention.InterventionFiles.Contents;
import craft.intervention.InterventionFiles.Origin;
import craft.intervention.InterventionFiles.TaskGroup;
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

class InterventionFilesTest {
    private static final Origin ORIGIN = new Origin("CRAFT (this implementation)", 7, "bundled:tiny",
            Map.of("model.safetensors", "00ff", "config.json", "ab"), SiteOptions.defaults(),
            List.of(new TaskGroup("spam", 1), new TaskGroup("뉴스", 2)), List.of(1, 2));

    @TempDir
    Path folder;
    private Path description;

    @BeforeEach
    void name() {
        description = folder.resolve("interventions.json");
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
        List<Path> written = InterventionFiles.write(folder, contents());
        assertThat(written).containsExactly(folder.resolve("interventions.safetensors"), description);
        Contents read = InterventionFiles.read(folder);
        assertThat(read.origin()).isEqualTo(ORIGIN);
        assertThat(read.groups()).usingRecursiveComparison().isEqualTo(contents().groups());
    }

    @Test
    void equalInterventionsGiveEqualFiles() throws IOException {
        InterventionFiles.write(folder, contents());
        byte[] tensors = Files.readAllBytes(folder.resolve("interventions.safetensors"));
        byte[] json = Files.readAllBytes(description);
        InterventionFiles.write(folder, contents());
        assertThat(folder.resolve("interventions.safetensors")).hasBinaryContent(tensors);
        assertThat(description).hasBinaryContent(json);
    }

    private void change(String from, String to) throws IOException {
        String json = Files.readString(description);
        assertThat(json).contains(from);
        Files.writeString(description, json.replace(from, to));
    }

    private void refused(String... message) {
        assertThatThrownBy(() -> InterventionFiles.read(folder)).isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(message));
    }

    @Test
    void filesThatDoNotFitEachOtherAreRefused() throws IOException {
        List<String[]> changes = new ArrayList<>();
        changes.add(new String[] {"\"layer\" : 10", "\"layer\" : 11", "no tensor", "group.1.layer.11.rotation"});
        changes.add(new String[] {"\"rank\" : 2", "\"rank\" : 1", "layer.0.rotation", "F32[2, 3]", "F32[1, 3]"});
        changes.add(new String[] {"\"layer\" : 10", "\"layer\" : 0", "twice"});
        changes.add(new String[] {"\"rank\" : 2", "\"rank\" : -2", "rank -2", "not possible"});
        changes.add(new String[] {"\"rank\" : 2", "\"rank\" : \"many\"", "interventions.json"});
        changes.add(new String[] {"\"group\" : 2,", "\"group\" : 3,", "group 3 where group 2 belongs"});
        changes.add(new String[] {"\"l16\"", "\"everywhere\"", "everywhere"});
        changes.add(new String[] {"craft-interventions", "something-else", "newer version"});
        changes.add(new String[] {"\"version\" : 2", "\"version\" : 3", "newer version"});
        changes.add(new String[] {"\"groups\" :", "\"troops\" :", "interventions.json"});
        for (String[] change : changes) {
            InterventionFiles.write(folder, contents());
            change(change[0], change[1]);
            refused(java.util.Arrays.copyOfRange(change, 2, change.length));
        }
    }

    @Test
    void taskInAGroupThatIsNotThereIsRefused() throws IOException {
        InterventionFiles.write(folder, new Contents(contents().groups(), new Origin("m", 1, "b", Map.of(),
                SiteOptions.defaults(), List.of(new TaskGroup("spam", 3)), List.of(1, 1))));
        refused("\"spam\" into group 3", "1 to 2");
    }

    @Test
    void tensorThatIsNotDescribedIsRefused() throws IOException {
        InterventionFiles.write(folder, new Contents(contents().groups().subList(0, 1), ORIGIN));
        byte[] fewer = Files.readAllBytes(description);
        InterventionFiles.write(folder, contents());
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
        InterventionFiles.write(folder, new Contents(List.of(new InterventionSet(new Positions(0, 1), List.of(site))),
                new Origin("m", 1, "b", Map.of(), SiteOptions.defaults(), List.of(), List.of(1))));
    }

    @Test
    void missingOrCutOffFilesAreRefused() throws IOException {
        refused("There is no file", "interventions.json");
        InterventionFiles.write(folder, contents());
        Path tensors = folder.resolve("interventions.safetensors");
        byte[] whole = Files.readAllBytes(tensors);
        Files.write(tensors, java.util.Arrays.copyOf(whole, whole.length - 1));
        refused("interventions.safetensors");
        Files.delete(tensors);
        refused("interventions.safetensors");
        InterventionFiles.write(folder, contents());
        Files.writeString(description, "null");
        refused("interventions.json");
    }

    @Test
    void filesOfVersion1AreReadAsTiedLoReft() throws IOException {
        InterventionFiles.write(folder, contents());
        Contents now = InterventionFiles.read(folder);
        String json = Files.readString(description).replace("\"version\" : 2", "\"version\" : 1")
                .replaceAll(",\\s+\"(form|tied|part)\" : [^,}\\]\n]+", "");
        assertThat(json).doesNotContain("tied").doesNotContain("form\" : \"L").doesNotContain("part");
        Files.writeString(description, json);
        assertThat(InterventionFiles.read(folder)).usingRecursiveComparison().isEqualTo(now);
    }

    @Test
    void everyFormTiedAndUntiedIsReadAsItWasWritten() throws IOException {
        for (ReftForm form : ReftForm.values()) {
            for (boolean tied : new boolean[] {true, false}) {
                Positions positions = Positions.parse("f2+l4", tied);
                InterventionSet set = LoReftStart.fresh(Placement.of(form, positions, new int[] {0, 7}), 3, 12, false, new Random(4));
                SiteOptions options = new SiteOptions("0,7", "f2+l4", 3, false, tied, form);
                Contents all = new Contents(List.of(set), new Origin("m", 1, "b", Map.of(), options, List.of(), List.of(1)));
                InterventionFiles.write(folder, all);
                assertThat(InterventionFiles.read(folder)).usingRecursiveComparison().isEqualTo(all);
            }
        }
    }

    @Test
    void aSecondPartNeedsUntiedPositions() throws IOException {
        InterventionSet untied = LoReftStart.fresh(Placement.of(ReftForm.LOREFT, Positions.parse("f2+l4", false), new int[] {5}), 2, 6,
                false, new Random(4));
        InterventionFiles.write(folder, new Contents(List.of(untied), ORIGIN));
        change("\"positions\" : \"f2+l4\",\n    \"tied\" : false", "\"positions\" : \"f2+l4\",\n    \"tied\" : true");
        refused("no tensor", "group.1.layer.5.rotation");
        InterventionFiles.write(folder, new Contents(List.of(untied), ORIGIN));
        change("\"part\" : 1", "\"part\" : 2");
        refused("group 1, layer 5", "part 2", "not possible");
        InterventionFiles.write(folder, new Contents(List.of(untied), ORIGIN));
        change("\"positions\" : \"f2+l4\"", "\"positions\" : \"l4\"");
        refused("sites.tied", "f2+l4");
    }

    @Test
    void sameLayerTwiceCannotBeWritten() {
        Contents twice = new Contents(
                List.of(new InterventionSet(new Positions(0, 1), List.of(site(1, 0), site(1, 1)))), ORIGIN);
        assertThatThrownBy(() -> InterventionFiles.write(folder, twice)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("layer.1.rotation is there twice");
    }
}
