package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.error.InvalidInputException;
import craft.intervention.InterventionSet;
import craft.intervention.Intervention;
import craft.intervention.LoReftStart;
import craft.intervention.LoReftTensors;
import craft.intervention.Positions;
import craft.lm.oracle.PlainDecoder;
import craft.lm.oracle.PlainDecoder.Edit;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every family against the plain float64 reference, on tiny random models. */
class FamiliesTest {
    /** Above what float32 costs, and small enough to tell GELU from its approximation. */
    private static final double RELATIVE = 2e-5;
    private static final int[] EDITED_LAYERS = {0, 2};

    @TempDir
    Path temp;

    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    private static Map<String, Supplier<TinyModels>> families() {
        Map<String, Supplier<TinyModels>> all = llamas();
        all.put("gpt2", TinyModels::gpt2);
        all.put("gpt2 bare", () -> TinyModels.gpt2().bare());
        all.put("neox", TinyModels::neox);
        all.put("bert", TinyModels::bert);
        all.put("bert old", () -> TinyModels.bert().bare());
        return all;
    }

    private static Map<String, Supplier<TinyModels>> llamas() {
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
    void everyLlamaWithOneKeyValueHeadAndWithAsManyAsQueries() throws IOException {
        for (Map.Entry<String, Supplier<TinyModels>> family : llamas().entrySet()) {
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

    @Test
    void gpt2WithOtherFeedForwardParts() throws IOException {
        check("wide", TinyModels.gpt2().set("n_inner", 24), 61);
        check("exact", TinyModels.gpt2().set("activation_function", "gelu"), 62);
        check("relu", TinyModels.gpt2().set("activation_function", "relu"), 63);
    }

    /** A quarter, half and all of a head turns; the parts of a block side by side and one after the other. */
    @Test
    void neoxWithEveryOption() throws IOException {
        int seed = 70;
        for (double share : new double[] {0.25, 0.5, 1}) {
            for (boolean parallel : new boolean[] {true, false}) {
                for (boolean bias : new boolean[] {true, false}) {
                    TinyModels tiny = TinyModels.neox().set("rotary_pct", share)
                            .set("use_parallel_residual", parallel).set("attention_bias", bias);
                    check("neox " + share + " " + parallel + " " + bias, tiny, seed++);
                }
            }
        }
        check("neox base", TinyModels.neox().set("rotary_emb_base", 100).set("hidden_act", "gelu_fast"), seed);
    }

    @Test
    void bertWithOtherNamesAndFeedForwardParts() throws IOException {
        check("pretraining", TinyModels.bert().set("architectures", List.of("BertForPreTraining")), 91);
        check("tanh", TinyModels.bert().set("hidden_act", "gelu_new"), 92);
        check("epsilon", TinyModels.bert().set("layer_norm_eps", 0.1), 93);
    }

    /** One row a length of label, shared by labels of that length, and in the order in which the labels came. */
    @Test
    void aMaskedModelSharesRowsAndKeepsTheOrder() throws IOException {
        Path folder = TinyModels.bert().seed(94).write(temp.resolve("rows"));
        PlainDecoder oracle = PlainDecoder.read(folder);
        Random random = new Random(94);
        List<int[]> labels = Stream.of(2, 1, 3, 1, 2).map(length -> ids(random, length)).toList();
        Sequence sequence = new Sequence(ids(random, 6), labels);
        try (CausalLm model = CausalLm.load(folder); NDManager step = model.newManager()) {
            Layout layout = model.arrangement().layout(List.of(sequence, new Sequence(ids(random, 3), labels.subList(0, 1))));
            assertThat(layout.ids(step).getShape()).isEqualTo(new Shape(4, 10));
            int[] prompt = sequence.prompt();
            assertThat(layout.ids(step).get(1).toLongArray()).containsExactly(prompt[0], prompt[1], prompt[2], prompt[3],
                    prompt[4], prompt[5], 4, 4, 3, 0);
            float[] found = model.logLikelihood(new PlainPass(model).hidden(step, List.of(sequence), null),
                    ForwardPass.targets(List.of(sequence)));
            int n = 0;
            for (int[] label : labels) {
                double[][] expected = oracle.answerLogProbabilities(prompt, label, List.of());
                for (int i = 0; i < label.length; i++) {
                    assertThat((double) found[n++]).isCloseTo(expected[i][label[i]], within(1e-4));
                }
            }
            assertThat(n).isEqualTo(found.length);
        }
    }

    /** The first tokens and the last ones, in one part or two; masks go with the last ones, [SEP] is never edited. */
    @Test
    void aMaskedModelsMasksAreEditedWithTheLastTokens() throws IOException {
        Path folder = TinyModels.bert().write(temp.resolve("where"));
        try (CausalLm model = CausalLm.load(folder); NDManager step = model.newManager()) {
            Layout layout = model.arrangement()
                    .layout(List.of(new Sequence(new int[] {2, 50, 51, 52}, List.of(new int[] {60, 61}))));
            assertThat(layout.where(step, Positions.parse("l1")).toFloatArray()).containsExactly(0, 0, 0, 1, 1, 1, 0);
            assertThat(layout.where(step, Positions.parse("f2")).toFloatArray()).containsExactly(1, 1, 0, 0, 0, 0, 0);
            assertThat(layout.where(step, Positions.parse("f1+l2")).toFloatArray()).containsExactly(1, 0, 1, 1, 1, 1, 0);
            assertThat(layout.where(step, Positions.parse("l9")).toFloatArray()).containsExactly(0, 0, 1, 1, 1, 1, 0);
        }
    }

    @Test
    void aMaskedModelWritesNoTextAndItsTokenizerNeedsAMask() throws IOException {
        Path folder = TinyModels.bert().write(temp.resolve("mute"));
        try (CausalLm model = CausalLm.load(folder)) {
            assertThat(model.tokens().prompt("ab c")).containsExactly(2, 5, 8, 9);
            assertThat(model.tokens().answer("b")).containsExactly(7);
            assertThatThrownBy(() -> generate(model, new int[] {2}, null, 1)).isInstanceOf(IllegalStateException.class);
        }
        Path other = TinyModels.llama().write(temp.resolve("other"));
        Files.copy(other.resolve("tokenizer.json"), folder.resolve("tokenizer.json"), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> CausalLm.load(folder)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no token [MASK]");
    }

    /** Learned positions end where the context ends: generation must stop there, whatever it would say next. */
    @Test
    void generationStopsAtTheEndOfTheContext() throws IOException {
        for (Map.Entry<String, Supplier<TinyModels>> family : families().entrySet()) {
            Path folder = family.getValue().get().set("eos_token_id", null).write(temp.resolve(family.getKey()));
            try (CausalLm model = CausalLm.load(folder)) {
                if (!model.config().writesText()) {
                    continue;
                }
                int context = model.config().context();
                int[] prompt = ids(new Random(1), context - 3);
                assertThat(generate(model, prompt, null, 10)).as(family.getKey()).hasSize(3);
            }
        }
    }

    private void check(String what, TinyModels tiny, long seed) throws IOException {
        Path folder = tiny.seed(seed).write(temp.resolve(what));
        PlainDecoder oracle = PlainDecoder.read(folder);
        Random random = new Random(seed);
        try (CausalLm model = CausalLm.load(folder); NDManager scope = model.newManager()) {
            int[] ids = ids(random, 40);
            InterventionSet set = LoReftStart.fresh(Positions.parse("f3+l5"), EDITED_LAYERS, 3,
                    model.config().hiddenSize(), false, random);
            int[] places = random.ints(0, ids.length).distinct().limit(7).toArray();
            Edits edits = LoReftTensors.of(scope, set).edits();
            blocks(what, model, ids, new int[0], null, oracle.forward(ids, List.of()));
            blocks(what + ", edited", model, ids, places, edits, oracle.forward(ids, oracleEdits(set, places)));
            answers(what, model, oracle, set, ids, random);
            answers(what, model, oracle, LoReftStart.fresh(Positions.parse("l4"), new int[] {1, 2}, 3,
                    model.config().hiddenSize(), false, random), ids, random);
            if (model.config().writesText()) {
                continuation(what, model, edits, oracle, set, ids);
            }
        }
    }

    private static int[] ids(Random random, int count) {
        return random.ints(count, 0, 512).toArray();
    }

    private static List<Edit> oracleEdits(InterventionSet set, int[] places) {
        List<Edit> edits = new ArrayList<>();
        for (Intervention site : set.sites()) {
            edits.add(new Edit(site.layer(), places, rows(site.array("rotation"), site.rank()),
                    rows(site.array("weight"), site.rank()), rows(site.array("bias"), 1)[0]));
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
            NDArray mask = model.config().writesText() ? null : step.zeros(new Shape(1, 1, length, length));
            NDArray hidden = model.embed(step.create(CausalLm.toLong(ids), new Shape(1, length)), positions);
            for (int layer = 0; layer < model.config().layers(); layer++) {
                hidden = model.extend(hidden, layer, layer + 1, false, positions, mask, null, where, edits, false)
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

    /** Log-likelihood of answers, by both passes of the product: two to a long prompt beside one to a short prompt. */
    private static void answers(String what, CausalLm model, PlainDecoder oracle, InterventionSet set, int[] prompt,
            Random random) {
        List<Sequence> batch = List.of(new Sequence(prompt, List.of(ids(random, 4), ids(random, 2))),
                new Sequence(ids(random, 9), List.of(ids(random, 3))));
        List<Double> expected = new ArrayList<>();
        for (Sequence sequence : batch) {
            for (int[] answer : sequence.continuations()) {
                List<Edit> plain = oracleEdits(set, IntStream.concat(IntStream.of(edited(set, sequence.prompt())),
                        IntStream.of(oracle.alsoEdited(sequence.prompt().length, answer.length))).toArray());
                double[][] row = oracle.answerLogProbabilities(sequence.prompt(), answer, plain);
                IntStream.range(0, answer.length).forEach(i -> expected.add(row[i][answer[i]]));
            }
        }
        int lowest = set.sites().get(0).layer();
        try (PrefixCache cache = new PrefixCache(model, set.positions(), lowest, 1 << 20);
                NDManager step = model.newManager()) {
            Edits edits = LoReftTensors.of(step, set).edits();
            for (ForwardPass pass : List.of(new PlainPass(model), cache, cache)) {
                float[] found = model.logLikelihood(pass.hidden(step, batch, edits), ForwardPass.targets(batch));
                for (int i = 0; i < found.length; i++) {
                    assertThat((double) found[i]).as(what + ", " + set.positions() + ", prediction " + i)
                            .isCloseTo(expected.get(i), within(RELATIVE * -expected.get(i)));
                }
            }
        }
    }

    /** Greedy tokens after an edited prompt, each predicted from what the model said before. */
    private static void continuation(String what, CausalLm model, Edits edits, PlainDecoder oracle, InterventionSet set,
            int[] prompt) {
        List<Edit> plain = oracleEdits(set, edited(set, prompt));
        int[] found = generate(model, prompt, edits, 4);
        int[] text = Arrays.copyOf(prompt, prompt.length + found.length);
        System.arraycopy(found, 0, text, prompt.length, found.length);
        double[][] logits = oracle.forward(text, plain).logits();
        for (int i = 0; i < found.length; i++) {
            double[] row = logits[prompt.length - 1 + i];
            assertThat(row[found[i]]).as(what + ", generated token " + i)
                    .isGreaterThan(Arrays.stream(row).max().orElseThrow() - 1e-3);
        }
        assertThat(found.length == 4 || model.config().eosTokens().contains(best(logits[text.length - 1]))).as(what)
                .isTrue();
    }

    private static int[] generate(CausalLm model, int[] prompt, Edits edits, int count) {
        return new Generator(model, new PlainPass(model)).generate(List.of(prompt), edits, count).get(0);
    }

    private static int best(double[] row) {
        return IntStream.range(0, row.length).boxed().max(Comparator.comparingDouble(i -> row[i])).orElseThrow();
    }

    /** Places of a prompt's edited tokens. */
    private static int[] edited(InterventionSet set, int[] prompt) {
        int last = set.positions().lastOf(prompt.length);
        return IntStream.concat(IntStream.range(0, set.positions().firstOf(prompt.length)),
                IntStream.range(prompt.length - last, prompt.length)).toArray();
    }
}
