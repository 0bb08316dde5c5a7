package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.intervention.InterventionSet;
import craft.intervention.LoReft;
import craft.intervention.LoReftStart;
import craft.intervention.LoReftTensors;
import craft.intervention.Positions;
import craft.lm.oracle.PlainDecoder;
import craft.lm.oracle.PlainDecoder.Edit;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every member of the decoder family against the plain float64 reference, on tiny random models. */
class FamiliesTest {
    private static final double RELATIVE = 1e-4;
    private static final int[] EDITED_LAYERS = {0, 2};

    @TempDir
    Path temp;

    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    private static Map<String, Supplier<TinyModels>> families() {
        Map<String, Supplier<TinyModels>> all = new LinkedHashMap<>();
        all.put("llama", TinyModels::llama);
        all.put("llama3", TinyModels::llama3);
        all.put("mistral", TinyModels::mistral);
        all.put("qwen2", TinyModels::qwen2);
        all.put("qwen3", TinyModels::qwen3);
        return all;
    }

    @Test
    void everyFamilyInEveryTypeWholeAndInShards() throws IOException {
        int seed = 0;
        for (Map.Entry<String, Supplier<TinyModels>> family : families().entrySet()) {
            for (DType type : List.of(DType.F32, DType.F16, DType.BF16)) {
                seed++;
                check(family.getKey() + " " + type, family.getValue().get().dtype(type).shards(1 + seed % 3), seed);
            }
        }
    }

    @Test
    void everyFamilyTiedAndUntied() throws IOException {
        for (Map.Entry<String, Supplier<TinyModels>> family : families().entrySet()) {
            for (boolean tied : new boolean[] {true, false}) {
                TinyModels tiny = family.getValue().get().set("tie_word_embeddings", tied);
                check(family.getKey() + (tied ? " tied" : " untied"), tiny, 31);
            }
        }
    }

    @Test
    void everyFamilyWithOneKeyValueHeadAndWithAsManyAsQueries() throws IOException {
        for (Map.Entry<String, Supplier<TinyModels>> family : families().entrySet()) {
            for (int heads : new int[] {1, 4}) {
                check(family.getKey() + " " + heads, family.getValue().get().set("num_key_value_heads", heads), 41);
            }
        }
    }

    @Test
    void everyBias() throws IOException {
        check("attention", TinyModels.llama().set("attention_bias", true), 51);
        check("feed-forward", TinyModels.llama().set("mlp_bias", true), 52);
        check("both", TinyModels.llama3().set("attention_bias", true).set("mlp_bias", true), 53);
        check("beside norms of heads", TinyModels.qwen3().set("attention_bias", true), 54);
    }

    private void check(String what, TinyModels tiny, long seed) throws IOException {
        Path folder = tiny.seed(seed).write(temp.resolve(what));
        PlainDecoder oracle = PlainDecoder.read(folder);
        Random random = new Random(seed);
        try (CausalLm model = CausalLm.load(folder); NDManager scope = model.newManager()) {
            int[] ids = ids(random, 40);
            InterventionSet set = LoReftStart.fresh(Positions.parse("f3+l5"), EDITED_LAYERS, 3, 32, false, random);
            int[] places = random.ints(0, ids.length).distinct().limit(7).toArray();
            Edits edits = LoReftTensors.of(scope, set).edits();
            blocks(what, model, ids, new int[0], null, oracle.forward(ids, List.of()));
            blocks(what + ", edited", model, ids, places, edits, oracle.forward(ids, oracleEdits(set, places)));
            answers(what, model, edits, oracle, set, ids, ids(random, 4));
        }
    }

    private static int[] ids(Random random, int count) {
        return random.ints(count, 0, 512).toArray();
    }

    private static List<Edit> oracleEdits(InterventionSet set, int[] places) {
        List<Edit> edits = new ArrayList<>();
        for (LoReft site : set.sites()) {
            edits.add(new Edit(site.layer(), places, rows(site.rotation(), site.rank()),
                    rows(site.weight(), site.rank()), rows(site.bias(), 1)[0]));
        }
        return edits;
    }

    private static double[][] rows(float[] flat, int count) {
        int width = flat.length / count;
        double[][] rows = new double[count][width];
        for (int i = 0; i < flat.length; i++) {
            rows[i / width][i % width] = flat[i];
        }
        return rows;
    }

    /** Hidden states after every block, and the logits, at every token. */
    private static void blocks(String what, CausalLm model, int[] ids, int[] places, Edits edits,
            PlainDecoder.Pass expected) {
        int length = ids.length;
        try (NDManager step = model.newManager()) {
            float[] at = new float[length];
            IntStream.range(0, length).forEach(i -> at[i] = i);
            float[] edited = new float[length];
            IntStream.of(places).forEach(i -> edited[i] = 1);
            NDArray positions = step.create(at, new Shape(1, length));
            NDArray where = step.create(edited, new Shape(1, length, 1));
            NDArray hidden = model.embed(step.create(CausalLm.toLong(ids), new Shape(1, length)));
            for (int layer = 0; layer < model.config().layers(); layer++) {
                hidden = model.extend(hidden, layer, layer + 1, false, positions, null, null, where, edits, false)
                        .get(0);
                close(what + ", block " + layer, hidden, expected.blocks()[layer]);
            }
            close(what + ", logits", model.logits(hidden.get(0)), expected.logits());
        }
    }

    private static void close(String what, NDArray found, double[][] expected) {
        double[][] rows = rows(found.toFloatArray(), expected.length);
        for (int t = 0; t < rows.length; t++) {
            double square = 0;
            double difference = 0;
            for (int i = 0; i < rows[t].length; i++) {
                square += expected[t][i] * expected[t][i];
                difference += Math.pow(rows[t][i] - expected[t][i], 2);
            }
            assertThat(Math.sqrt(difference)).as(what + ", token " + t).isLessThan(RELATIVE * Math.sqrt(square));
        }
    }

    /** Log-likelihood of an answer, by both passes of the product. */
    private static void answers(String what, CausalLm model, Edits edits, PlainDecoder oracle, InterventionSet set,
            int[] prompt, int[] answer) {
        int last = set.positions().lastOf(prompt.length);
        int[] places = IntStream.concat(IntStream.range(0, set.positions().firstOf(prompt.length)),
                IntStream.range(prompt.length - last, prompt.length)).toArray();
        double expected = oracle.crossEntropy(prompt, answer, oracleEdits(set, places));
        List<Sequence> batch = List.of(new Sequence(prompt, List.of(answer)));
        try (PrefixCache cache = new PrefixCache(model, set.positions(), 0, 1 << 20);
                NDManager step = model.newManager()) {
            for (ForwardPass pass : List.of(new PlainPass(model), cache)) {
                float[] found = model.logLikelihood(pass.hidden(step, batch, edits), ForwardPass.targets(batch));
                double mean = -IntStream.range(0, found.length).mapToDouble(i -> found[i]).average().orElseThrow();
                assertThat(mean).as(what).isCloseTo(expected, within(RELATIVE * expected));
            }
        }
    }
}
