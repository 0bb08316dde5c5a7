package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.intervention.Adapter;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftStart;
import craft.intervention.LoraSet;
import craft.intervention.Positions;
import craft.lm.oracle.TinyModels;
import craft.method.bench.ResidentMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a row's text and all its logits are its own, to the last bit, and that writing takes no memory but its room. */
class GeneratorTest {
    private static final Map<String, Supplier<TinyModels>> MODELS = new LinkedHashMap<>();
    static {
        MODELS.put("LlamaForCausalLM", TinyModels::llama);
        MODELS.put("MistralForCausalLM", TinyModels::mistral);
        MODELS.put("Qwen2ForCausalLM", TinyModels::qwen2);
        MODELS.put("Qwen3ForCausalLM", TinyModels::qwen3);
        MODELS.put("GPT2LMHeadModel", TinyModels::gpt2);
        MODELS.put("GPTNeoXForCausalLM", TinyModels::neox);
        MODELS.put("BertForMaskedLM", TinyModels::bert);
        MODELS.put("BertForPreTraining", () -> TinyModels.bert().set("architectures", List.of("BertForPreTraining")));
    }
    private static final int MOST = 9;

    @TempDir
    Path temp;

    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    /** What a row gave: its text, and the logits of every next token. */
    private record Written(List<Integer> text, List<float[]> logits) {
        void sameAs(Written other, String what) {
            assertThat(text).as(what).isEqualTo(other.text);
            assertThat(logits).as(what).hasSameSizeAs(other.logits);
            for (int i = 0; i < logits.size(); i++) {
                assertThat(Arrays.equals(logits.get(i), other.logits.get(i))).as(what + ", logits of token " + i).isTrue();
            }
        }
    }

    private static List<Written> write(CausalLm model, ForwardPass pass, Adaptation adaptation, List<int[]> prompts, int most,
            int threads) {
        Map<Integer, List<float[]>> logits = Collections.synchronizedMap(new TreeMap<>());
        Generator generator = new Generator(model, pass, threads,
                (row, next) -> logits.computeIfAbsent(row, r -> new ArrayList<>()).add(next.toFloatArray()));
        List<int[]> texts = generator.generate(prompts, adaptation, most);
        return IntStream.range(0, prompts.size()).mapToObj(row -> new Written(
                Arrays.stream(texts.get(row)).boxed().toList(), logits.getOrDefault(row, List.of()))).toList();
    }

    private static Adapter lora(ModelConfig c, Random random, int experts) {
        Map<Projection, LoraSet.Part> parts = new EnumMap<>(Projection.class);
        int[] layers = {0, 2};
        for (Projection projection : Projection.values()) {
            if (projection == Projection.GATE && !c.family().gated()) {
                continue;
            }
            int in = projection == Projection.O ? c.queryWidth() : projection == Projection.DOWN ? c.intermediateSize() : c.hiddenSize();
            int out = switch (projection) {
                case Q -> c.queryWidth();
                case K, V -> c.keyValueWidth();
                case O, DOWN -> c.hiddenSize();
                case GATE, UP -> c.intermediateSize();
            };
            parts.put(projection, new LoraSet.Part(tensor(random, 2, 3 * experts, in), tensor(random, 2, out, 3 * experts),
                    experts == 1 ? null : tensor(random, 2, experts, in)));
        }
        return new LoraSet(layers, 0.5, parts);
    }

