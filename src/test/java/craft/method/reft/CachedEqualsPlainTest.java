package craft.method.reft;

import craft.method.train.Objective;
import craft.method.train.ReferenceStates;
import craft.method.train.Training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Positions;
import craft.lm.CausalLm;
import craft.lm.CausalLm.Direction;
import craft.lm.ForwardPass;
import craft.lm.PlainPass;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.lm.Stories;
import craft.lm.oracle.TinyModels;
import craft.method.TrainingOptions;
import craft.method.train.Objective.Anchor;
import craft.method.train.Training.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cached pass is exact: on random models, interventions, positions, layers, batches and lengths it gives the loss,
 * the divergence and the gradients of the plain pass, and the very same bits whether or not its values were evicted.
 */
class CachedEqualsPlainTest {
    private static final double RELATIVE = 1e-4;
    private static final List<String> POSITIONS = List.of("l1", "l4", "l16", "f1", "f3", "f2+l3", "f1+l1", "f40+l40");

    @TempDir
    static Path temp;
    private static List<CausalLm> models;
    private static LoReftMath math;

    @BeforeAll
    static void load() throws IOException {
        models = new ArrayList<>();
        models.add(Stories.load());
        models.add(CausalLm.load(TinyModels.qwen3().seed(1).write(temp.resolve("qwen3"))));
        TinyModels oneHead = TinyModels.qwen2().set("num_key_value_heads", 1);
        models.add(CausalLm.load(oneHead.seed(2).write(temp.resolve("qwen2"))));
        models.add(CausalLm.load(TinyModels.gpt2().seed(3).write(temp.resolve("gpt2"))));
        models.add(CausalLm.load(TinyModels.neox().seed(4).write(temp.resolve("neox"))));
        models.add(CausalLm.load(TinyModels.bert().seed(5).write(temp.resolve("bert"))));
        math = new LoReftMath();
    }

    @AfterAll
    static void close() {
        math.close();
        models.forEach(CausalLm::close);
    }

    /** One random experiment. {@code reference} null: the divergence is to the untouched model. */
    private record Trial(CausalLm model, InterventionSet set, InterventionSet reference, int lowest,
            Direction direction, double temperature, List<List<Sequence>> batches) {

        static Trial random(Random random) {
            CausalLm model = models.get(random.nextInt(models.size()));
            Positions positions = Positions.parse(POSITIONS.get(random.nextInt(POSITIONS.size())));
            int blocks = model.config().layers();
            int[] layers = IntStream.range(0, blocks).filter(i -> random.nextInt(3) == 0).toArray();
            layers = layers.length == 0 ? new int[] {random.nextInt(blocks)} : layers;
            int width = model.config().hiddenSize();
            int rank = 1 + random.nextInt(8);
            InterventionSet set = LoReftStart.fresh(positions, layers, rank, width, random.nextInt(4) == 0, random);
            InterventionSet reference = random.nextInt(3) == 0 ? null
                    : LoReftStart.fresh(positions, layers, rank, width, false, random);
            return new Trial(model, set, reference, random.nextInt(layers[0] + 1),
                    Direction.values()[random.nextInt(3)], random.nextBoolean() ? 1 : 2, batches(random));
        }

        /** Two batches over one pool, which holds short, long and equal prompts. */
        private static List<List<Sequence>> batches(Random random) {
            List<Sequence> pool = new ArrayList<>();
            int[] lengths = {1, 2, 3, 4 + random.nextInt(8), 20 + random.nextInt(60)};
            for (int length : lengths) {
                pool.add(sequence(random, random.ints(length, 3, 512).toArray()));
            }
            pool.add(sequence(random, pool.get(4).prompt().clone()));
            pool.add(sequence(random, pool.get(3).prompt().clone()));
            List<List<Sequence>> batches = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int size = 1 + random.nextInt(5);
                batches.add(random.ints(0, pool.size()).distinct().limit(size).mapToObj(pool::get).toList());
            }
            return batches;
        }

        private static Sequence sequence(Random random, int[] prompt) {
            int continuations = random.nextInt(3) == 0 ? 2 + random.nextInt(4) : 1;
            return new Sequence(prompt, IntStream.range(0, continuations)
                    .mapToObj(i -> random.ints(1 + random.nextInt(4), 3, 512).toArray()).toList());
        }

        PrefixCache cache(long budget) {
            return new PrefixCache(model, set.positions(), lowest, budget);
        }

