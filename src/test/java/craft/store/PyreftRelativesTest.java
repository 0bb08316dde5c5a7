package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import craft.experiment.Json;
import craft.intervention.Intervention;
import craft.intervention.AdapterFiles.Contents;
import craft.intervention.AdapterFiles.Origin;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftStart;
import craft.intervention.Placement;
import craft.intervention.Positions;
import craft.intervention.ReftForm;
import craft.intervention.SiteOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What pyreft finds of LoReFT's relatives and of untied positions. */
class PyreftRelativesTest {
    private static final int R = 3;
    private static final int D = 8;

    @TempDir
    Path folder;

    private Map<String, TorchReader.Tensor> export(ReftForm form, InterventionSet set, int site) throws IOException {
        PyreftExport.write(new Contents(List.of(set), new Origin("m", 1, "b", Map.of(),
                new SiteOptions("0,2", "f2+l4", R, false, false, form), List.of(), List.of(1))), folder);
        return TorchReader.read(folder.resolve("group-1/intkey_layer_2_comp_block_output_unit_pos_nunit_1#" + site + ".bin"));
    }

    private static InterventionSet set(ReftForm form) {
        return LoReftStart.fresh(Placement.of(form, Positions.parse("f2+l4", false), new int[] {0, 2}), R, D, false, new Random(1));
    }

    @ParameterizedTest
    @EnumSource
    void everyFormIsThereUnderPyreftsNames(ReftForm form) throws IOException {
        InterventionSet set = set(form);
        Intervention site = set.sites().get(3); // layer 2, last tokens
        Map<String, TorchReader.Tensor> tensors = export(form, set, 1);
        String type = Json.mapper().readTree(folder.resolve("group-1/config.json").toFile()).path("intervention_types").path(3).asText();
        switch (form) {
            case LOREFT -> assertThat(tensors.keySet()).containsExactly("weight", "bias", "rotate_layer");
            case NOREFT, NODIREFT -> {
                assertThat(tensors.keySet()).containsExactlyInAnyOrder("embed_dim", "interchange_dim", "proj_layer.weight",
                        "learned_source.weight", "learned_source.bias");
                assertThat(tensors.get("proj_layer.weight").size()).containsExactly(R, D);
                assertThat(tensors.get("proj_layer.weight").values()).isEqualTo(site.array("projection"));
            }
            case DIREFT -> assertThat(tensors.keySet()).containsExactlyInAnyOrder("embed_dim", "interchange_dim",
                    "rotate_layer.parametrizations.weight.original", "rotate_layer.parametrizations.weight.0.base",
                    "learned_source.weight", "learned_source.bias");
            default -> {
                assertThat(tensors.keySet()).containsExactlyInAnyOrder("embed_dim", "interchange_dim",
                        "rotate_layer.parametrizations.weight.original", "rotate_layer.parametrizations.weight.0.base", "learned_source");
                assertThat(tensors.get("learned_source").values()).isEqualTo(site.array("bias"));
            }
        }
        assertThat(type.toLowerCase(java.util.Locale.ROOT)).isEqualTo(
                "<class 'pyreft.interventions." + form.name().toLowerCase(java.util.Locale.ROOT) + "intervention'>");
        if (form != ReftForm.LOREFT) {
            assertThat(tensors.get("embed_dim").size()).isEmpty();
            assertThat(tensors.get("embed_dim").values()).containsExactly(D);
        }
        if (form != ReftForm.LOREFT && form.orthonormal()) {
            float[] base = tensors.get("rotate_layer.parametrizations.weight.0.base").values();
            float[] rotate = householder(tensors.get("rotate_layer.parametrizations.weight.original").values(), base);
            for (int i = 0; i < R; i++) {
                for (int k = 0; k < D; k++) {
                    assertThat(rotate[k * R + i]).isCloseTo(site.array("rotation")[i * D + k], within(1e-6f));
                }
            }
            for (int i = 0; i < D; i++) {
                for (int j = 0; j < D; j++) {
                    double dot = 0;
                    for (int k = 0; k < D; k++) {
                        dot += (double) base[k * D + i] * base[k * D + j];
                    }
                    assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-6));
                }
            }
        }
    }

    /**
     * The weight that PyTorch's orthogonal parametrization makes, by its description: base times the product of the
     * reflections I - tau_j v_j v_j^T, v_j the j-th column of X below its diagonal with 1 on it, tau_j = 2 / |v_j|^2, cut to
     * r columns, which are then multiplied by the diagonal of X.
     */
    private static float[] householder(float[] x, float[] base) {
        float[] weight = new float[D * R];
        for (int c = 0; c < R; c++) {
            double[] column = new double[D];
            column[c] = 1;
            for (int j = R - 1; j >= 0; j--) {
                double[] v = new double[D];
                double square = 0;
                double dot = 0;
                for (int k = j; k < D; k++) {
                    v[k] = k == j ? 1 : x[k * R + j];
                    square += v[k] * v[k];
                    dot += v[k] * column[k];
                }
                for (int k = 0; k < D; k++) {
                    column[k] -= 2 / square * v[k] * dot;
                }
            }
            for (int i = 0; i < D; i++) {
                for (int k = 0; k < D; k++) {
                    weight[i * R + c] += (float) (base[i * D + k] * column[k] * x[c * R + c]);
                }
            }
        }
        return weight;
    }

    @Test
    void theSecondSiteOfALayerHasTheNextCount() throws IOException {
        export(ReftForm.LOREFT, set(ReftForm.LOREFT), 0);
        JsonNode config = Json.mapper().readTree(folder.resolve("group-1/config.json").toFile());
        String key = "layer_%d_comp_block_output_unit_pos_nunit_1#%d";
        assertThat(config.path("sorted_keys")).extracting(JsonNode::asText).containsExactly(String.format(key, 0, 0),
                String.format(key, 0, 1), String.format(key, 2, 0), String.format(key, 2, 1));
        assertThat(config.path("representations")).extracting(r -> r.path(0).asInt()).containsExactly(0, 0, 2, 2);
        assertThat(Json.mapper().readTree(folder.resolve("groups.json").toFile()).path(0).path("share_weights").asBoolean(true)).isFalse();
    }
}
