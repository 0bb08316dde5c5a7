package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import craft.intervention.Positions;
import craft.lm.LowRankUpdates.Update;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Equal numbers give equal bits wherever they lie in memory: without {@link MklMode} the matrix library takes other code at other
 * addresses. And what is kept of a prompt is the same however many threads there are.
 */
class SameBitsTest {
    private static final int ALIGNMENTS = 64;
    private static final int[] SOME = {0, 1, 4, 7, 16};
    private static final Path BUNDLED = Path.of("assets/models/seedling");

    @TempDir
    Path temp;

    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    @AfterEach
    void usualThreads() {
        JniUtils.setNumThreads(Torch.threads());
    }

    /** Numbers whose first byte lies {@code floats} times four bytes behind a border of 256 bytes. */
    private static NDArray at(NDManager owner, int floats, float[] values, long... shape) {
        ByteBuffer room = ByteBuffer.allocateDirect(4 * (values.length + 3 * ALIGNMENTS)).alignedSlice(4 * ALIGNMENTS);
        ByteBuffer place = room.position(4 * floats).slice().order(ByteOrder.nativeOrder());
        place.asFloatBuffer().put(values);
        place.limit(4 * values.length);
        return owner.create(place, new Shape(shape), DataType.FLOAT32);
    }

    private static float[] random(long seed, long... shape) {
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
        Random random = new Random(seed);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() / 8;
        }
        return values;
    }

    private static int[] bits(NDArray array) {
        return bits(array.toFloatArray());
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    @ParameterizedTest
    @CsvSource({"1, 64, 512", "4, 256, 256", "7, 576, 192", "28, 576, 1536", "33, 61, 47", "128, 256, 8"})
    void aProductIsTheSameAtEveryAlignment(int rows, int inner, int columns) {
        float[] a = random(1, rows, inner);
        float[] b = random(2, columns, inner);
        int[] first = null;
        for (int floats = 0; floats < ALIGNMENTS; floats++) {
            try (NDManager step = TorchThread.manager()) {
                NDArray weight = at(step, (floats * 7 + 3) % ALIGNMENTS, b, columns, inner); // as torch.linear wants it
                int[] product = bits(at(step, floats, a, rows, inner).matMul(weight.transpose()));
                first = first == null ? product : first;
                assertThat(product).as("%d x 4 bytes behind a border", floats).isEqualTo(first);
            }
        }
    }

    /** What is computed with an adapter whose arrays begin at an alignment. */
    @FunctionalInterface
    private interface Work {
        List<int[]> with(NDManager step, Adaptation adaptation, List<NDArray> leaves);
    }

    private static final List<Sequence> ROWS = List.of(row(3, 20, 2, 3), row(4, 9, 3, 2, 4), row(5, 14, 1));

    private static Sequence row(long seed, int prompt, int... continuations) {
        Random random = new Random(seed);
        return new Sequence(random.ints(prompt, 3, 60).toArray(),
                Arrays.stream(continuations).mapToObj(n -> random.ints(n, 3, 60).toArray()).toList());
    }

    private static Map<String, Work> kinds(CausalLm model, PrefixCache cache) {
        Map<String, Work> kinds = new LinkedHashMap<>();
        ForwardPass plain = new PlainPass(model);
        kinds.put("plain pass", (step, adaptation, leaves) -> List.of(bits(plain.hidden(step, ROWS, adaptation))));
        kinds.put("cached pass", (step, adaptation, leaves) -> List.of(bits(cache.hidden(step, ROWS, adaptation))));
        kinds.put("log-likelihoods", (step, adaptation, leaves) -> List.of(bits(model.logLikelihood(cache.hidden(step, ROWS, adaptation),
                ForwardPass.targets(ROWS)))));
        kinds.put("training step, plain", (step, adaptation, leaves) -> gradients(model, plain, step, adaptation, leaves));
        kinds.put("training step, cached", (step, adaptation, leaves) -> gradients(model, cache, step, adaptation, leaves));
        return kinds;
    }

    /** Of cross-entropy and a divergence to the untouched model; the loss first. */
    private static List<int[]> gradients(CausalLm model, ForwardPass pass, NDManager step, Adaptation adaptation, List<NDArray> leaves) {
        NDArray reference = pass.hidden(step, ROWS, null);
        List<int[]> all = new ArrayList<>();
        TorchThread.withGradients(() -> {
            leaves.forEach(leaf -> leaf.setRequiresGradient(true));
            NDList loss = model.loss(pass.hidden(step, ROWS, adaptation), ForwardPass.targets(ROWS), reference,
                    CausalLm.Direction.FORWARD, 1, 0.5);
            JniUtils.backward((PtNDArray) loss.get(0), (PtNDArray) step.create(1f), false, false);
            all.add(bits(loss.get(0)));
        });
        leaves.forEach(leaf -> all.add(bits(leaf.getGradient())));
        return all;
    }

    private static final Positions EDITED = new Positions(0, 4);

    private static void edits(CausalLm model, NDManager step, int floats, Work work, List<List<int[]>> into) {
        int d = model.config().hiddenSize();
        List<NDArray> leaves = List.of(at(step, floats, random(6, 2, 4, d), 2, 4, d), at(step, (floats + 1) % ALIGNMENTS, random(7, 2, 4), 2, 4),
                at(step, (floats * 3 + 5) % ALIGNMENTS, random(8, 2, 4, d), 2, 4, d));
        into.add(work.with(step, new Edits(new int[] {1, 2}, EDITED, leaves.get(0), leaves.get(1), leaves.get(2)), leaves));
    }

    private static void updates(CausalLm model, NDManager step, int floats, Work work, List<List<int[]>> into) {
        int d = model.config().hiddenSize();
        int q = model.config().queryWidth();
        List<NDArray> leaves = List.of(at(step, floats, random(9, 1, 4, d), 1, 4, d), at(step, (floats * 5 + 2) % ALIGNMENTS, random(10, 1, q, 4), 1, q, 4));
        Map<Projection, Update> query = new EnumMap<>(Projection.class);
        query.put(Projection.values()[0], new Update(leaves.get(0), leaves.get(1)));
        into.add(work.with(step, new LowRankUpdates(new int[] {1}, query), leaves));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT32", "BFLOAT16"})
    void everyKindOfPassIsTheSameAtEveryAlignment(Precision precision) {
        try (CausalLm model = CausalLm.load(BUNDLED, new EngineSettings(precision, false, 1));
                PrefixCache forEdits = new PrefixCache(model, EDITED, 1, 1 << 24);
                PrefixCache forUpdates = new PrefixCache(model, EditPositions.ALL, 0, 1 << 24)) {
            kinds(model, forEdits).forEach((name, work) -> same(name + ", LoReFT", (step, floats, into) -> edits(model, step, floats, work, into)));
            kinds(model, forUpdates).forEach((name, work) -> same(name + ", LoRA", (step, floats, into) -> updates(model, step, floats, work, into)));
        }
    }

    @FunctionalInterface
    private interface AtAlignment {
        void compute(NDManager step, int floats, List<List<int[]>> into);
    }

    private static void same(String name, AtAlignment work) {
        List<List<int[]>> all = new ArrayList<>();
        for (int floats : SOME) {
            try (NDManager step = TorchThread.manager()) {
                work.compute(step, floats, all);
            }
        }
        for (int i = 1; i < all.size(); i++) {
            for (int part = 0; part < all.get(0).size(); part++) {
                assertThat(all.get(i).get(part)).as("%s, part %d, %d x 4 bytes behind a border", name, part, SOME[i])
                        .isEqualTo(all.get(0).get(part));
            }
        }
    }

    /** What is kept of a prompt must not depend on who computed it: a helper with one thread, or the run's own with all. */
    @Test
    void aPromptsKeptStatesAreTheSameWithEveryNumberOfThreads() throws IOException {
        Map<String, Path> models = new LinkedHashMap<>();
        models.put("bundled", BUNDLED);
        models.put("gpt2", TinyModels.gpt2().write(temp.resolve("gpt2")));
        models.put("bert", TinyModels.bert().write(temp.resolve("bert")));
        models.forEach((name, folder) -> {
            try (CausalLm model = CausalLm.load(folder)) {
                Function<Integer, List<int[]>> states = threads -> {
                    JniUtils.setNumThreads(threads);
                    try (PrefixCache cache = new PrefixCache(model, EDITED, 1, 1 << 24)) {
                        return cache.promptStates(small(ROWS, model)).stream().map(SameBitsTest::bits).toList();
                    }
                };
                List<int[]> one = states.apply(1);
                for (int threads = 2; threads <= 4; threads++) {
                    assertThat(states.apply(threads)).as("%s, %d threads", name, threads).usingElementComparator(Arrays::compare).isEqualTo(one);
                }
            }
        });
    }

    /** The same rows with ids that a small vocabulary has. */
    private static List<Sequence> small(List<Sequence> rows, CausalLm model) {
        int most = model.config().vocabulary();
        return rows.stream().map(row -> new Sequence(Arrays.stream(row.prompt()).map(id -> id % most).toArray(), row.continuations())).toList();
    }
}