    private static FloatTensor tensor(Random random, long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / 8;
        }
        return new FloatTensor(shape, values);
    }

    private static InterventionSet reft(CausalLm model, String positions, Random random) {
        return LoReftStart.fresh(Positions.parse(positions), new int[] {1, 2}, 3, model.config().hiddenSize(), false, random);
    }

    @Test
    void aRowIsItsOwnInEveryFamily() throws IOException {
        assertThat(MODELS.keySet()).containsExactlyInAnyOrderElementsOf(
                Family.Known.ALL.stream().flatMap(family -> family.architectures().stream()).toList());
        for (Map.Entry<String, Supplier<TinyModels>> entry : MODELS.entrySet()) {
            Path folder = entry.getValue().get().seed(3).write(temp.resolve(entry.getKey()));
            for (EngineSettings settings : List.of(new EngineSettings(Precision.FLOAT32, false, 2),
                    new EngineSettings(Precision.BFLOAT16, false, 2), new EngineSettings(Precision.FLOAT32, true, 2))) {
                try (CausalLm model = CausalLm.load(folder, settings)) {
                    if (model.config().writesText()) {
                        check(entry.getKey() + " " + settings, model);
                    }
                }
            }
        }
    }

    /** PyTorch computes the last numbers of an array in another way: with this width they are those of the last slot alone. */
    @Test
    void aRowIsItsOwnWhereRowsDoNotFillTheProcessorsLanes() throws IOException {
        Path folder = TinyModels.llama().set("intermediate_size", 41).seed(4).write(temp.resolve("ragged"));
        try (CausalLm model = CausalLm.load(folder, new EngineSettings(Precision.FLOAT32, false, 2))) {
            check("41 inner numbers", model);
        }
    }

    private static void check(String what, CausalLm model) {
        Random random = new Random(8);
        Map<String, Adapter> changes = new LinkedHashMap<>();
        changes.put("untouched", null);
        changes.put("edits l4", reft(model, "l4", random));
        changes.put("edits f1+l2", reft(model, "f1+l2", random));
        changes.put("updates", lora(model.config(), random, 1));
        changes.put("experts", lora(model.config(), random, 2));
        List<int[]> prompts = IntStream.of(1, 70, 3, 4, 5, 33, 33, 64, 90, 17)
                .mapToObj(length -> random.ints(length, 3, 512).toArray()).toList();
        changes.forEach((name, adapter) -> {
            try (NDManager scope = model.newManager();
                    PrefixCache cache = new PrefixCache(model, Positions.parse("l4"), 0, 1 << 24)) {
                Adaptation adaptation = adapter == null ? null : adapter.on(scope);
                PlainPass plain = new PlainPass(model);
                List<Written> alone = prompts.stream()
                        .map(prompt -> write(model, plain, adaptation, List.of(prompt), MOST, 1).get(0)).toList();
                same(what + ", " + name + ", together", write(model, plain, adaptation, prompts, MOST, 1), alone, prompts.size());
                same(what + ", " + name + ", on two threads", write(model, plain, adaptation, prompts, MOST, 2), alone, prompts.size());
                List<Integer> order = new ArrayList<>(IntStream.range(0, prompts.size()).boxed().toList());
                Collections.shuffle(order, random);
                same(what + ", " + name + ", in order " + order,
                        write(model, plain, adaptation, order.stream().map(prompts::get).toList(), MOST, 2),
                        order.stream().map(alone::get).toList(), prompts.size());
                same(what + ", " + name + ", nothing kept", write(model, cache, adaptation, prompts, MOST, 2), alone, prompts.size());
                cache.hidden(scope, prompts.subList(0, 6).stream().map(p -> new Sequence(p, List.of(new int[] {7}))).toList(), null);
                same(what + ", " + name + ", some kept", write(model, cache, adaptation, prompts, MOST, 2), alone, prompts.size());
                List<Written> longer = write(model, plain, adaptation, prompts, 2 * MOST, 1);
                for (int row = 0; row < alone.size(); row++) {
                    int least = Math.min(longer.get(row).text.size(), MOST);
                    int tokens = alone.get(row).logits.size();
                    new Written(longer.get(row).text.subList(0, least), longer.get(row).logits.subList(0, tokens))
                            .sameAs(alone.get(row), what + ", " + name + ", more room, row " + row);
                }
            }
        });
    }

    private static void same(String what, List<Written> found, List<Written> expected, int rows) {
        assertThat(found).as(what).hasSize(rows);
        for (int row = 0; row < rows; row++) {
            found.get(row).sameAs(expected.get(row), what + ", row " + row);
        }
    }

    /** The text is that of the most likely token after a plain pass over prompt and text so far. */
    @Test
    void eachTokenIsTheLikeliestOfAPlainPass() throws IOException {
        Path folder = TinyModels.llama().seed(5).write(temp.resolve("plain"));
        try (CausalLm model = CausalLm.load(folder); NDManager scope = model.newManager()) {
            Random random = new Random(5);
            List<int[]> prompts = IntStream.of(5, 40, 12).mapToObj(n -> random.ints(n, 3, 512).toArray()).toList();
            for (Adapter adapter : Arrays.asList(null, reft(model, "l3", random), lora(model.config(), random, 1))) {
                Adaptation adaptation = adapter == null ? null : adapter.on(scope);
                PlainPass plain = new PlainPass(model);
                List<int[]> texts = new Generator(model, plain).generate(prompts, adaptation, 20);
                for (int row = 0; row < prompts.size(); row++) {
                    int[] text = Arrays.copyOf(texts.get(row), texts.get(row).length + 1); // the end, or any token
                    NDArray hidden = plain.hidden(scope, List.of(new Sequence(prompts.get(row), List.of(text))), adaptation);
                    long[] likeliest = model.logits(hidden).argMax(-1).toLongArray();
                    for (int i = 0; i < texts.get(row).length; i++) {
                        assertThat(text[i]).isEqualTo((int) likeliest[i]);
                    }
                    assertThat(texts.get(row).length == 20 || likeliest[texts.get(row).length] == 2).isTrue();
                }
            }
        }
    }

    @Test
    void keptKeysAndValuesAreHandedOut() throws IOException {
        Path folder = TinyModels.llama().seed(6).write(temp.resolve("kept"));
        try (CausalLm model = CausalLm.load(folder); NDManager scope = model.newManager();
                PrefixCache cache = new PrefixCache(model, Positions.parse("l4"), 1, 1 << 24)) {
            int[] prompt = new Random(6).ints(30, 3, 512).toArray();
            int[] first = Arrays.copyOf(prompt, 26);
            assertThat(cache.past(scope, first)).isNull();
            cache.hidden(scope, List.of(new Sequence(prompt, List.of(new int[] {7}))), null);
            NDArray kept = cache.past(scope, first);
            assertThat(kept.toFloatArray()).isEqualTo(model.prefill(scope, first, 3).get("2:").toFloatArray());
            kept.close();
            assertThat(cache.past(scope, first)).as("the cache keeps its own").isNotNull();
        }
    }

    @Test
    void memoryIsFlatOver512Tokens() throws IOException {
        Path folder = TinyModels.llama().set("max_position_embeddings", 1024).set("hidden_size", 64).seed(7).write(temp.resolve("long"));
        try (CausalLm model = CausalLm.load(folder, new EngineSettings(Precision.FLOAT32, false, 2))) {
            int[] prompt = new Random(7).ints(32, 3, 512).toArray();
            List<Integer> arrays = new ArrayList<>();
            List<Long> resident = new ArrayList<>();
            Generator generator = new Generator(model, new PlainPass(model), 1, (row, logits) -> {
                if (row == 0) {
                    arrays.add(model.ownArrays());
                    if (arrays.size() % 128 == 0) {
                        ResidentMemory.settled().ifPresent(resident::add);
                    }
                }
            });
            generator.generate(List.of(prompt), null, 1);
            int before = model.ownArrays();
            arrays.clear();
            List<int[]> texts = generator.generate(Collections.nCopies(3, prompt), null, 512, Set.of());
            assertThat(texts).hasSize(3).allSatisfy(text -> assertThat(text).hasSize(512));
            assertThat(arrays).hasSize(512);
            assertThat(arrays.subList(1, 512)).containsOnly(arrays.get(1));
            assertThat(model.ownArrays()).isEqualTo(before);
            if (!resident.isEmpty()) { // a copy of keys and values each token would be 75 MB from the first sample to the last
                assertThat(resident.get(3) - resident.get(0)).isLessThan(16 << 20);
            }
        }
    }

    @Test
    void nothingToWriteIsNoWork() throws IOException {
        try (CausalLm model = CausalLm.load(TinyModels.llama().write(temp.resolve("none")))) {
            Generator generator = new Generator(model, new PlainPass(model));
            assertThat(generator.generate(List.of(), null, 5)).isEmpty();
            int context = model.config().context();
            List<int[]> texts = generator.generate(List.of(new int[context], new int[] {5}, new int[context - 1]), null, 1, Set.of());
            assertThat(texts).extracting(text -> text.length).containsExactly(0, 1, 1);
            assertThat(generator.generate(List.of(new int[] {5}), null, 0).get(0)).isEmpty();
        }
    }
}