        List<Result> run(ForwardPass pass) {
            List<Result> results = new ArrayList<>();
            try (ReferenceStates states = new ReferenceStates(model, pass, reference, batches)) {
                Anchor anchor = new Anchor(states, direction, temperature, 0.5);
                for (List<Sequence> batch : batches) {
                    try (Training training = training(model, pass, set)) {
                        List<float[]> gradients = training.gradients(batch, Objective.anchored(anchor));
                        results.add(new Result(gradients, training.step(batch, Objective.anchored(anchor), 0)));
                    }
                }
            }
            return results;
        }

        @Override
        public String toString() {
            return model.name() + " " + set.positions() + " from layer " + set.sites().get(0).layer()
                    + ", cached below " + lowest + ", prompts " + batches.stream().map(Trial::lengths).toList();
        }

        private static List<String> lengths(List<Sequence> batch) {
            return batch.stream().map(s -> s.prompt().length + "/" + s.continuations().size()).toList();
        }
    }

    private record Result(List<float[]> gradients, Outcome outcome) {
    }

    @RepeatedTest(60)
    void lossDivergenceAndGradientsAreThoseOfThePlainPass(RepetitionInfo repetition) {
        Trial trial = Trial.random(new Random(repetition.getCurrentRepetition()));
        List<Result> plain = trial.run(new PlainPass(trial.model));
        try (PrefixCache cache = trial.cache(1 << 26)) {
            List<Result> cached = trial.run(cache);
            for (int i = 0; i < plain.size(); i++) {
                Outcome a = plain.get(i).outcome;
                Outcome b = cached.get(i).outcome;
                String what = trial + ", batch " + i;
                close(what + ", loss", b.loss(), a.loss());
                close(what + ", cross-entropy", b.crossEntropy(), a.crossEntropy());
                close(what + ", divergence", b.kl(), a.kl());
                for (int k = 0; k < 3; k++) {
                    float[] expected = plain.get(i).gradients.get(k);
                    float[] found = cached.get(i).gradients.get(k);
                    assertThat(distance(found, expected)).as(what + ", gradient of " + "RWb".charAt(k))
                            .isLessThanOrEqualTo(RELATIVE * distance(expected, new float[expected.length]) + 1e-9);
                }
            }
        }
    }

    private static void close(String what, double found, double expected) {
        assertThat(found).as(what).isCloseTo(expected, within(RELATIVE * Math.abs(expected) + 1e-6));
    }

    private static double distance(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        return Math.sqrt(IntStream.range(0, a.length).mapToDouble(i -> Math.pow((double) a[i] - b[i], 2)).sum());
    }

    @RepeatedTest(20)
    void evictionChangesNoBit(RepetitionInfo repetition) {
        Trial trial = Trial.random(new Random(1000 + repetition.getCurrentRepetition()));
        List<Result> kept;
        try (PrefixCache cache = trial.cache(1 << 26)) {
            trial.run(cache);
            kept = trial.run(cache);
        }
        for (long budget : new long[] {0, 5_000, 40_000}) {
            try (PrefixCache cache = trial.cache(budget)) {
                assertThat(trial.run(cache)).as(trial + ", " + budget + " bytes").usingRecursiveComparison()
                        .isEqualTo(kept);
            }
        }
    }

    /** A training run, not only a step: the two stay together. */
    @Test
    void thirtyStepsEndAtTheSameIntervention() {
        Random random = new Random(5);
        CausalLm model = models.get(0);
        Positions positions = Positions.parse("l4");
        InterventionSet start = LoReftStart.fresh(positions, new int[] {1, 3}, 4, 64, false, random);
        List<List<Sequence>> batches = Trial.batches(random);
        InterventionSet plain = train(model, new PlainPass(model), start, batches);
        try (PrefixCache cache = new PrefixCache(model, positions, 1, 1 << 26)) {
            InterventionSet cached = train(model, cache, start, batches);
            for (int i = 0; i < 2; i++) {
                float[] expected = plain.sites().get(i).array("weight");
                float moved = (float) distance(expected, start.sites().get(i).array("weight"));
                assertThat(moved).isGreaterThan(0.01f);
                assertThat(distance(cached.sites().get(i).array("weight"), expected)).isLessThan(1e-2 * moved);
            }
        }
    }

    private static Training training(CausalLm model, ForwardPass pass, InterventionSet start) {
        return LoReftTrainable.training(model, pass, math, TrainingOptions.defaults(), start);
    }

    private static InterventionSet train(CausalLm model, ForwardPass pass, InterventionSet start,
            List<List<Sequence>> batches) {
        try (Training training = training(model, pass, start)) {
            for (int step = 0; step < 30; step++) {
                training.step(batches.get(step % batches.size()), Objective.CROSS_ENTROPY, 1e-3);
            }
            return (InterventionSet) training.current();
        }
    }
}
