package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.LoReftTensors;
import craft.intervention.Positions;
import craft.method.TrainingOptions;
import craft.method.reft.LoReftTrainable;
import craft.method.train.Objective;
import craft.method.train.Objective.Anchor;
import craft.method.train.Training;
import craft.method.train.ReferenceStates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the cache keeps and for how long, and that nothing else stays behind. Its numbers: CachedEqualsPlainTest. */
class PrefixCacheTest {
    private static final Positions LAST = Positions.parse("l4");
    private static final long MUCH = 1 << 26;

    private static CausalLm model;

    @BeforeAll
    static void load() {
        model = Stories.load();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static float[] pass(PrefixCache cache, Sequence... batch) {
        try (NDManager step = model.newManager()) {
            return cache.hidden(step, List.of(batch), null).toFloatArray();
        }
    }

    /** d = 64, 5 blocks, 4 key-value heads of 8: bytes of a prompt's kept keys and values, and of hidden states. */
    private static long past(int tokens, int lowest) {
        return 4L * (4 - lowest) * 2 * 4 * 8 * tokens;
    }

    private static long hidden(int tokens) {
        return 4L * 64 * tokens;
    }

    @Test
    void onlyWhatEditsCannotChangeIsKept() {
        for (int lowest = 0; lowest < 5; lowest++) {
            try (PrefixCache cache = new PrefixCache(model, LAST, lowest, MUCH)) {
                pass(cache, new Sequence(new int[20], List.of(new int[3])));
                assertThat(cache.bytes()).isEqualTo(past(16, lowest) + hidden(4 + 3));
            }
            try (PrefixCache cache = new PrefixCache(model, Positions.parse("f1"), lowest, MUCH)) {
                pass(cache, new Sequence(new int[20], List.of(new int[3])));
                assertThat(cache.bytes()).isEqualTo(hidden(20 + 3));
            }
        }
    }

    @Test
    void equalPromptsAreKeptOnce() {
        Random random = new Random(3);
        Sequence one = CausalLmTest.random(random, 20, 1);
        Sequence labels = new Sequence(one.prompt().clone(), CausalLmTest.random(random, 1, 4).continuations());
        try (PrefixCache cache = new PrefixCache(model, LAST, 1, MUCH)) {
            pass(cache, one);
            float[] beside = pass(cache, labels);
            assertThat(cache.bytes())
                    .isEqualTo(past(16, 1) + hidden(4 + one.predictions()) + hidden(4 + labels.predictions()));
            try (PrefixCache fresh = new PrefixCache(model, LAST, 1, MUCH)) {
                assertThat(pass(fresh, labels)).isEqualTo(beside);
            }
        }
    }

    @Test
    void theLeastRecentlyUsedGoesFirst() {
        Random random = new Random(4);
        Sequence a = CausalLmTest.random(random, 30, 1);
        Sequence b = CausalLmTest.random(random, 30, 1);
        Sequence c = CausalLmTest.random(random, 30, 1);
        long budget = 2 * (past(26, 1) + hidden(4 + 4));
        try (PrefixCache cache = new PrefixCache(model, LAST, 1, budget)) {
            pass(cache, a);
            pass(cache, b);
            pass(cache, a); // hit: now b is the oldest
            assertThat(cache.hitRate()).isCloseTo(1 / 3., within(1e-9));
            pass(cache, c);
            assertThat(cache.bytes()).isLessThanOrEqualTo(budget);
            pass(cache, a);
            pass(cache, c);
            assertThat(cache.hitRate()).isCloseTo(3 / 6., within(1e-9));
            pass(cache, b);
            assertThat(cache.hitRate()).isCloseTo(3 / 7., within(1e-9));
        }
    }

    @Test
    void withoutABudgetNothingStays() {
        try (PrefixCache cache = new PrefixCache(model, LAST, 0, 0)) {
            Sequence one = CausalLmTest.random(new Random(5), 12, 2);
            float[] first = pass(cache, one);
            assertThat(cache.bytes()).isZero();
            assertThat(pass(cache, one)).isEqualTo(first);
            cache.meanPromptState(List.of(one));
            assertThat(cache.bytes()).isZero();
            assertThat(cache.hitRate()).isZero();
        }
    }

    @Test
    void forgottenSequencesTakeNoMemory() {
        Random random = new Random(6);
        List<Sequence> all = IntStream.range(0, 5).mapToObj(i -> CausalLmTest.random(random, 10 + i, 1)).toList();
        try (PrefixCache cache = new PrefixCache(model, LAST, 0, MUCH)) {
            all.forEach(sequence -> pass(cache, sequence));
            cache.forget(all.subList(1, 5));
            assertThat(cache.bytes()).isEqualTo(past(6, 0) + hidden(4 + all.get(0).predictions()));
            cache.forget(all);
            assertThat(cache.bytes()).isZero();
        }
    }

    @Test
    void editsThatWouldChangeWhatIsKeptAreRefused() {
        try (PrefixCache cache = new PrefixCache(model, LAST, 2, MUCH); NDManager step = model.newManager()) {
            List<Sequence> batch = List.of(CausalLmTest.random(new Random(7), 9, 1));
            for (InterventionSet set : List.of(fresh("l5", 2), fresh("l4", 1, 3))) {
                Edits edits = LoReftTensors.of(step, set).edits();
                assertThatThrownBy(() -> cache.hidden(step, batch, edits)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    private static InterventionSet fresh(String positions, int... layers) {
        return LoReftStart.fresh(Positions.parse(positions), layers, 4, 64, false, new Random(8));
    }

    @Test
    void meanPromptStateIsTheMeanOverEditedLastTokens() {
        Random random = new Random(9);
        for (String positions : List.of("l3", "f2", "f2+l3")) {
            Positions p = Positions.parse(positions);
            List<Sequence> prompts = List.of(CausalLmTest.random(random, 1, 1), CausalLmTest.random(random, 2, 2),
                    CausalLmTest.random(random, 17, 1));
            float[] expected = new float[64];
            for (Sequence sequence : prompts) {
                int length = sequence.prompt().length;
                int count = Math.max(1, p.lastOf(length));
                try (NDManager step = model.newManager()) {
                    Layout layout = CausalLayout.of(List.of(sequence), new int[] {0});
                    NDArray at = layout.positions(step);
                    NDArray hidden = model.extend(model.embed(layout.ids(step), at), 0, 3, false, at,
                            layout.mask(step), null, null, null, false).get(0);
                    for (int t = length - count; t < length; t++) {
                        float[] row = hidden.get(0, t).toFloatArray();
                        for (int i = 0; i < 64; i++) {
                            expected[i] += row[i] / count / prompts.size();
                        }
                    }
                }
            }
            try (PrefixCache cache = new PrefixCache(model, p, 2, MUCH)) {
                assertThat(cache.meanPromptState(prompts)).as(positions).containsExactly(expected, within(1e-4f));
            }
        }
    }

    /** Trains for some steps; {@code after} hears the number of steps done. */
    private static void train(int steps, long budget, IntConsumer after) {
        Random random = new Random(10);
        List<List<Sequence>> batches = IntStream.range(0, 4).mapToObj(b -> IntStream.range(0, 2)
                .mapToObj(i -> CausalLmTest.random(random, 6 + 5 * b + i, 1)).toList()).toList();
        InterventionSet set = fresh("l4", 1, 3);
        try (PrefixCache cache = new PrefixCache(model, LAST, 1, budget); LoReftMath math = new LoReftMath();
                ReferenceStates states = new ReferenceStates(model, cache, null, batches);
                Training training = LoReftTrainable.training(model, cache, math, TrainingOptions.defaults(), set)) {
            Anchor anchor = new Anchor(states, CausalLm.Direction.SYMMETRIC, 2, 0.5);
            for (int step = 0; step < steps; step++) {
                training.step(batches.get(step % 4), step % 3 == 0 ? Objective.CROSS_ENTROPY : Objective.anchored(anchor), 1e-3);
                if (step % 50 == 0) {
                    training.crossEntropy(batches);
                    cache.meanPromptState(batches.get(step % 4));
                }
                after.accept(step + 1);
            }
        }
    }

    @Test
    void trainingLeavesNothingInTheModelsMemory() {
        int before = model.ownArrays();
        int[] during = new int[1];
        train(100, MUCH, step -> {
            if (step == 5) { // every sequence has been seen
                during[0] = model.ownArrays();
            } else if (step > 5) {
                assertThat(model.ownArrays()).isEqualTo(during[0]);
            }
        });
        assertThat(model.ownArrays()).isEqualTo(before);
    }

    @Test
    @Tag("heavy")
    @EnabledOnOs(OS.LINUX)
    void aThousandStepsKeepResidentMemoryFlat() {
        long[] resident = new long[1];
        long budget = past(30, 1); // some are evicted again and again
        train(1000, budget, step -> {
            if (step == 200) {
                resident[0] = residentKilobytes();
            }
        });
        assertThat(residentKilobytes()).isLessThan(resident[0] + resident[0] / 20);
    }

    private static long residentKilobytes() {
        System.gc(); // native arrays whose Java handle is unreachable are no leak
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
