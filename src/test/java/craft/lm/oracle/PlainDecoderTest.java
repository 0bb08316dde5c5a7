package craft.lm.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.lm.DType;
import craft.lm.SafeTensors;
import craft.lm.oracle.PlainDecoder.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oracle against numbers that PyTorch gave (golden.json), then what it must do on tiny models. */
class PlainDecoderTest {
    private static final Path FOLDER = Path.of("src/test/resources/models/stories260k");
    private static final double RELATIVE = 1e-4;

    private static JsonNode golden;
    private static PlainDecoder decoder;

    @TempDir
    Path temp;

    @BeforeAll
    static void read() throws IOException {
        golden = new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile());
        decoder = PlainDecoder.read(FOLDER);
    }

    @Test
    void theFrozenModelAgrees() {
        assertThat(golden.get("cases").size()).isEqualTo(3);
        for (JsonNode one : golden.get("cases")) {
            JsonNode base = one.get("base");
            PlainDecoder.Pass pass = decoder.forward(prompt(one), List.of());
            int last = prompt(one).length - 1;
            for (int i = 0; i < 8; i++) {
                close(pass.logits()[last][i], base.get("first_logits_head").get(i));
            }
            for (JsonNode top : base.get("top5")) {
                close(pass.logits()[last][top.get(0).intValue()], top.get(1));
            }
            assertThat(base.get("hidden_last_norms").size()).isEqualTo(5);
            for (int layer = 0; layer < 5; layer++) {
                close(norm(pass.blocks()[layer][last]), base.get("hidden_last_norms").get(layer));
            }
            close(decoder.crossEntropy(prompt(one), answer(one), List.of()), base.get("ce"));
        }
    }

    @Test
    void theEditedModelAgrees() {
        for (JsonNode one : golden.get("cases")) {
            double[][] base = decoder.answerLogProbabilities(prompt(one), answer(one), List.of());
            for (Map.Entry<String, JsonNode> each : one.get("by_positions").properties()) {
                JsonNode expected = each.getValue();
                List<Edit> editsA = edits("A", expected);
                double[][] a = decoder.answerLogProbabilities(prompt(one), answer(one), editsA);
                double[][] b = decoder.answerLogProbabilities(prompt(one), answer(one), edits("B", expected));
                close(decoder.crossEntropy(prompt(one), answer(one), editsA), expected.get("ce_A"));
                close(decoder.crossEntropy(prompt(one), answer(one), edits("merged_0.3", expected)),
                        expected.get("ce_merged"));
                close(PlainDecoder.divergence(b, a), expected.get("kl_B_A"));
                close(PlainDecoder.divergence(a, b), expected.get("kl_A_B"));
                close(PlainDecoder.divergence(a, base), expected.get("kl_A_base"));
            }
        }
    }

    /** The golden gradients came from automatic differentiation; central differences of the oracle must agree. */
    @Test
    void itsDifferencesAreTheGoldenGradients() {
        JsonNode one = golden.get("cases").get(0);
        JsonNode expected = one.get("by_positions").get("f2+l3");
        List<Edit> a = edits("A", expected);
        double[][] b = decoder.answerLogProbabilities(prompt(one), answer(one), edits("B", expected));
        DoubleSupplier loss = () -> decoder.crossEntropy(prompt(one), answer(one), a)
                + 0.5 * PlainDecoder.divergence(b, decoder.answerLogProbabilities(prompt(one), answer(one), a));
        close(loss.getAsDouble(), expected.get("loss_ce_plus_half_kl_B_A"));
        for (Edit edit : a) {
            checkGradient(edit.r()[0], loss, expected.get("grad_head").get(edit.layer() + ".R"));
            checkGradient(edit.w()[0], loss, expected.get("grad_head").get(edit.layer() + ".W"));
            checkGradient(edit.b(), loss, expected.get("grad_head").get(edit.layer() + ".b"));
        }
    }

    private static void checkGradient(double[] variable, DoubleSupplier loss, JsonNode expected) {
        double step = 1e-5;
        for (int i = 0; i < 4; i++) {
            double kept = variable[i];
            variable[i] = kept + step;
            double above = loss.getAsDouble();
            variable[i] = kept - step;
            double below = loss.getAsDouble();
            variable[i] = kept;
            double gradient = expected.get(i).doubleValue();
            assertThat((above - below) / (2 * step)).isCloseTo(gradient, within(1e-3 * Math.abs(gradient) + 1e-5));
        }
    }

    @Test
    void allFamiliesGiveFiniteDistinctNumbers() throws IOException {
        int[] ids = {1, 5, 300, 77, 5, 9};
        List<Supplier<TinyModels>> families = List.of(TinyModels::llama, TinyModels::llama3, TinyModels::mistral,
                TinyModels::qwen2, TinyModels::qwen3, TinyModels::gpt2, TinyModels::neox,
                () -> TinyModels.llama().set("attention_bias", true).set("mlp_bias", true),
                () -> TinyModels.llama().set("num_key_value_heads", 1),
                () -> TinyModels.llama().set("num_key_value_heads", 4));
        List<Double> seen = new ArrayList<>();
        for (int i = 0; i < families.size(); i++) {
            PlainDecoder tiny = PlainDecoder.read(families.get(i).get().seed(3).write(temp.resolve("m" + i)));
            double[][] logits = tiny.forward(ids, List.of()).logits();
            assertThat(logits.length).isEqualTo(ids.length);
            assertThat(Arrays.stream(logits).flatMapToDouble(Arrays::stream)).allMatch(Double::isFinite);
            assertThat(seen).doesNotContain(logits[5][0]);
            seen.add(logits[5][0]);
        }
    }

    /** Every option must be felt, else a comparison with the oracle would not notice that the engine ignores it. */
    @Test
    void everyOptionChangesTheOutcome() throws IOException {
        double plain = lastLogit(TinyModels.llama(), "plain");
        assertThat(lastLogit(TinyModels.llama(), "again")).isEqualTo(plain);
        assertThat(lastLogit(TinyModels.llama().set("rope_theta", 100.0), "theta")).isNotCloseTo(plain, within(1e-3));
        assertThat(lastLogit(TinyModels.llama().set("rms_norm_eps", 0.1), "eps")).isNotCloseTo(plain, within(1e-3));
        assertThat(lastLogit(TinyModels.llama().set("tie_word_embeddings", true), "tied"))
                .isNotCloseTo(plain, within(1e-3));
        double stretched = lastLogit(TinyModels.llama3(), "llama3");
        assertThat(lastLogit(TinyModels.llama3().set("rope_scaling", null), "flat"))
                .isNotCloseTo(stretched, within(1e-3));
    }

    @Test
    void everyOptionOfGpt2ChangesTheOutcome() throws IOException {
        double plain = lastLogit(TinyModels.gpt2(), "plain");
        assertThat(lastLogit(TinyModels.gpt2().bare(), "bare")).isNotNaN();
        assertThat(lastLogit(TinyModels.gpt2().set("layer_norm_epsilon", 0.1), "eps"))
                .isNotCloseTo(plain, within(1e-3));
        assertThat(lastLogit(TinyModels.gpt2().set("tie_word_embeddings", false), "untied"))
                .isNotCloseTo(plain, within(1e-3));
        // The two formulas of GELU are close.
        assertThat(lastLogit(TinyModels.gpt2().set("activation_function", "gelu"), "gelu"))
                .isNotCloseTo(plain, within(5e-5 * Math.abs(plain)));
    }

    @Test
    void everyOptionOfNeoXChangesTheOutcome() throws IOException {
        double plain = lastLogit(TinyModels.neox(), "plain");
        Map<String, Object> options = Map.of("layer_norm_eps", 0.1, "rotary_pct", 1.0, "rotary_emb_base", 100,
                "use_parallel_residual", false, "tie_word_embeddings", true, "attention_bias", false);
        for (Map.Entry<String, Object> option : options.entrySet()) {
            assertThat(lastLogit(TinyModels.neox().set(option.getKey(), option.getValue()), option.getKey()))
                    .as(option.getKey()).isNotCloseTo(plain, within(1e-3));
        }
    }

    /** Values of Abramowitz and Stegun's table 7.1. */
    @Test
    void theErrorFunctionIsThatOfTheTables() {
        assertThat(PlainDecoder.erf(0)).isZero();
        assertThat(PlainDecoder.erf(0.5)).isCloseTo(0.5204998778, within(1e-10));
        assertThat(PlainDecoder.erf(-1)).isCloseTo(-0.8427007929, within(1e-10));
        assertThat(PlainDecoder.erf(2)).isCloseTo(0.9953222650, within(1e-10));
        assertThat(PlainDecoder.erf(5.9)).isCloseTo(1, within(1e-12));
        assertThat(PlainDecoder.erf(40)).isEqualTo(1);
    }

    private double lastLogit(TinyModels model, String name) throws IOException {
        int[] ids = IntStream.range(0, 40).map(i -> 1 + i * 37 % 500).toArray();
        return PlainDecoder.read(model.seed(11).write(temp.resolve(name))).forward(ids, List.of()).logits()[39][7];
    }

    @Test
    void aTokenSeesNothingOfLaterOnes() throws IOException {
        PlainDecoder tiny = PlainDecoder.read(TinyModels.qwen3().seed(5).write(temp.resolve("m")));
        double[][] one = tiny.forward(new int[] {1, 20, 30, 40}, List.of()).logits();
        double[][] two = tiny.forward(new int[] {1, 20, 30, 99}, List.of()).logits();
        assertThat(one[2]).isEqualTo(two[2]);
        assertThat(one[3]).isNotEqualTo(two[3]);
    }

    @Test
    void narrowTypesAreTheSameWeightsRounded() throws IOException {
        float[] exact = embedding(DType.F32);
        float[] half = embedding(DType.F16);
        float[] brain = embedding(DType.BF16);
        for (int i = 0; i < exact.length; i++) {
            assertThat(half[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) * 0x1p-11f + 0x1p-25f));
            assertThat(brain[i]).isCloseTo(exact[i], within(Math.abs(exact[i]) * 0x1p-7f));
        }
        assertThat(half).isNotEqualTo(exact);
    }

    private float[] embedding(DType dtype) throws IOException {
        Path folder = TinyModels.llama().seed(2).dtype(dtype).write(temp.resolve(dtype.name()));
        assertThat(Files.size(folder.resolve("model.safetensors"))).isGreaterThan(1000);
        try (SafeTensors file = SafeTensors.open(folder.resolve("model.safetensors"))) {
            return file.floats("model.embed_tokens.weight");
        }
    }

    private static List<Edit> edits(String name, JsonNode expected) {
        int[] positions = ints(expected.get("positions"));
        List<Edit> edits = new ArrayList<>();
        try (SafeTensors file = SafeTensors.open(FOLDER.resolve("interventions.safetensors"))) {
            for (int layer : ints(golden.get("layers"))) {
                String site = name + "." + layer + ".";
                edits.add(new Edit(layer, positions, matrix(file, site + "R"), matrix(file, site + "W"),
                        rows(file.floats(site + "b"), 1)[0]));
            }
        }
        return edits;
    }

    private static double[][] matrix(SafeTensors file, String name) {
        return rows(file.floats(name), (int) file.entry(name).shape()[0]);
    }

    private static double[][] rows(float[] values, int count) {
        int width = values.length / count;
        double[][] rows = new double[count][width];
        for (int i = 0; i < values.length; i++) {
            rows[i / width][i % width] = values[i];
        }
        return rows;
    }

    private static int[] prompt(JsonNode one) {
        return ints(one.get("prompt_ids"));
    }

    private static int[] answer(JsonNode one) {
        return ints(one.get("answer_ids"));
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).intValue()).toArray();
    }

    private static double norm(double[] x) {
        return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
    }

    private static void close(double found, JsonNode expected) {
        double value = expected.doubleValue();
        assertThat(found).isCloseTo(value, within(RELATIVE * Math.abs(value)));
    }
}
